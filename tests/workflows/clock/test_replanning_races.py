"""Recomputes against a kill between batches, against people and against the sweep."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections

from tests.workflows.clock.test_follow import deadline
from tests.workflows.clock.test_replanning import (
    BEGUN,
    SNOW,
    as_derived,
    close,
    faults,
    lead,
    moves,
)
from tests.workflows.toy.story import ada, denver, district, errand
from workflows import engine
from workflows.clock import replanning
from workflows.clock.models import Deadline
from workflows.clock.plans import CALENDAR
from workflows.clock.replanning import apply, recompute_stale_deadlines
from workflows.clock.sweep import sweep
from workflows.clock.worlds import Change
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("after_the_story"),
]


class Killed(BaseException):
    """What no handler of errors catches."""


@contextmanager
def at_statement(pattern: str, number: int, act: Callable[[], None]) -> Iterator[None]:
    """Before the `number`-th statement with these words is sent, something else happens."""
    seen = 0

    def listen(execute: Any, statement: str, *rest: Any) -> Any:
        nonlocal seen
        seen += pattern in statement
        if pattern in statement and seen == number:
            act()
        return execute(statement, *rest)

    with connection.execute_wrapper(listen):
        yield


def killed() -> None:
    raise Killed


@pytest.mark.parametrize("statement", ["UPDATE workflows_deadline", "INSERT INTO workflows_entry"])
def test_what_a_killed_recompute_leaves_is_found_by_night(
    statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replanning, "SLICE", 2)
    for _ in range(5):
        errand(at=denver(BEGUN))
    drain()
    close(SNOW)
    with pytest.raises(Killed), at_statement(statement, 2, killed):
        apply(district(), Change(CALENDAR), by=lead())
    # Dates and their ledger rows are of one commit: two were written whole, none in half.
    assert len(moves()) == 2
    due = list(Deadline.objects.values_list("due_at", flat=True))
    assert due.count(denver("2026-12-10 23:59:59")) == 2
    assert faults() == []
    waits = Message.objects.get(topic="dates_moved")
    assert waits.send_after > waits.created_at
    assert recompute_stale_deadlines() == 3
    assert set(Deadline.objects.values_list("due_at", flat=True)) == {denver("2026-12-10 23:59:59")}
    assert (len(moves()), recompute_stale_deadlines(), faults()) == (5, 0, [])


def elsewhere(act: Callable[[], Any]) -> None:
    """Somebody else, by a connection of their own, to the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not failed, failed


def test_a_case_that_moves_after_it_was_read_is_read_again() -> None:
    first, second = errand(at=denver(BEGUN)), errand(at=denver(BEGUN))
    close(SNOW)

    def hand_over() -> None:
        elsewhere(lambda: engine.perform(first, "hand_over", by=ada()))

    with meanwhile(hand_over):
        done = apply(district(), Change(CALENDAR), by=lead())
    assert (done.moved, done.left) == (2, 0)
    for subject in (first, second):
        assert deadline(subject, "work").due_at == denver("2026-12-10 23:59:59")
    assert faults() == []


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Right after the first reading of open dates, outside of every transaction."""
    done: list[bool] = []

    def listen(execute: Any, statement: str, *rest: Any) -> Any:
        answer = execute(statement, *rest)
        if "d.explanation" in statement and not done:
            done.append(True)
            act()
        return answer

    with connection.execute_wrapper(listen):
        yield


def test_a_rung_that_fires_after_it_was_read_stays_fired() -> None:
    subject = errand(at=denver(BEGUN))
    before = deadline(subject, "work")
    close(date(2026, 12, 4))

    def fire() -> None:
        elsewhere(lambda: sweep(denver("2026-12-02 08:00")))

    with meanwhile(fire):
        done = apply(district(), Change(CALENDAR), by=lead())
    after = deadline(subject, "work")
    assert (done.moved, after.rung) == (1, 1)
    assert after.ladder[0] == before.ladder[0]
    assert after.next_at == after.due_at == denver("2026-12-10 23:59:59")
    assert faults() == []


def test_people_act_while_everything_is_recomputed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replanning, "SLICE", 3)
    subjects = [errand(at=denver(BEGUN)) for _ in range(24)]
    close(SNOW)

    def act() -> None:
        for subject in subjects:
            engine.perform(subject, "hand_over", by=ada())

    thread = threading.Thread(target=lambda: (act(), connections.close_all()))
    thread.start()
    done = apply(district(), Change(CALENDAR), by=lead())
    thread.join(30)
    recompute_stale_deadlines()
    due = Deadline.objects.filter(kind="work").values_list("due_at", flat=True)
    assert set(due) == {denver("2026-12-10 23:59:59")}
    assert len([1 for _, facts in moves() if facts["kind"] == "work"]) == 24
    assert done.looked >= 24
    assert as_derived() == []
    assert faults() == []


def test_the_sweep_fires_while_everything_is_recomputed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both write many dates in one statement: neither waits for what the other waits for."""
    monkeypatch.setattr(replanning, "SLICE", 10)
    for _ in range(40):
        errand(at=denver(BEGUN))
    close(date(2026, 12, 4))
    failed: list[BaseException] = []

    def fire() -> None:
        try:
            for day in ("02", "09", "10", "17"):
                sweep(denver(f"2026-12-{day} 23:59:59"), batch=7)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=fire)
    thread.start()
    apply(district(), Change(CALENDAR), by=lead())
    thread.join(30)
    recompute_stale_deadlines()
    assert not failed, failed
    rows = Deadline.objects.filter(kind="work")
    assert set(rows.values_list("due_at", flat=True)) == {denver("2026-12-10 23:59:59")}
    keys = Message.objects.filter(topic="deadline_rung").values_list("dedupe_key", flat=True)
    assert len(keys) == len(set(keys)) >= 40
    assert faults() == []
