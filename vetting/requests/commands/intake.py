"""Asking: drafts, sending, joining, withdrawing, asking again."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from vetting.catalog.commands import resolve_tool
from vetting.catalog.models import DataElement, Tool
from vetting.catalog.rules import OTHER, domain_of
from vetting.people.models import District, Membership, School
from vetting.people.queries import person_of
from vetting.requests import queries, rules
from vetting.requests.commands.at_school import hand_on_at_school
from vetting.requests.commands.classing import propose_class
from vetting.requests.commands.joining import Joined, add_requester, move_requesters
from vetting.requests.models import RequestedElement, Requester, ToolRequest
from workflows import actors, engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.lifecycles.request import CAN_BE_WITHDRAWN, DRAFT, REQUEST
from workflows.refusals import raise_if

# What a requester types; nothing else of a request can be written by saving a draft.
TYPED = (
    *("form", "tool_name", "vendor_name", "website", "purpose", "district_wide", "subject_area"),
    *("grades", "student_count", "under_13", "takes_student_data", "cost", "bought_how"),
    *("needed_by", "project_partner", "project_records", "project_from", "project_until"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page of a draft was made from: `stamp`, as `of` makes it anew of the draft as it is.
    `window` is that page, opened once: what it saved itself is no change in another window."""

    window: str
    stamp: str
    of: Callable[[ToolRequest], str]


@dataclass(frozen=True, slots=True)
class Submitted:
    """The request that goes on: the sent draft, or the open one it joined, and the data that it
    brought there."""

    request: ToolRequest
    joined: bool
    brought: tuple[str, ...] = ()


def start_draft(
    *, by: Actor, behalf: Membership | None = None, at: datetime | None = None, **typed: Any
) -> ToolRequest:
    """Open a draft; `behalf` is the colleague for whom somebody else types."""
    person = person_of(by)
    raise_if(rules.reasons_form_is_absent(typed.get("form", "")))
    raise_if(_reasons_not_for(behalf, person, by))
    fields = {name: value for name, value in typed.items() if name in TYPED}
    with transaction.atomic():
        request = engine.open_case(
            ToolRequest,
            tenant=person.district.tenant,
            by=by,
            at=at,
            district=person.district,
            **fields,
        )
        add_requester(request, person, how="pressed", schools=_own_school(person, behalf))
        if behalf and behalf.pk != person.pk:
            add_requester(request, behalf, how="behalf", schools=_own_school(behalf))
    return request


def begin_draft(*, by: Actor, behalf: Membership | None = None, **typed: Any) -> ToolRequest:
    """Go on with one's own draft of the same name, or with one still empty; else open one."""
    if behalf is None and (kept := queries.draft_to_go_on_with(by, typed)):
        named = {name: value for name, value in typed.items() if value}
        return save_draft(kept, by=by, fields=named) if named else kept
    return start_draft(by=by, behalf=behalf, **typed)


def _reasons_not_for(behalf: Membership | None, person: Membership, by: Actor) -> list[str]:
    """Whoever asks may never approve, so naming a colleague takes a right from them."""
    if behalf is None or behalf.pk == person.pk:
        return []
    if not by.has(Role.SOURCING):
        return ["Only Strategic Sourcing asks for a colleague."]
    theirs = behalf.district_id == person.district_id and behalf.active
    return [] if theirs else ["Choose a colleague of your own district."]


def _own_school(person: Membership, behalf: Membership | None = None) -> list[int]:
    return [person.school_id] if person.school_id and behalf is None else []


def save_draft(
    request: ToolRequest,
    *,
    by: Actor,
    fields: Mapping[str, Any],
    schools: Collection[int] | None = None,
    elements: Mapping[int, str] | None = None,
    other_data: str | None = None,
    seen: Seen | None = None,
) -> ToolRequest:
    """Autosave. `elements` is {element id: purpose}; None leaves schools or schedule as they are.
    `other_data` names what the vocabulary has no word for. `seen`: refuse what was made from an
    older text than the draft has now.

    Drafts have no ledger row for each keystroke; what is sent is recorded when it is sent.
    """
    typed = {name: value for name, value in fields.items() if name in TYPED}

    def write(locked: ToolRequest) -> None:
        _must_ask(locked, by)
        _must_be_new(locked, seen)
        for name, value in typed.items():
            setattr(locked, name, value)
        if schools is not None:
            _name_schools(locked, by, schools)
        if elements is not None:
            fill_schedule(locked, elements)
        if other_data is not None:
            name_other_data(locked, other_data)

    return engine.keep_draft(request, by=by, change=write)


def _must_be_new(request: ToolRequest, seen: Seen | None) -> None:
    if seen and seen.window != request.saved_in and seen.of(request) != seen.stamp:
        zone = ZoneInfo(request.case.tenant.zone)
        last = timezone.localtime(request.saved_at, zone) if request.saved_at else None
        raise Refused([rules.changed_elsewhere(last)])
    request.saved_in, request.saved_at = seen.window if seen else "", timezone.now()


def _must_ask(request: ToolRequest, by: Actor) -> None:
    if not request.roles_of(by) & {Role.REQUESTER, Role.SOURCING}:
        raise Refused(["Only those who ask may change a request."])


def _name_schools(request: ToolRequest, by: Actor, schools: Collection[int]) -> None:
    """Schools stand with the person for whom the request is made."""
    rows = request.requesters.filter(left_at=None)
    row = rows.filter(how="behalf").first() or rows.filter(how="pressed").first()
    if row is not None:
        named = School.objects.filter(district=request.district_id, closed=False, pk__in=schools)
        row.schools.set(named)


def fill_schedule(request: ToolRequest, elements: Mapping[int, str]) -> None:
    wanted = {key: purpose[:300] for key, purpose in elements.items()}
    known = {row.element_id: row for row in request.schedule.all()}
    if known.keys() - wanted.keys():
        request.schedule.exclude(element__in=list(wanted)).delete()
    for key, row in known.items():
        if row.purpose != wanted.get(key, row.purpose):
            row.purpose = wanted[key]
            row.save(update_fields=["purpose"])
    new = DataElement.objects.filter(pk__in=wanted.keys() - known.keys()).order_by("position")
    RequestedElement.objects.bulk_create(
        RequestedElement(request=request, element=element, purpose=wanted[element.pk])
        for element in new
    )


def name_other_data(request: ToolRequest, words: str) -> None:
    rows = request.schedule.filter(element__slug=OTHER)
    rows.update(detail=" ".join(words.split()))


def submit_request(request: ToolRequest, *, by: Actor, at: datetime | None = None) -> Submitted:
    """Send a draft, or join the open request for the same tool.

    One at a time per district: two drafts for one tool then cannot both find nothing open.
    """
    with transaction.atomic():
        one_at_a_time(request.district_id)
        locked = engine.lock(request)
        if locked.state == DRAFT:
            _must_ask(locked, by)
            locked = engine.keep_draft(locked, by=by, change=lambda row: _resolve(row, by, at))
            if other := queries.open_request_like(locked):
                joined = _join(locked, other, by=by, at=at)
                return Submitted(joined.request, joined=True, brought=joined.brought)
        facts = {"class": locked.relationship} | _passed_by(locked)
        return Submitted(engine.perform(locked, "submit", by=by, facts=facts, at=at), joined=False)


def _passed_by(request: ToolRequest) -> dict[str, str]:
    """A gate that nobody could open is passed by, and the record says so."""
    gate = request.district.school_gate and not request.has_a_leader()
    return {"gate": "passed_by"} if gate else {}


def one_at_a_time(district_id: int) -> None:
    """Whoever may open, join or merge requests of a district waits for the others."""
    District.objects.select_for_update(of=("self",), no_key=True).get(pk=district_id)


def _resolve(request: ToolRequest, by: Actor, at: datetime | None) -> None:
    """Find or add the tool; where a new one resembles others, a person settles it at triage."""
    if request.form == "tool" and (request.tool_name.strip() or domain_of(request.website)):
        found = resolve_tool(
            name=request.tool_name, vendor=request.vendor_name, website=request.website, by=by
        )
        request.tool = found.tool
        request.matches_settled = not (found.new and found.near)
    propose_class(request, by=by, why="submitted", at=at)


def _join(draft: ToolRequest, other: ToolRequest, *, by: Actor, at: datetime | None) -> Joined:
    """Everybody of the draft asks in the open request from now on; the draft closes, linked."""
    joined = move_requesters(draft, other, by=by, at=at)
    engine.perform(
        draft,
        "join",
        by=actors.system("requests"),
        given={"into": other.pk},
        facts={"into": other.code},
        at=at,
    )
    return joined


def withdraw_request(
    request: ToolRequest, *, by: Actor, note: str = "", at: datetime | None = None
) -> ToolRequest:
    """Withdraw it; where others ask too, only this person and their schools leave."""
    with transaction.atomic():
        locked = engine.lock(request)
        asking = list(locked.requesters.filter(left_at=None).select_related("membership"))
        leaving = _leaving(asking, by)
        if leaving and len(leaving) < len(asking):
            return _leave(locked, [row.pk for row in leaving], by=by, note=note, at=at)
        return engine.perform(locked, "withdraw", by=by, note=note, at=at)


def _leaving(asking: list[Requester], by: Actor) -> list[Requester]:
    """Whoever typed for a colleague leaves together with that colleague."""
    mine = [row for row in asking if row.membership.ref == by.ref]
    pair = [row for row in asking if row.how in ("pressed", "behalf")]
    return pair if len(pair) > 1 and set(mine) & set(pair) else mine


def _leave(
    request: ToolRequest, rows: list[int], *, by: Actor, note: str, at: datetime | None
) -> ToolRequest:
    if request.state not in CAN_BE_WITHDRAWN:
        raise Refused(["It is too late to withdraw from this request."])
    now = at or timezone.now()

    def leave(locked: ToolRequest) -> None:
        locked.requesters.filter(pk__in=rows).update(left_at=now)

    engine.record(request, "requester_left", by=by, change=leave, note=note, at=at)
    # The schools that stay may have nobody who could answer for them.
    hand_on_at_school(request, at=at)
    return engine.lock(request)


def reopen_request(request: ToolRequest, *, by: Actor, at: datetime | None = None) -> ToolRequest:
    """A new draft with what was typed, linked to a request that has ended; that one stays."""
    if request.state not in REQUEST.ends:
        raise Refused([f"There is nothing to reopen: it is still “{request.shown_state}”."])
    typed = {name: getattr(request, name) for name in TYPED}
    with transaction.atomic():
        draft = start_draft(by=by, at=at, **typed)
        elements = {row.element_id: row.purpose for row in request.schedule.all()}
        schools = list(request.schools_concerned().values_list("pk", flat=True))
        named = request.schedule.filter(element__slug=OTHER).values_list("detail", flat=True)

        def link(locked: ToolRequest) -> None:
            locked.reopened_from_id = request.pk
            fill_schedule(locked, elements)
            locked.schedule.filter(element__slug=OTHER).update(detail="".join(named))
            _name_schools(locked, by, schools)

        return engine.keep_draft(draft, by=by, change=link)


def ask_too(tool: Tool, *, by: Actor, at: datetime | None = None, **own: Any) -> ToolRequest:
    """Join the open request for a tool, with one's own school. Refused when none is open.

    `own`: purpose, grades, student_count and under_13 of the joiner's own classes.
    """
    district = person_of(by).district
    with transaction.atomic():
        one_at_a_time(district.pk)
        if not queries.is_asked_for(district, tool):
            raise Refused([f"Nobody in {district.name} asks for {tool.name} any more."])
        draft = start_draft(
            by=by,
            at=at,
            tool_name=tool.name,
            website=tool.website,
            vendor_name=tool.vendor.name,
            **own,
        )
        return submit_request(draft, by=by, at=at).request
