"""What time does to an agreement: it is signed, it starts, it ends."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.commands.links import revoke_links
from contracts.agreements.models import Agreement, CoveredTool
from workflows import engine
from workflows.actors import system
from workflows.clock import commands as clock
from workflows.engine import Refused
from workflows.grammar import Rung
from workflows.lifecycles.agreement import LIVE

STARTS, ENDS = "agreement_starts", "agreement_ends"
START = (Rung(0, "start_agreement", ""),)
# Somebody must hear of an agreement that both parties signed and that cannot start.
HELD = (Rung(0, "overdue", "owner"), *START)
# Renewal reminders at 120, 90, 60, 30, 14, 7 days are general contract practice (domain.md 4.2).
REMINDERS = (120, 90, 60, 30, 14, 7)
ENDING = (*(Rung(-days, "remind", "owner") for days in REMINDERS), Rung(0, "end_agreement", ""))


def execute_agreement(
    agreement: Agreement, *, signed_at: datetime, at: datetime | None = None
) -> Agreement:
    """Every signature is valid. `signed_at`: the instant of the last one.

    The contract is executed, and its term runs, from that instant: a seal that is made days later
    because a server was away moves no date.
    """
    with transaction.atomic():
        locked = engine.lock(agreement)
        start, end = executed_dates(locked, locked.case.tenant.day_of(signed_at))
        given = {"executed_at": signed_at, "effective_from": start, "ends_on": end}
        return engine.perform(locked, "execute", by=system("signing"), given=given, at=at)


def executed_dates(agreement: Agreement, executed_on: date) -> tuple[date, date]:
    """First and last day: the agreed start, or the day of the last signature if that is later."""
    start = max(agreement.effective_from or executed_on, executed_on)
    return start, rules.end_of_term(start, agreement.term_months)


def start_agreement(agreement: Agreement, *, at: datetime | None = None) -> Agreement:
    """The effective date is reached: in force, its products live, its end armed.

    Raises Refused while another agreement is in effect for one of the products.
    """
    now = at or timezone.now()
    with transaction.atomic():
        moved = engine.perform(agreement, "take_effect", by=system("clock"), at=at)
        _open_products(moved)
        clock.meet(moved, kind=STARTS, at=now)
        expect_end(moved, at=now)
    return moved


def _open_products(agreement: Agreement) -> None:
    try:
        with transaction.atomic():
            CoveredTool.objects.filter(agreement=agreement).update(live=True)
    except IntegrityError:
        # The guard saw nobody; the unique index saw the other one start in the meantime.
        raise Refused(["Another agreement for one of these products has just started."]) from None


def expect_end(agreement: Agreement, *, at: datetime) -> None:
    """Arm the end of the term at the district's midnight; one that stands is reckoned anew."""
    if agreement.ends_on is None:
        clock.meet(agreement, kind=ENDS, at=at)
    else:
        clock.rearm(
            agreement,
            kind=ENDS,
            at=at,
            due_at=queries.midnight_after(agreement.case.tenant, agreement.ends_on),
            ladder=ENDING,
            basis="End of the agreement",
            set_by="the term that the agreement was signed for",
        )


def expect_start(agreement: Agreement, *, at: datetime) -> None:
    """Arm the first day, at the district's midnight."""
    if agreement.effective_from:
        clock.arm(
            agreement,
            kind=STARTS,
            at=at,
            due_at=queries.midnight_before(agreement.case.tenant, agreement.effective_from),
            ladder=START,
            basis="Start of the agreement",
            set_by="the first day that the agreement names",
        )


def start_or_hold(agreement: Agreement, *, at: datetime | None = None) -> None:
    """Start it, or say why not and try again tomorrow: a system move is never lost."""
    now = at or timezone.now()
    with transaction.atomic():
        try:
            start_agreement(agreement, at=at)
        except Refused as refused:
            if not refused.moved_on:
                _hold_start(agreement, " ".join(refused.reasons), now, at)


def _hold_start(agreement: Agreement, why: str, now: datetime, at: datetime | None) -> None:
    held = engine.record(agreement, "start_held", by=system("clock"), note=why, at=at)
    tomorrow = max(now, timezone.now()) + timedelta(days=1)
    said = {"basis": "Start of the agreement", "set_by": "the rule to try again after a day"}
    clock.rearm(held, kind=STARTS, at=now, due_at=tomorrow, ladder=HELD, **said)


def end_agreement(agreement: Agreement, *, at: datetime | None = None) -> Agreement:
    """The term is over: it covers nothing from this commit on; the requests follow by reaction."""
    now = at or timezone.now()
    with transaction.atomic():
        moved = engine.perform(agreement, "expire", by=system("clock"), at=at)
        close_products(moved, at=now)
        revoke_links(moved, at=now)
    return moved


def end_or_expect(agreement: Agreement, *, at: datetime | None = None) -> None:
    """The end's deadline is due: end it, or where the end has moved meanwhile, wait for that."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        try:
            end_agreement(locked, at=at)
        except Refused:
            if locked.state in LIVE:
                expect_end(locked, at=at or timezone.now())


def close_products(agreement: Agreement, *, at: datetime) -> None:
    """An agreement that ended covers nothing and expects neither start nor end any more."""
    CoveredTool.objects.filter(agreement=agreement).update(live=False)
    for kind in (STARTS, ENDS):
        clock.meet(agreement, kind=kind, at=at)
