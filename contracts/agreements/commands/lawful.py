"""What the law counts from in an agreement's life: its signatures, and its end."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.policy import reckoning
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.telling import breach_in
from vetting.policy.queries import last_evaluated
from vetting.policy.rules.joining import strictest_union
from workflows.actors import Actor
from workflows.clock.queries import calendar_of

EXECUTED, ENDED = "agreement_executed", "contract_ended"


def note_executed(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    """The caller holds the agreement. Once: whoever has corrected it since is not overruled."""
    signed = agreement.executed_at
    if signed is not None:
        _note(agreement, EXECUTED, signed, _signatures(agreement), by=by, at=at)


def note_ended(agreement: Agreement, *, by: Actor, at: datetime | None = None) -> None:
    """The contract ends with its last day, or at once where that is today."""
    if agreement.ended_on is None:
        return
    last = calendar_of(agreement.case.tenant, agreement.ended_on).at(agreement.ended_on)
    ended = min(last, at or timezone.now())
    if agreement.executed_at:
        ended = max(ended, agreement.executed_at)
    _note(agreement, ENDED, ended, "The last day of this agreement", by=by, at=at)


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
