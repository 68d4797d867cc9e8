"""Joining: whoever asks in one request asks in another from then on, with schools and data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from vetting.catalog.rules import OTHER, named_parts, named_together, same_data
from vetting.people.models import Membership
from vetting.requests import rules
from vetting.requests.commands.at_school import hand_on_at_school
from vetting.requests.commands.classing import evaluate_request, follow_facts, propose_class
from vetting.requests.models import RequestedElement, Requester, ToolRequest
from workflows import engine
from workflows.actors import Actor
from workflows.lifecycles.request import RETURNED, TRIAGE, WITH_SCHOOL
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.providers import recipients

DATA_JOINED = "request_data_joined"
UNNAMED = "Data about students that nobody has named yet"


@dataclass(frozen=True, slots=True)
class Joined:
    """The request that goes on; `brought`: the data, in words, that it did not ask for before."""

    request: ToolRequest
    brought: tuple[str, ...]


def add_requester(
    request: ToolRequest, person: Membership, *, how: str, schools: Collection[int]
) -> Requester:
    row, _ = Requester.objects.get_or_create(
        request=request, membership=person, defaults={"how": how}
    )
    if row.left_at is not None:
        # Whoever comes back asks for the schools named now, not for those of the first time.
        row.schools.clear()
        row.left_at = None
        row.save(update_fields=["left_at"])
    row.schools.add(*schools)
    return row


def move_requesters(
    source: ToolRequest, target: ToolRequest, *, by: Actor, at: datetime | None
) -> Joined:
    """Add one request's people, schools and data to another, with one ledger row there.

    Whatever was confirmed, reviewed or written for less data no longer holds: see `_take_data`,
    and the agreements room, which hears of it.
    """
    held = engine.lock(target)
    brought, new = _brought(source, held), _is_new_to_students(source, held)
    void = new and held.exempt_attested

    def add(locked: ToolRequest) -> None:
        for row in source.requesters.filter(left_at=None).select_related("membership"):
            schools = list(row.schools.values_list("pk", flat=True))
            joiner = add_requester(locked, row.membership, how="joined", schools=schools)
            _say_for_whom(joiner, source)
        locked.district_wide = locked.district_wide or source.district_wide
        locked.grades = _in_order(locked.grades, source.grades)
        locked.under_13 = rules.under_13_of_both(locked.under_13, source.under_13)
        _take_schedule(locked, source)
        if new:
            _take_data(locked, by, at)
        elif brought:
            evaluate_request(locked, by=by, why="joined", at=at)

    facts = {"from": source.code, "data": len(brought), "void": void}
    known = {name: fact for name, fact in facts.items() if fact}
    joined = engine.record(target, "requester_joined", by=by, change=add, facts=known, at=at)
    if brought:
        follow_facts(joined, by=by, at=at)
        outbox.post([_news(joined), *_mails(joined, brought, by, void=void)])
    hand_on_at_school(target, at=at)
    return Joined(engine.lock(target), brought)


def _say_for_whom(joiner: Requester, source: ToolRequest) -> None:
    joiner.purpose, joiner.grades = source.purpose, source.grades
    joiner.student_count, joiner.under_13 = source.student_count, source.under_13
    joiner.save(update_fields=["purpose", "grades", "student_count", "under_13"])


def _in_order(grades: list[str], more: list[str]) -> list[str]:
    return grades + [grade for grade in more if grade not in grades]


def _is_new_to_students(source: ToolRequest, target: ToolRequest) -> bool:
    return bool(source.takes_student_data) and not target.takes_student_data


def _brought(source: ToolRequest, target: ToolRequest) -> tuple[str, ...]:
    held = {same_data(part) for row in target.asked_data() for part in _parts(row)}
    asked = (part for row in _named(source) for part in _parts(row))
    more = tuple(part for part in asked if same_data(part) not in held)
    return more or ((UNNAMED,) if _is_new_to_students(source, target) else ())


def _parts(row: RequestedElement) -> list[str]:
    return named_parts(row.element.name, row.detail)


def _named(source: ToolRequest) -> list[RequestedElement]:
    """Without other data that nobody has said what it is: no agreement could ever hold that."""
    return [row for row in source.asked_data() if row.element.slug != OTHER or row.detail]


def _take_schedule(target: ToolRequest, source: ToolRequest) -> None:
    held = {row.element_id: row for row in target.schedule.all()}
    for row in _named(source):
        known = held.get(row.element_id)
        if known is None:
            target.schedule.create(element=row.element, purpose=row.purpose, detail=row.detail)
        elif row.detail:
            known.detail = named_together(known.detail, row.detail)
            known.save(update_fields=["detail"])


def _take_data(target: ToolRequest, by: Actor, at: datetime | None) -> None:
    """Nobody's confirmation that it takes none holds any more; a class by rule is proposed anew
    while its path is still to be chosen. Later, another path is."""
    target.takes_student_data, target.exempt_attested = True, False
    place = target.left_state if target.state == RETURNED else target.state
    if place not in (WITH_SCHOOL, TRIAGE) or target.relationship in ("", "prohibited"):
        return
    target.class_facts = target.class_facts and target.class_facts | {"student_data": True}
    propose_class(target, by=by, why="joined", at=at)


def _news(request: ToolRequest) -> Message:
    return outbox.message(
        channel=Message.REACTION,
        topic=DATA_JOINED,
        case=request.case,
        payload={"request": request.pk},
        dedupe_key=f"{request.pk}:{request.version}:{DATA_JOINED}",
    )


def _mails(
    request: ToolRequest, brought: tuple[str, ...], by: Actor, *, void: bool
) -> list[Message]:
    """To everybody who asks, whose turn it is, and whoever has looked at less data than this."""
    told = [*recipients(request, "requesters"), *recipients(request, "holders")]
    place = request.left_state if request.state == RETURNED else request.state
    told += [] if place in (WITH_SCHOOL, TRIAGE) else recipients(request, "privacy")
    context = {"subject": request, "by": by, "brought": brought, "void": void}
    return [
        outbox.mail(
            case=request.case,
            folder=request.lifecycle.mail,
            name="data_joined",
            to=person.email,
            context=context | {"recipient": person, "reviewed": place not in (WITH_SCHOOL, TRIAGE)},
            dedupe_key=f"{request.pk}:{request.version}:data_joined:{person.email.casefold()}",
        )
        for person in {one.email.casefold(): one for one in told}.values()
    ]
