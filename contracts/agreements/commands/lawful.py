"""What the law counts from in an agreement's life: its signatures, and its end."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.people.models import District
from vetting.policy import reckoning
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.dating import Tell, follow_law
from vetting.policy.commands.following import Follower, followers
from vetting.policy.commands.telling import breach_in
from vetting.policy.models import Anchor
from vetting.policy.queries import last_evaluated
from vetting.policy.rules.joining import strictest_union
from workflows import engine
from workflows.actors import Actor, system
from workflows.cases import Case
from workflows.clock.queries import calendar_of
from workflows.ledger.models import Entry
from workflows.lifecycles.agreement import EXPIRED, SIGNED, TERMINATED

BY = system("agreements")
EXECUTED, ENDED = "agreement_executed", "contract_ended"


def note_executed(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    """The caller holds the agreement. Once: whoever has corrected it since is not overruled."""
    signed = agreement.executed_at
    if signed is not None:
        _note(agreement, EXECUTED, signed, _signatures(agreement), by=by, at=at)


def note_facts(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    """A request that it serves is new, or says something else. Twice writes nothing."""
    with transaction.atomic():
        held = engine.lock(agreement)
        if EXECUTED in reckoning.happened(held.pk):
            follow_law(held, by=by, why="facts", facts=law_facts(held), at=at)


def note_ended(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    if agreement.ended_on is not None:
        ended = _ended(agreement, agreement.ended_on, at or timezone.now())
        _note(agreement, ENDED, ended, "The last day of this agreement", by=by, at=at)


def _ended(agreement: Agreement, last_day: date, moment: datetime) -> datetime:
    """The contract ends with its last day, or at once where that is today."""
    last = calendar_of(agreement.case.tenant, last_day).at(last_day)
    ended = min(last, moment)
    return max(ended, agreement.executed_at) if agreement.executed_at else ended


def not_counted_from(district: District) -> "QuerySet[Case]":
    """Agreements that were signed, or ended, when nothing counted from that yet."""
    mine = Agreement.objects.filter(case=OuterRef("pk"), executed_at__isnull=False)
    over = mine.filter(state__in=(EXPIRED, TERMINATED), ended_on__isnull=False)
    known = Anchor.objects.filter(case=OuterRef("pk"))
    signed = Exists(mine) & ~Exists(known.filter(event=EXECUTED))
    ended = Exists(over) & ~Exists(known.filter(event=ENDED))
    return Case.objects.filter(signed | ended, tenant=district.tenant_id)


def count_from_history(agreement: Agreement, tell: Tell) -> None:
    """What the ledger says of it since long. A reaction that is still to come may be quicker."""
    locked = engine.lock(agreement)
    known = {row.event for row in reckoning.recorded(locked.pk)}
    signed, over = (_line_of(locked, *states) for states in ((SIGNED,), (EXPIRED, TERMINATED)))
    if signed and locked.executed_at and EXECUTED not in known:
        _from_line(locked, EXECUTED, locked.executed_at, signed, tell)
    if over and locked.ended_on and ENDED not in known:
        _from_line(locked, ENDED, _ended(locked, locked.ended_on, over.at), over, tell)


def _line_of(agreement: Agreement, *states: str) -> Entry | None:
    rows = Entry.objects.filter(case_id=agreement.pk, target__in=states)
    return rows.order_by("-seq").first()


def _from_line(agreement: Agreement, event: str, when: datetime, line: Entry, tell: Tell) -> None:
    source, facts = f"The history of the case, line {line.seq}", law_facts(agreement)
    record_anchor(agreement, event=event, at=when, source=source, by=BY, facts=facts, tell=tell)


followers.append(Follower(not_counted_from, count_from_history))


def _note(
    agreement: Agreement, event: str, when: datetime, source: str, *, by: Actor, at: datetime | None
) -> None:
    facts = law_facts(agreement)
    if event in {row.event for row in reckoning.recorded(agreement.pk)}:
        follow_law(agreement, by=by, why="facts", facts=facts, at=at)
    else:
        record_anchor(
            agreement, event=event, at=when, source=source, by=by, facts=facts, recorded=at
        )


def law_facts(agreement: Agreement) -> dict[str, Any]:
    """What its requests say of their tools, joined; and what was told of a breach, if anything."""
    told = (last_evaluated(request.pk) for request in queries.requests_served(agreement))
    tools = strictest_union(one.facts for one in told if one)
    breach = breach_in(reckoning.facts_of(agreement)) or {"breach": False}
    return {**tools, "agreement": True, **breach}


def _signatures(agreement: Agreement) -> str:
    ours, theirs = agreement.district_signer, agreement.vendor_signer
    named = [theirs.name] if theirs else []
    named += [ours.user.name] if ours else []
    return f"The signatures of {' and '.join(named)}" if named else "The recorded day of execution"
