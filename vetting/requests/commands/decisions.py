"""Deciding: approvals with their dates, refusals, and what happens to an approval afterwards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from vetting.people.models import Membership, School
from vetting.policy.queries import last_evaluated
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor
from workflows.clock import commands as clock
from workflows.engine import Refused
from workflows.grammar import Rung

END_OF_DAY = time(23, 59, 59)
APPROVAL_ENDS = (
    *(Rung(-14, "remind", "owner"), Rung(-5, "remind", "owner"), Rung(-5, "remind", "requesters")),
    Rung(0, "suspend", ""),
)


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approval says; `schools` and `owner` are primary keys, no school means every one.

    `on` is the first day; without it the approval counts from today, as the district reckons.
    """

    kind: str
    purpose: str
    license: str
    conditions: Collection[str] = ()
    schools: Collection[int] = ()
    grades: Collection[str] = ()
    on: date | None = None
    until: date | None = None
    owner: int | None = None
    reason: str = ""


def decide_approve(
    request: ToolRequest, *, approval: Approval, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Approve: for whom, for what, on which conditions and until when."""
    return _approve(request, "approve", approval, by=by, at=at)


def approve_covered(
    request: ToolRequest, *, approval: Approval, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Approve at triage what an agreement in effect already covers; low tier only."""
    return _approve(request, "approve_covered", approval, by=by, at=at)


def approve_without(
    request: ToolRequest,
    *,
    approval: Approval,
    strike: Collection[int],
    by: Actor,
    at: datetime | None = None,
) -> ToolRequest:
    """Approve, but not for these data elements (primary keys of DataElement)."""
    with transaction.atomic():
        locked = engine.lock(request)
        struck = locked.schedule.filter(element__in=strike)
        facts = {"struck": list(struck.values_list("element__slug", flat=True))}
        struck.update(struck=True)
        return _approve(locked, "approve_without", approval, by=by, at=at, facts=facts)


def _approve(
    request: ToolRequest,
    move: str,
    approval: Approval,
    *,
    by: Actor,
    at: datetime | None,
    facts: dict[str, Any] | None = None,
) -> ToolRequest:
    now = at or timezone.now()
    given = {name: getattr(approval, name) for name in Approval.__slots__}
    given["on"] = approval.on or request.case.tenant.day_of(now)
    with transaction.atomic():
        _refuse_strangers(request, approval)
        said = {"kind": approval.kind, **_rests_on(request), **(facts or {})}
        moved = engine.perform(request, move, by=by, given=given, facts=said, at=at)
        arm_deadlines(moved, now)
    return moved


def _rests_on(request: ToolRequest) -> dict[str, int]:
    """The evaluation that was shown; a request of before the packs has none."""
    row = last_evaluated(request.pk)
    return {"evaluation": row.pk} if row else {}


def _refuse_strangers(request: ToolRequest, approval: Approval) -> None:
    """A form can post any number: schools and the owner must be of this district."""
    known = School.objects.filter(district=request.district_id, pk__in=approval.schools).count()
    if known != len(set(approval.schools)):
        raise Refused(["Choose schools of your own district."])
    people = Membership.objects.filter(district=request.district_id, active=True)
    if approval.owner is not None and not people.filter(pk=approval.owner).exists():
        raise Refused(["Choose an owner of your own district."])


def arm_deadlines(request: ToolRequest, now: datetime) -> None:
    """The end where the approval has one; what was armed before is met.

    The yearly review is a plain date until the re-review room is built: nobody could clear it.
    """
    if request.approved_until:
        end = request.approved_until
        _rearm(request, "approval_ends", "End of the approval", end, APPROVAL_ENDS, now)


def _rearm(
    request: ToolRequest,
    kind: str,
    basis: str,
    day: date,
    ladder: tuple[Rung, ...],
    now: datetime,
) -> None:
    due = datetime.combine(day, END_OF_DAY, ZoneInfo(request.case.tenant.zone))
    said = {"basis": basis, "set_by": "the decision that approved it"}
    clock.rearm(request, kind=kind, at=now, due_at=due, ladder=ladder, **said)


def decline_request(
    request: ToolRequest,
    *,
    reason: str,
    by: Actor,
    words: str = "",
    alternatives: str = "",
    at: datetime | None = None,
) -> ToolRequest:
    """`reason` is a key of rules.DECLINE_REASONS; `words` and `alternatives` go to who asked."""
    given = {
        "reason": reason,
        "words": words.strip(),
        "alternatives": alternatives.strip(),
    }
    return engine.perform(request, "decline", by=by, given=given, facts={"reason": reason}, at=at)


def suspend_tool(
    request: ToolRequest, *, reason: str, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Nobody may use it for now; the schools and those who asked are told why."""
    return engine.perform(
        request, "suspend", by=by, given={"reason": reason.strip()}, note=reason, at=at
    )


def reinstate_tool(
    request: ToolRequest,
    *,
    note: str,
    by: Actor,
    until: date | None = None,
    at: datetime | None = None,
) -> ToolRequest:
    """It may be used again, with a new day for its yearly review. `until`: a new end, where needed.

    Whoever reinstates looks after an approval with an end for which nobody was named.
    """
    now = at or timezone.now()
    given = {"on": request.case.tenant.day_of(now), "until": until, "owner": by.number}
    with transaction.atomic():
        moved = engine.perform(request, "reinstate", by=by, note=note, given=given, at=at)
        arm_deadlines(moved, now)
    return moved


def retire_tool(
    request: ToolRequest, *, note: str, by: Actor, at: datetime | None = None
) -> ToolRequest:
    return engine.perform(request, "retire", by=by, note=note, at=at)
