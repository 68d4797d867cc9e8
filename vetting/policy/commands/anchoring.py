"""Recording when something happened that a law counts from; the dates follow in the same commit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.policy import reckoning
from vetting.policy.commands.dating import Tell, follow_law
from vetting.policy.commands.holding import follow_hold
from vetting.policy.models import Anchor
from vetting.policy.queries import local_iso
from vetting.policy.rules.happening import reasons_against
from vetting.policy.rules.planning import Step
from workflows import engine
from workflows.actors import Actor, Role
from workflows.refusals import foreign, raise_if, too_long
from workflows.stateful import Stateful

MAY_RECORD = (Role.PRIVACY, Role.SYSTEM)
LONGEST_SOURCE = 1000


def record_anchor(
    subject: Stateful,
    *,
    event: str,
    at: datetime,
    source: str,
    by: Actor,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    recorded: datetime | None = None,
    tell: Tell | None = None,
) -> list[Step]:
    """Record when something happened, or correct it, and how one knows. Returns what became of the
    dates; the same event again writes nothing, unless other facts are told with it.

    `facts`: those of the case from now on, where they are known anew. `recorded`: a past instant,
    for imports, the demo and tests. `tell`: as of follow_law. Raises Refused, and then nothing is
    written.
    """
    now = recorded or timezone.now()
    with transaction.atomic():
        locked = engine.lock(subject)
        standing = reckoning.happened(locked.pk).get(event)
        raise_if(reasons_not_to_record(locked, event, at, source, by, reason, now))
        same = standing and (standing.at, standing.source) == (at, source.strip())
        if same and facts is None:
            return []
        if not same:
            write_anchor(locked, event, at, source.strip(), by, reason.strip(), recorded)
        why = "facts" if same else "anchor"
        steps = follow_law(locked, by=by, why=why, facts=facts, at=recorded, tell=tell)
        follow_hold(locked, on_hold=_is_held(locked, facts), at=now)
        return steps


def reasons_not_to_record(
    subject: Stateful,
    event: str,
    at: datetime,
    source: str,
    by: Actor,
    reason: str,
    now: datetime,
) -> list[str]:
    """In sentences, for a preview and for the commit; none where it may be recorded."""
    if against := foreign(subject, by) or _against_recording(by, source, reason):
        return against
    known = reckoning.happened(subject.pk)
    standing = known.get(event)
    if standing and (standing.at, standing.source) == (at, source.strip()):
        return []
    reasons = reasons_against(
        event,
        at,
        known=reckoning.instants(known),
        now=now,
        zone=subject.case.tenant.zone,
        on_hold=reckoning.is_on_hold(subject),
    )
    if standing and not reason.strip():
        reasons.append("This is recorded already: write why it is corrected.")
    return reasons


def withdraw_anchor(
    subject: Stateful, *, event: str, by: Actor, reason: str, recorded: datetime | None = None
) -> list[Step]:
    """Take back what was recorded: it did not happen. Raises Refused."""
    now = recorded or timezone.now()
    with transaction.atomic():
        locked = engine.lock(subject)
        raise_if(foreign(locked, by) or _against_recording(by, "taken back", reason))
        if event not in reckoning.happened(locked.pk):
            raise_if(["Nothing of the kind is recorded: somebody may have taken it back."])
        if not reason.strip():
            raise_if(["Write why it is taken back."])
        _write(locked, event, None, "", by, reason.strip(), now)
        engine.record(locked, "anchor_withdrawn", by=by, facts={"event": event}, at=recorded)
        steps = follow_law(locked, by=by, why="anchor", at=recorded)
        follow_hold(locked, on_hold=_is_held(locked, None), at=now)
        return steps


def _against_recording(by: Actor, source: str, reason: str) -> list[str]:
    if not by.has(*MAY_RECORD):
        return ["Recording when something happened is for the privacy team."]
    if not source.strip():
        return ["Write how it is known: who told it, in which letter, mail or call."]
    if len(source.strip()) > LONGEST_SOURCE:
        return [f"Write at most {LONGEST_SOURCE:,} characters about how it is known."]
    return too_long(reason)


def _is_held(subject: Stateful, facts: Mapping[str, Any] | None) -> bool:
    told = reckoning.facts_of(subject) if facts is None else facts
    return told.get("on_hold") is True


def write_anchor(
    subject: Stateful,
    event: str,
    at: datetime,
    source: str,
    by: Actor,
    reason: str,
    recorded: datetime | None,
) -> None:
    """The row and the ledger's; the caller holds the lock, has checked it and follows the law."""
    zone = subject.case.tenant.zone
    said = {"event": event, "at": local_iso(at, zone)}
    standing = reckoning.happened(subject.pk).get(event)
    if standing and standing.at:
        said["before"] = local_iso(standing.at, zone)
    _write(subject, event, at, source, by, reason, recorded or timezone.now())
    engine.record(subject, "anchor_recorded", by=by, facts=said, at=recorded)


def _write(
    subject: Stateful,
    event: str,
    at: datetime | None,
    source: str,
    by: Actor,
    reason: str,
    now: datetime,
) -> None:
    Anchor.objects.create(
        case_id=subject.pk,
        event=event,
        at=at,
        source=source,
        reason=reason,
        recorded_at=now,
        recorded_by=by.ref,
    )
