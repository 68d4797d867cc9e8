"""What the vendor, the board, time and the parties do to an agreement."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.commands.review import void_version
from contracts.agreements.models import Agreement, CoveredTool
from workflows import engine
from workflows.actors import Actor, system
from workflows.clock import commands as clock
from workflows.grammar import Rung, Unit

# Renewal reminders at 120, 90, 60, 30, 14, 7 days are general contract practice (domain.md 4.2).
ENDING = (
    *(Rung(-days, "remind", "owner") for days in (120, 90, 60, 30, 14, 7)),
    Rung(1, "expire", ""),
)


def accept_text(
    agreement: Agreement, *, by: Actor, sha256: str, at: datetime | None = None
) -> Agreement:
    """The vendor takes the approved bytes as they are; `sha256` names what was read."""
    return engine.perform(
        agreement, "accept_text", by=by, given={"sha256": sha256}, facts={"sha256": sha256}, at=at
    )


def ask_for_changes(
    agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    """The vendor says what must change; approvals of the old bytes are void."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        moved = engine.perform(locked, "counter", by=by, note=note, at=at)
        if locked.current:
            locked.current.reviews.update(verdict="changes")
    return moved


def decline_to_sign(
    agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    with transaction.atomic():
        locked = engine.lock(agreement)
        moved = engine.perform(locked, "refuse", by=by, note=note, at=at)
        void_version(locked.current, at=at or timezone.now())
    return moved


def record_board_action(
    agreement: Agreement,
    *,
    by: Actor,
    item: str,
    acted_on: date | None,
    minutes: str = "",
    at: datetime | None = None,
) -> Agreement:
    given = {"item": item.strip(), "acted_on": acted_on, "minutes": minutes}
    return engine.perform(agreement, "board_acted", by=by, given=given, at=at)


def execute_agreement(agreement: Agreement, *, at: datetime | None = None) -> Agreement:
    """Every signature is valid: the agreement is signed from the instant of the last one.

    Its products become live here, under the constraint of one agreement in force per tool.
    """
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        start, end = executed_dates(locked, queries.day_in(locked.case.tenant, now))
        given = {"executed_at": now, "effective_from": start, "ends_on": end}
        return engine.perform(locked, "execute", by=system("signing"), given=given, at=at)


def start_agreement(agreement: Agreement, *, at: datetime | None = None) -> Agreement:
    """The effective date is reached: in force, with its end armed."""
    now = at or timezone.now()
    with transaction.atomic():
        moved = engine.perform(agreement, "take_effect", by=system("clock"), at=at)
        CoveredTool.objects.filter(agreement=moved).update(live=True)
        if moved.ends_on:
            clock.arm(
                moved,
                kind="agreement_ends",
                at=now,
                due_at=queries.midnight_after(moved.case.tenant, moved.ends_on),
                unit=Unit.CALENDAR_DAYS,
                ladder=ENDING,
                basis="End of the agreement",
            )
    return moved


def terminate(
    agreement: Agreement,
    *,
    by: Actor,
    grounds: str,
    ended_on: date | None,
    note: str,
    at: datetime | None = None,
) -> Agreement:
    with transaction.atomic():
        given = {"grounds": grounds, "ended_on": ended_on}
        moved = engine.perform(agreement, "terminate", by=by, given=given, note=note, at=at)
        close_products(moved, at=at or timezone.now())
    return moved


def close_products(agreement: Agreement, *, at: datetime) -> None:
    """An agreement that ended covers nothing and expects no end any more."""
    CoveredTool.objects.filter(agreement=agreement).update(live=False)
    clock.meet(agreement, kind="agreement_ends", at=at)


def abandon(agreement: Agreement, *, by: Actor, note: str, at: datetime | None = None) -> Agreement:
    with transaction.atomic():
        locked = engine.lock(agreement)
        moved = engine.perform(locked, "abandon", by=by, note=note, at=at)
        void_version(locked.current, at=at or timezone.now())
    return moved


def executed_dates(agreement: Agreement, executed_on: date) -> tuple[date, date]:
    """First and last day: the agreed start, or the day of the last signature if that is later."""
    start = max(agreement.effective_from or executed_on, executed_on)
    return start, rules.end_of_term(start, agreement.term_months)
