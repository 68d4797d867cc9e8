"""A large district: the demo's people and story, and a hundred thousand cases poured beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from contracts.agreements.flows import LegalReviewFlow
from contracts.agreements.models import Agreement, CoveredTool, ServedRequest
from tests.benchmarks.pouring import analyze, pour_like
from tests.benchmarks.scale.shape import AGREEMENTS, REQUESTS, Shape
from vetting.catalog.models import Tool, Vendor
from vetting.people.models import District, Membership, RoleGrant, School, User
from vetting.requests.models import Requester, ToolRequest
from vetting.screening.flows import ScreeningFlow
from vetting.screening.models import Questionnaire, Screening
from workflows.actors import Role, system
from workflows.cases import Case
from workflows.clock.models import Deadline
from workflows.desk.grammar import acts_of
from workflows.desk.models import Process, Task
from workflows.ledger.models import Entry
from workflows.lifecycles import agreement as a
from workflows.lifecycles import request as r
from workflows.stateful import Stateful
from workflows.triggers import drop_triggers, install_triggers

FIRST = 10_000_000  # keys far from the story's own
TEACHERS, VENDORS, TOOLS = 200, 4_000, 20_000
RUNNING = {*r.REQUEST.turn, *a.AGREEMENT.turn, r.APPROVED, a.IN_FORCE} - {r.DRAFT}
WORK = {r.SCREENING: 1, a.LEGAL_REVIEW: 2}  # open acts of a case in this state
ITSELF = (system("agreements").ref, None)  # opens agreements, and belongs to no district
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Town:
    """What every poured row points at."""

    district: District
    teachers: range
    schools: list[int]
    now: datetime

    def opened(self, number: int) -> datetime:
        return self.now - DAY * (20 + number % 1_000) - timedelta(seconds=number % 86_400)


@dataclass(frozen=True, slots=True)
class Crowd:
    """One kind of case: its keys, and the state of each."""

    model: type[Stateful]
    shape: Shape
    keys: range

    def __iter__(self) -> Iterator[tuple[int, int, str]]:
        """(number, key, state)"""
        states = self.shape.states(len(self.keys))
        yield from zip(count(), self.keys, states)


def fill(cases: int, tasks: int) -> None:
    """`cases` requests and agreements, seven to three, and `tasks` pieces of labor."""
    town = _town()
    requests = Crowd(ToolRequest, REQUESTS, range(FIRST, FIRST + cases * 7 // 10))
    agreements = Crowd(Agreement, AGREEMENTS, range(requests.keys.stop, FIRST + cases))
    drop_triggers(connection)
    _pour_catalog()
    for crowd in (requests, agreements):
        _pour_cases(town, crowd)
    _pour_requests(town, requests)
    _pour_agreements(town, agreements, requests.keys)
    for crowd in (requests, agreements):
        _pour_ledger(town, crowd)
        _pour_deadlines(town, crowd)
    for crowd, flow in ((requests, ScreeningFlow), (agreements, LegalReviewFlow)):
        _pour_work(town, crowd, flow, tasks // cases)
    install_triggers(connection)
    analyze()


def _town() -> Town:
    district = District.objects.select_related("tenant").get()
    first = FIRST
    people = range(first, first + TEACHERS)
    schools = list(School.objects.filter(district=district).values_list("pk", flat=True))
    pour_like(
        User(password="!", is_active=True),
        ("id", "email", "name"),
        ((key, f"teacher{key}@schools.example", f"Teacher {key - first}") for key in people),
    )
    pour_like(
        Membership(district=district),
        ("id", "code", "user_id", "school_id"),
        ((key, f"m{key}", key, schools[key % len(schools)]) for key in people),
    )
    pour_like(RoleGrant(role=Role.REQUESTER), ("membership_id",), ((key,) for key in people))
    return Town(district, people, schools, timezone.now())


def _pour_catalog() -> None:
    vendors = range(FIRST, FIRST + VENDORS)
    pour_like(
        Vendor(),
        ("id", "code", "name", "key"),
        ((key, f"v{key}", f"Vendor {key - FIRST}", f"vendor {key - FIRST}") for key in vendors),
    )
    pour_like(
        Tool(),
        ("id", "code", "vendor_id", "name", "key"),
        (
            (key, f"t{key}", FIRST + key % VENDORS, f"Tool {key - FIRST}", f"tool {key - FIRST}")
            for key in range(FIRST, FIRST + TOOLS)
        ),
    )


def _pour_cases(town: Town, crowd: Crowd) -> None:
    tenant, machine = town.district.tenant_id, crowd.model.lifecycle.name
    pour_like(
        Case(machine=machine, tenant_id=tenant),
        ("id", "code", "opened_at"),
        ((key, f"c{key}", town.opened(number)) for number, key, _ in crowd),
    )


def _pour_requests(town: Town, crowd: Crowd) -> None:
    pattern = ToolRequest(
        district=town.district, purpose="Reading practice.", grades=["4"], student_count=60
    )
    decided = {r.APPROVED, r.IN_RE_REVIEW, r.SUSPENDED, r.RETIRED}
    # One open request per tool: the open ones take the tools in turn.
    own = count(FIRST)
    today = town.now.date()
    pour_like(
        pattern,
        ("case_id", "state", "since", "version", "tool_id", "approval_kind", "approved_on",
         "review_on"),
        (
            (
                *(key, state, *_stands(town, crowd, number, state)),
                next(own) if state in r.OPEN else FIRST + number % TOOLS,
                *(("full", today - DAY * 90, today + DAY * (number % 365)) if state in decided
                  else ("", None, None)),
            )
            for number, key, state in crowd
        ),
    )  # fmt: skip
    _pour_requesters(town, crowd)
    _pour_screenings(town, crowd)


def _pour_requesters(town: Town, crowd: Crowd) -> None:
    first, people = town.teachers.start, len(town.teachers)
    pour_like(
        Requester(how="pressed"),
        ("id", "request_id", "membership_id"),
        ((key, key, first + number % people) for number, key, _ in crowd),
    )
    pour_like(
        Requester.schools.through(),
        ("requester_id", "school_id"),
        ((key, town.schools[number % len(town.schools)]) for number, key, _ in crowd),
    )


def _pour_screenings(town: Town, crowd: Crowd) -> None:
    questionnaire = Questionnaire.objects.get(slug="core", active=True)
    pattern = Screening(number=1, entered_seq=3, questionnaire=questionnaire)
    seen = {r.SCREENING, r.AWAITING_AGREEMENT, r.DECIDING, r.APPROVED}
    pour_like(
        pattern,
        ("request_id", "opened_at", "closed_at"),
        (
            (key, town.opened(number), None if state == r.SCREENING else town.now - DAY)
            for number, key, state in crowd
            if state in seen
        ),
    )


def _pour_agreements(town: Town, crowd: Crowd, requests: range) -> None:
    owners = Membership.objects.filter(grants__role=Role.PRIVACY, district=town.district)
    owner, today = owners.order_by("pk")[0], town.now.date()
    pour_like(
        Agreement(district=town.district, owner=owner),
        ("case_id", "state", "since", "version", "vendor_id", "title", "effective_from", "ends_on"),
        (
            (
                *(key, state, *_stands(town, crowd, number, state), FIRST + number % VENDORS),
                f"DPA with Vendor {number % VENDORS}",
                *((today - DAY * 300, today + DAY * (number % 900)) if state == a.IN_FORCE
                  else (None, None)),
            )
            for number, key, state in crowd
        ),
    )  # fmt: skip
    # One live agreement per tool: those in force take the tools in turn.
    own = count(FIRST)
    pour_like(
        CoveredTool(district=town.district),
        ("agreement_id", "tool_id", "live"),
        (
            (key, next(own) if state == a.IN_FORCE else FIRST + number % TOOLS, state == a.IN_FORCE)
            for number, key, state in crowd
        ),
    )
    pour_like(
        ServedRequest(),
        ("agreement_id", "request_id"),
        ((key, requests[number]) for number, key, _ in crowd),
    )


def _stands(town: Town, crowd: Crowd, number: int, state: str) -> tuple[datetime, int]:
    """Since when, and its version: as the last row of its ledger says."""
    steps = len(crowd.shape.steps(state))
    return town.opened(number) + DAY * steps, steps


def _pour_ledger(town: Town, crowd: Crowd) -> None:
    """Steps with plausible times and no true hash: nobody verifies this chain."""
    tenant = town.district.tenant_id
    pattern = Entry(kind=Entry.MOVE, hash="0" * 64, prev="0" * 64)
    # As in the story: whoever is named on a case's page has to be looked up for it.
    opened_by_itself = crowd.model is Agreement

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, key, state in crowd:
            who = f"membership:{town.teachers[number % len(town.teachers)]}", tenant
            at = town.opened(number)
            for seq, (name, source, target) in enumerate(crowd.shape.steps(state), 1):
                by = ITSELF if opened_by_itself and not source else who
                yield key, seq, at + DAY * seq, at + DAY * seq, name, source, target, *by

    pour_like(
        pattern,
        ("case_id", "seq", "at", "recorded_at", "name", "source", "target", "actor_ref",
         "actor_tenant_id"),
        rows(),
    )  # fmt: skip


def _pour_deadlines(town: Town, crowd: Crowd) -> None:
    pattern = Deadline(
        kind="dwell", basis="A service level", ladder=[], armed_at=town.now - DAY * 20,
        explanation={"unit": "business_days", "amount": 20, "sentence": "20 business days"},
    )  # fmt: skip
    pour_like(
        pattern,
        ("case_id", "due_at", "next_at"),
        (
            (key, due := _due(town, number, state), due)
            for number, key, state in crowd
            if state in RUNNING
        ),
    )


def _due(town: Town, number: int, state: str) -> datetime:
    """A term ends within the year; a service level within ten weeks, or it is late already."""
    far = state in {r.APPROVED, a.IN_FORCE}
    return town.now + DAY * (number % 365 if far else number % 90 - 20)


def _pour_work(town: Town, crowd: Crowd, flow: Any, each: int) -> None:
    """One process per case; its last acts are open where the state is being worked on."""
    tenant, state = town.district.tenant_id, next(s for s in WORK if s in crowd.shape.shares)
    pour_like(
        Process(flow_class=flow, tenant_id=tenant, state=state),
        ("id", "case_id", "created", "finished", "status"),
        (
            (key, key, at := town.opened(number), None if now == state else at + DAY,
             "NEW" if now == state else "DONE")
            for number, key, now in crowd
        ),
    )  # fmt: skip
    acts = acts_of(flow)
    pattern = Task(flow_task=acts[0], flow_task_type="HUMAN", tenant_id=tenant)
    names = [Task._meta.get_field("flow_task").get_prep_value(act) for act in acts]

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, key, now in crowd:
            opened, at = WORK[state] if now == state else 0, town.opened(number)
            for turn in range(each):
                is_open = turn >= each - opened
                ended = (None, "NEW", "") if is_open else (at, "DONE", "membership:1")
                yield key, names[turn % opened if is_open else turn % len(names)], at, *ended

    pour_like(
        pattern, ("process_id", "flow_task", "created", "finished", "status", "done_by"), rows()
    )
