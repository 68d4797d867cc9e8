"""Correcting the data that a sent request asks for: what was first said may have been wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vetting.catalog.rules import OTHER
from vetting.people.queries import person_of
from vetting.requests import queries, rules
from vetting.requests.commands.classing import evaluate_request, follow_facts, propose_class
from vetting.requests.commands.intake import fill_schedule, name_other_data
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.lifecycles.request import RETURNED, SCREENING, TRIAGE
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.providers import Recipient, recipients
from workflows.refusals import raise_if

# Whoever holds the pen there, and nobody once the screening is passed: another path starts anew.
CORRECTS: Mapping[str, tuple[Role, ...]] = {
    RETURNED: (Role.REQUESTER, Role.SOURCING),
    TRIAGE: (Role.SOURCING, Role.PRIVACY),
    SCREENING: (Role.PRIVACY,),
}


@dataclass(frozen=True, slots=True)
class AskedData:
    """`elements` is {element id: purpose}; `other` names what the vocabulary has no word for."""

    takes_student_data: bool | None
    elements: Mapping[int, str]
    other: str = ""


def may_correct(request: ToolRequest, by: Actor) -> bool:
    return bool(request.roles_of(by) & {*CORRECTS.get(request.state, ())})


def correct_data(
    request: ToolRequest, *, data: AskedData, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Write what is really taken, and tell those who asked. What is the same writes nothing."""
    with transaction.atomic():
        locked = engine.lock(request)
        if locked.case.tenant_id != by.tenant_id or not may_correct(locked, by):
            raise Refused(["The data asked for is corrected by whoever has the request now."])
        if _said(locked) == _wanted(data):
            return locked
        was = [row.words for row in locked.asked_data()]
        corrected = engine.record(
            locked,
            "data_corrected",
            by=by,
            change=lambda row: _write(row, data, by, at),
            facts={"elements": len(data.elements), "before": len(was)},
            at=at,
        )
        follow_facts(corrected, by=by, at=at)
        own = person_of(by).user.email
        others = (p for p in recipients(corrected, "requesters") if p.email != own)
        outbox.post([_told(corrected, person, by, was) for person in others])
    return corrected


def _said(request: ToolRequest) -> tuple[object, ...]:
    rows = list(request.schedule.select_related("element"))
    other = next((row.detail for row in rows if row.element.slug == OTHER), "")
    return request.takes_student_data, {row.element_id: row.purpose for row in rows}, other


def _wanted(data: AskedData) -> tuple[object, ...]:
    return data.takes_student_data, dict(data.elements), " ".join(data.other.split())


def _write(request: ToolRequest, data: AskedData, by: Actor, at: datetime | None) -> None:
    request.takes_student_data = data.takes_student_data
    fill_schedule(request, data.elements)
    name_other_data(request, data.other)
    rows = request.schedule.select_related("element").filter(struck=False)
    about = [row.element.about for row in rows]
    unnamed = any(row.element.slug == OTHER and not row.detail for row in rows)
    raise_if(
        rules.reasons_no_schedule(
            takes_student_data=data.takes_student_data, about=about, unnamed=unnamed
        )
    )
    if data.takes_student_data:
        request.exempt_attested = False
    _evaluate_again(request, by, at)


def _evaluate_again(request: ToolRequest, by: Actor, at: datetime | None) -> None:
    """A class that somebody set stays theirs to change; one by rule alone follows what is said."""
    place = request.left_state if request.state == RETURNED else request.state
    if request.class_facts:
        said = {"student_data": request.takes_student_data}
        request.class_facts = queries.facts_of(request, request.class_facts | said)
        evaluate_request(request, by=by, why="corrected", at=at)
    elif place == TRIAGE:
        propose_class(request, by=by, why="corrected", at=at)


def _told(request: ToolRequest, person: Recipient, by: Actor, was: list[str]) -> Message:
    now = [row.words for row in request.asked_data()]
    return outbox.mail(
        case=request.case,
        folder=request.lifecycle.mail,
        name="data_corrected",
        to=person.email,
        context={"subject": request, "by": by, "recipient": person, "was": was, "now": now},
        dedupe_key=f"{request.pk}:{request.version}:data:{person.email.casefold()}",
    )
