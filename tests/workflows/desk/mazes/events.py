"""One story told twice: by viewflow's own activations, and by the writer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from viewflow.workflow import flow
from viewflow.workflow.base import Flow
from viewflow.workflow.status import STATUS

from tests.workflows.desk.mazes import oracle
from tests.workflows.desk.mazes.rows import rows_of
from workflows.actors import Actor
from workflows.desk import grammar
from workflows.desk.grammar import ActNode, Voice
from workflows.desk.models import Process, Task
from workflows.desk.unit import TaskRow, unit_of
from workflows.desk.walk import Walk, covers
from workflows.desk.writer import finish, start
from workflows.refusals import Refused
from workflows.stateful import Stateful


@dataclass(frozen=True, slots=True)
class Event:
    """`which` picks among the open tasks, in an order that both tellers see."""

    verb: str
    which: int = 0


class Stock:
    """viewflow, as its documentation says: an activation per node."""

    def __init__(self, subject: Stateful, flow_class: type[Flow], by: Actor) -> None:
        self.subject, self.flow_class, self.by = subject, flow_class, by

    def start(self) -> None:
        self.flow_class.start.run(subject=self.subject)

    def complete(self, task: Task) -> None:
        node = task.flow_task
        if isinstance(node, flow.Handle):
            node.run(task, **({"by": "dee"} if node._func else {}))
            return
        activation = node.activation_class(task)
        if isinstance(node, ActNode):
            activation.begin(self.by)
        else:
            if task.status == STATUS.NEW:
                activation.assign(None)
            activation.start(None)
        activation.execute()

    def claim(self, task: Task) -> None:
        task.owner_ref, task.status, task.assigned = self.by.ref, STATUS.ASSIGNED, timezone.now()
        task.save(update_fields=["owner_ref", "status", "assigned"])

    def cancel(self) -> None:
        for process in Process.objects.filter(case_id=self.subject.pk, finished=None):
            self.flow_class.instance.cancel(process)


class Ours(Stock):
    """The writer: the same story, one unit of work per event."""

    def start(self) -> None:
        with unit_of(self.subject.case) as unit:
            start(unit, self.flow_class, subject=self.subject)

    def complete(self, task: Task) -> None:
        with unit_of(self.subject.case) as unit:
            row = next(row for row in unit.open_tasks() if row.pk == task.pk)
            if isinstance(row.node, ActNode) or not covers(row.of.flow):
                finish(unit, row, by=self.by, voice=grammar.voice.get())
            else:
                self._complete_plain(Walk(unit, row.of), row)

    def _complete_plain(self, walk: Walk, row: TaskRow) -> None:
        handled = isinstance(row.node, flow.Handle) and row.node._func
        walk.complete(row, **({"by": "dee"} if handled else {}))

    def claim(self, task: Task) -> None:
        with unit_of(self.subject.case) as unit:
            row = next(row for row in unit.open_tasks() if row.pk == task.pk)
            row.set(owner_ref=self.by.ref, status=str(STATUS.ASSIGNED), assigned=unit.now)

    def cancel(self) -> None:
        with unit_of(self.subject.case) as unit:
            unit.cancel()


def told(teller: Stock, events: list[Event], seed: int, voice: Voice | None) -> Iterator[Any]:
    """The rows after every event, or the words with which it was refused."""
    oracle_token = oracle.current.set(oracle.Oracle(seed))
    voice_token = grammar.voice.set(voice)
    try:
        for event in events:
            yield event, _happens(teller, event), rows_of(teller.subject.case)
    finally:
        oracle.current.reset(oracle_token)
        grammar.voice.reset(voice_token)


def _happens(teller: Stock, event: Event) -> str:
    try:
        with transaction.atomic():
            return _act(teller, event)
    except Refused as refused:
        return str(refused)


def _act(teller: Stock, event: Event) -> str:
    if event.verb in ("start", "cancel"):
        getattr(teller, event.verb)()
        return event.verb
    kinds = {"claim": ["HUMAN"], "complete": ["HUMAN", "FUNCTION"]}[event.verb]
    rows = Task.objects.filter(process__case_id=teller.subject.pk, finished=None)
    waiting = [
        t
        for t in rows.filter(flow_task_type__in=kinds)
        if event.verb != "claim" or t.status == "NEW"
    ]
    if not waiting:
        return "nobody waits"
    task = sorted(waiting, key=lambda task: task.flow_task.name)[event.which % len(waiting)]
    getattr(teller, event.verb)(task)
    return f"{event.verb} {task.flow_task.name}"


def undone(tell: Callable[[], list[Any]]) -> list[Any]:
    """What was told; the rows are taken back, so that the next teller starts from the same."""
    with transaction.atomic():
        story = tell()
        transaction.set_rollback(True)
    assert connection.needs_rollback is False
    return story
