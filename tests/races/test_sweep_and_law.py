"""Somebody corrects what a law's date counts from while the sweep tells of that date: whoever is
second sees what the first did, and nothing is told twice or never."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.factories import people
from tests.factories import requests as make
from vetting.people.queries import actor_of
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.telling import Hold, record_breach_facts
from vetting.requests.models import ToolRequest
from workflows.clock import rules
from workflows.clock.models import Deadline
from workflows.clock.sweep import sweep
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "co.24_73"
NOW = timezone.now()
# The first date and its whole ladder lie before it; the corrected date lies after it.
LATER = NOW + timedelta(days=12)


def determined(case: ToolRequest, days: int, why: str = "") -> None:
    at, by = NOW - timedelta(days=days), actor_of(people.ada())
    record_anchor(case, event="district_determined", at=at, source="The log", by=by, reason=why)


@pytest.fixture
def case() -> ToolRequest:
    case = make.in_screening()
    told = {"breach": True, "data": ["student_id"], "residents_by_state": {"CO": 700}}
    record_breach_facts(case, facts=told, by=actor_of(people.ada()), note="A call")
    determined(case, 25)
    return case


class Elsewhere:
    """Somebody else's act by a connection of their own, which may have to wait for us."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act, self.failed = act, list[BaseException]()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        try:
            self.act()
        except BaseException as error:
            self.failed.append(error)
        finally:
            connections.close_all()

    def begin(self) -> None:
        if self.thread.ident is None:
            self.thread.start()
            self.thread.join(1.5)

    def end(self) -> None:
        self.thread.join(30)
        assert not self.thread.is_alive()
        assert not self.failed, self.failed


@contextmanager
def after(words: str, other: Elsewhere) -> Iterator[None]:
    """Right after the first statement with these words, in its transaction."""

    def listen(execute: Any, statement: str, *rest: Any) -> Any:
        answer = execute(statement, *rest)
        if words in statement:
            other.begin()
        return answer

    with connection.execute_wrapper(listen):
        yield
    other.end()


def told_of(row: Deadline) -> list[int]:
    rungs = []
    for message in Message.objects.filter(topic="deadline_rung", payload__deadline=row.pk):
        rungs += [message.payload["rung"], *message.payload["missed"]]
    return sorted(rungs)


def is_whole(case: ToolRequest, now: datetime) -> Deadline:
    """Each rung that fired was told once; each rung of the corrected date is told, or to come."""
    row = Deadline.objects.get(case_id=case.pk, kind=KIND)
    assert told_of(row) == list(range(row.rung))
    assert row.next_at == rules.next_of(row.ladder, row.rung)
    assert row.next_at is not None
    assert row.next_at > now
    ahead = [step for step in row.ladder[row.rung :] if step["act"] == "overdue"]
    assert {datetime.fromisoformat(step["at"]) for step in ahead} == {row.due_at}
    assert len(ahead) == 2
    return row


def test_the_sweep_comes_while_a_date_is_corrected(case: ToolRequest) -> None:
    other = Elsewhere(lambda: sweep(LATER))
    with after('ORDER BY "workflows_deadline"."due_at"', other):
        determined(case, 1, "A slip.")
    sweep(LATER)
    is_whole(case, LATER)


def test_a_correction_comes_while_the_sweep_tells(case: ToolRequest) -> None:
    other = Elsewhere(lambda: determined(case, 1, "A slip."))
    with after("UPDATE workflows_deadline", other):
        sweep(LATER)
    row = is_whole(case, NOW)
    assert row.rung > 0
    sweep(LATER)
    is_whole(case, LATER)


def held(case: ToolRequest) -> None:
    today, by = NOW.date(), actor_of(people.ada())
    told = {"breach": True, "on_hold": True}
    hold = Hold("State police", today - timedelta(days=2), today + timedelta(days=5))
    record_breach_facts(case, facts=told, by=by, note="Their letter", hold=hold)


def lifted(case: ToolRequest) -> None:
    at, by = NOW - timedelta(hours=1), actor_of(people.ada())
    record_anchor(case, event="hold_lifted", at=at, source="Their letter", by=by)


@pytest.mark.parametrize("act", [lifted, held])
def test_the_sweep_never_waits_for_a_date_of_whoever_waits_for_the_case(
    case: ToolRequest, act: Callable[[ToolRequest], None]
) -> None:
    """The day on which a hold is looked at again is due, and is ended or set anew."""
    held(case)
    other = Elsewhere(lambda: sweep(LATER))
    with after("UPDATE workflows_deadline SET met_at", other):
        act(case)
