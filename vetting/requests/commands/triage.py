"""Choosing the path: which tool it is, which class, which way; and the questions on the way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.catalog.commands import forget_tool
from vetting.catalog.models import Tool
from vetting.people.queries import is_address_of
from vetting.requests import queries, rules
from vetting.requests.commands.classing import evaluate_request, follow_facts, take_class
from vetting.requests.commands.correcting import AskedData, correct_data
from vetting.requests.commands.intake import one_at_a_time
from vetting.requests.commands.joining import move_requesters
from vetting.requests.models import Question, ToolRequest
from vetting.requests.panels import Pen, pen_of
from workflows import engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.lifecycles.request import (
    AWAITING_AGREEMENT,
    DECIDING,
    OPEN,
    RETURNED,
    SCREENING,
    TRIAGE,
)
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.providers import Recipient, recipients
from workflows.refusals import raise_if

PATHS: Mapping[str, str] = {
    "contract": "route_contract",
    "exempt": "route_exempt",
    "consent": "route_consent",
    "covered": "route_covered",
}
CHOOSES_PATHS = (Role.SOURCING, Role.PRIVACY)
# While one of these lasts, it may still turn out which tool is meant.
CAN_BE_SETTLED = (TRIAGE, SCREENING, DECIDING)


def settle_match(
    request: ToolRequest, *, tool: Tool, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Say which tool of the catalog it is. Returns the request that goes on.

    Where another open request asks for that tool, this one's people join it and this one closes.
    """
    with transaction.atomic():
        one_at_a_time(request.district_id)
        _lock_pair(request, tool)
        locked = _for_triage(request, by, CAN_BE_SETTLED)
        raise_if(_reasons_not_to_resettle(locked) or _reasons_gone(locked, tool))
        typed, locked.tool = locked.tool, tool
        other = queries.open_request_like(locked)
        if other:
            _merge(request, other, by=by, at=at)
        kept = _settle(request, tool, by=by, at=at)
        if typed and typed != tool and not locked.matches_settled:
            forget_tool(typed)
        return engine.lock(other) if other else kept


def _lock_pair(request: ToolRequest, tool: Tool) -> None:
    """Both requests of a merge, the older first: two merges crosswise then cannot wait for each
    other. Which one the other is cannot change meanwhile: that takes the district, which we hold.
    """
    open_ones = ToolRequest.objects.filter(
        district=request.district_id, tool=tool, state__in=OPEN
    ).values_list("pk", flat=True)
    for number in sorted({request.pk, *open_ones}):
        engine.lock(ToolRequest(pk=number))


def _reasons_not_to_resettle(request: ToolRequest) -> list[str]:
    """On its path an agreement may be drafted for the tool already: only at triage it changes."""
    if request.state == TRIAGE or not request.matches_settled:
        return []
    return [
        f"It was settled already that this is {request.title}. “Choose another path” sends it "
        "back to where another tool can be named."
    ]


def _reasons_gone(request: ToolRequest, tool: Tool) -> list[str]:
    """A tool nobody asks for any more is forgotten by whoever settles last; both rows are held."""
    pair = Tool.objects.filter(pk__in=[tool.pk, request.tool_id]).order_by("pk")
    held = {row.pk for row in pair.select_for_update(of=("self",), no_key=True)}
    if tool.pk in held:
        return []
    return [f"{tool.name} is no longer in the catalog: reload the page."]


def _settle(request: ToolRequest, tool: Tool, *, by: Actor, at: datetime | None) -> ToolRequest:
    def settle(row: ToolRequest) -> None:
        row.tool, row.matches_settled = tool, True

    facts = {"tool": tool.code}
    return engine.record(request, "match_settled", by=by, change=settle, facts=facts, at=at)


def _for_triage(
    request: ToolRequest, by: Actor, states: tuple[str, ...] = (TRIAGE,)
) -> ToolRequest:
    locked = engine.lock(request)
    if by.tenant_id != locked.case.tenant_id or not locked.roles_of(by) & {*CHOOSES_PATHS}:
        raise Refused(["This is for: Strategic Sourcing or Privacy team."])
    if locked.state not in states:
        raise Refused([f"This request is now “{locked.shown_state}”: reload the page."])
    return locked


def _merge(request: ToolRequest, other: ToolRequest, *, by: Actor, at: datetime | None) -> None:
    """`withdraw` is sourcing's move; somebody of the privacy team asks sourcing for it."""
    if Role.SOURCING not in request.roles_of(by):
        also = f"Request {other.code} already asks for this tool"
        raise Refused([f"{also}: Strategic Sourcing can merge the two."])
    move_requesters(request, other, by=by, at=at)
    note = f"Merged into request {other.code}, which asks for the same tool."
    engine.perform(request, "withdraw", by=by, note=note, facts={"into": other.code}, at=at)


def classify(
    request: ToolRequest,
    *,
    facts: Mapping[str, Any],
    by: Actor,
    relationship: str = "",
    note: str = "",
    at: datetime | None = None,
) -> ToolRequest:
    """Set the class by the packs; another than theirs needs a note.

    `facts`: what people answered, by the packs' names; what the request says itself is added.
    """
    with transaction.atomic():
        locked = _for_triage(request, by)
        answered = {name: value for name, value in facts.items() if value is not None}
        told = queries.facts_of(locked, answered)
        found = evaluate_request(locked, by=by, why="classified", facts=told, at=at)
        proposed = found.classification.name
        chosen = relationship or proposed
        if chosen not in dict(ToolRequest.CLASSES):
            raise Refused(["Choose a class from the list."])
        if chosen != proposed and not note.strip():
            raise Refused(["Write why you choose another class than the rule."])

        def write(row: ToolRequest) -> None:
            take_class(row, found)
            row.class_facts = told
            if chosen != proposed:
                row.relationship, row.class_reasons = chosen, []
                row.class_note = note.strip()

        said = {"class": chosen, "rule": proposed}
        classified = engine.record(
            request, "classified", by=by, change=write, facts=said, note=note, at=at
        )
        follow_facts(classified, by=by, at=at)
        return classified


def route(
    request: ToolRequest,
    *,
    path: str,
    by: Actor,
    note: str = "",
    attested: bool = False,
    at: datetime | None = None,
) -> ToolRequest:
    """Send it on its path: contract, exempt, consent or covered.

    `attested`: the person confirms that no data about students reaches the vendor (exempt only).
    """
    if path not in PATHS:
        raise Refused(["Choose one of the paths."])
    with transaction.atomic():
        if path == "exempt" and attested:
            _attest(request, by, at)
        return engine.perform(request, PATHS[path], by=by, note=note, at=at)


def ask_privacy(request: ToolRequest, *, by: Actor, at: datetime | None = None) -> ToolRequest:
    """Ask the privacy team for the step of a class that only they can take; once for each class."""
    with transaction.atomic():
        locked = _for_triage(request, by)
        wanted = rules.WANTED_OF_PRIVACY.get(locked.relationship)
        if wanted is None:
            raise Refused(["This class has a path of its own: choose it."])
        if queries.privacy_asked(locked):
            return locked
        facts = {"class": locked.relationship}
        recorded = engine.record(locked, "privacy_asked", by=by, facts=facts, at=at)
        words = wanted.format(locked.title)
        outbox.post([_wanted(recorded, p, by, words) for p in recipients(recorded, "privacy")])
        return recorded


def _wanted(request: ToolRequest, person: Recipient, by: Actor, words: str) -> Message:
    return outbox.mail(
        case=request.case,
        folder=request.lifecycle.mail,
        name="decision_wanted",
        to=person.email,
        context={"subject": request, "by": by, "recipient": person, "wanted": words},
        dedupe_key=f"{request.pk}:{request.version}:wanted:{person.email.casefold()}",
    )


def _attest(request: ToolRequest, by: Actor, at: datetime | None) -> None:
    _for_triage(request, by)

    def confirm(locked: ToolRequest) -> None:
        locked.exempt_attested = True

    engine.record(request, "no_student_data_attested", by=by, change=confirm, at=at)


def endorse_request(
    request: ToolRequest, *, by: Actor, note: str = "", at: datetime | None = None
) -> ToolRequest:
    return engine.perform(request, "endorse", by=by, note=note, at=at)


def send_back(
    request: ToolRequest, *, by: Actor, note: str, at: datetime | None = None
) -> ToolRequest:
    return engine.perform(request, "send_back", by=by, note=note, at=at)


def reroute_request(
    request: ToolRequest, *, by: Actor, note: str, at: datetime | None = None
) -> ToolRequest:
    return engine.perform(request, "reroute", by=by, note=note, at=at)


def ask_question(
    request: ToolRequest, *, text: str, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Send it back with a question; our clock stands still until it is answered."""
    with transaction.atomic():
        if not text.strip():
            raise Refused(["Write the question."])
        moved = engine.perform(request, "ask", by=by, note=text, at=at)
        Question.objects.create(
            request=moved, asked_by=by.ref, asked_at=at or timezone.now(), text=text.strip()
        )
        return moved


def answer_question(
    request: ToolRequest,
    *,
    answer: str,
    by: Actor,
    data: AskedData | None = None,
    at: datetime | None = None,
) -> ToolRequest:
    """Answer the open question; the request goes back to where it was.

    `data`: what the request asks for, as the answer leaves it; None leaves it as it is.
    """
    with transaction.atomic():
        locked = engine.lock(request)
        if data is not None and locked.state == RETURNED:
            locked = correct_data(locked, data=data, by=by, at=at)
        question = queries.open_question(locked)
        if question and answer.strip():
            question.answer, question.answered_by = answer.strip(), by.ref
            question.answered_at = at or timezone.now()
            question.save()
        return engine.perform(locked, "answer", by=by, at=at)


def nudge(request: ToolRequest, *, by: Actor, at: datetime | None = None) -> ToolRequest:
    """Ask those whose turn it is how it goes; once a day is enough for everybody."""
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(request)
        if locked.state not in OPEN:
            raise Refused([f"Nobody has to act: this is “{locked.shown_state}”."])
        if _nudged_since(locked, now - timedelta(days=1)):
            raise Refused(["They were asked within the last day already."])
        pen = pen_of(locked) if locked.state == AWAITING_AGREEMENT else None
        if pen and not pen.recipients:
            raise Refused([f"Nobody has to act: the agreement is “{pen.subject.shown_state}”."])
        people = pen.recipients if pen else recipients(locked, "holders")
        others = [person for person in people if not is_address_of(by, person.email)]
        if people and not others:
            raise Refused(["It waits for you, and nobody else is there to be reminded."])
        recorded, people = engine.record(locked, "nudged", by=by, at=at), others
        outbox.post([_nudge(recorded, person, by, pen) for person in people])
    return recorded


def _nudged_since(request: ToolRequest, when: datetime) -> bool:
    return Entry.objects.filter(case_id=request.pk, name="nudged", at__gt=when).exists()


def _nudge(request: ToolRequest, person: Recipient, by: Actor, pen: Pen | None) -> Message:
    """About the request, or about the agreement it waits for, to whoever holds the pen there."""
    of = pen.subject if pen else request
    waits_for = pen.waits_for if pen else ""
    context = {"subject": of, "request": request, "by": by, "waits_for": waits_for}
    return outbox.mail(
        case=of.case,
        folder=of.lifecycle.mail,
        name="nudge_vendor" if person.link else "nudge",
        to=person.email,
        context=context | {"recipient": person},
        payload={"link": dict(person.link)} if person.link else None,
        dedupe_key=f"{request.pk}:{request.version}:nudge:{person.email.casefold()}",
    )
