"""The unit of work: a case's open processes and tasks as rows in memory, read and written once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from viewflow.workflow.base import Node
from viewflow.workflow.fields import (
    get_flow_ref,
    get_task_ref,
    import_flow_by_ref,
    import_task_by_ref,
)
from viewflow.workflow.flow import Flow
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from workflows import sql
from workflows.cases import Case
from workflows.desk import store
from workflows.desk.models import Process, Task
from workflows.sql import Row

NEW, DONE, CANCELED = str(STATUS.NEW), str(STATUS.DONE), str(STATUS.CANCELED)


@dataclass(slots=True, eq=False)
class ProcessRow:
    """`flow` is None where the code has no such flow any more."""

    columns: dict[str, Any]
    flow: type[Flow] | None
    process: Process
    tasks: list["TaskRow"] = field(default_factory=list)
    changed: bool = False

    @property
    def pk(self) -> int:
        return int(self.columns["id"])

    @property
    def is_open(self) -> bool:
        return self.columns["finished"] is None

    def open_tasks(self) -> list["TaskRow"]:
        return [task for task in self.tasks if task.is_open]

    def end(self, status: str, at: datetime) -> None:
        self.columns["status"], self.columns["finished"] = status, at
        self.process.status, self.process.finished = status, at
        self.changed = True


@dataclass(slots=True, eq=False)
class TaskRow:
    """One task; `node` is None where its flow has no such node any more.

    `arrived` is what a join has seen: key, status and token of each task before it.
    """

    columns: dict[str, Any]
    node: Any
    of: ProcessRow
    arrived: list[tuple[int, str, str]] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    changed: bool = True

    # As viewflow's activations: a set of them is walked in the order of their keys' hashes.
    def __hash__(self) -> int:
        return hash(self.columns["id"])

    @property
    def pk(self) -> int:
        return int(self.columns["id"])

    @property
    def status(self) -> str:
        return str(self.columns["status"])

    @property
    def owner_ref(self) -> str:
        return str(self.columns["owner_ref"])

    @property
    def assigned(self) -> datetime | None:
        return _instant(self.columns["assigned"])

    @property
    def token(self) -> Token:
        return Token(self.columns["token"])

    @property
    def is_open(self) -> bool:
        return self.columns["finished"] is None

    def set(self, **columns: Any) -> None:
        self.columns |= columns
        self.changed = True

    def end(self, status: str, at: datetime) -> None:
        self.set(status=status, finished=at)

    def follow(self, before: "TaskRow") -> None:
        if before.pk not in self.links and before.pk not in {pk for pk, _, _ in self.arrived}:
            self.links.append(before.pk)
            self.arrived.append((before.pk, before.status, before.columns["token"]))


class Unit:
    """What one event does to the open work of one case. `now` stamps every row.

    `outer` is the event of another case inside which this one happens: they share their keys.
    """

    def __init__(
        self, case: Case, now: datetime, keys: store.Keys, rows: list[Row], outer: "Unit | None"
    ) -> None:
        self.case, self.now, self.outer = case, now, outer
        self.keys: store.Keys = outer.keys if outer else keys
        self.processes: list[ProcessRow] = []
        self._read(rows)

    def _read(self, rows: list[Row]) -> None:
        for row in rows:
            if not self.processes or self.processes[-1].pk != row["p_id"]:
                self.processes.append(_process_row(row, self.case))
            if row["t_id"] is not None:
                of = self.processes[-1]
                of.tasks.append(_task_row(row, of))

    def process(self, pk: int) -> ProcessRow:
        return next(row for row in self.processes if row.pk == pk)

    def open_tasks(self) -> list[TaskRow]:
        return [task for process in self.processes for task in process.open_tasks()]

    def add_process(self, process: Process) -> ProcessRow:
        process.pk = process.id = self.keys.process()
        process.created, process.status = self.now, str(process.status)
        columns = {name: getattr(process, name) for name in store.PROCESS_COLUMNS}
        flow = process.flow_class
        row = ProcessRow(columns | {"flow_class": get_flow_ref(flow)}, flow, process, changed=True)
        self.processes.append(row)
        return row

    def add_task(self, of: ProcessRow, node: Node, token: str, before: TaskRow | None) -> TaskRow:
        columns = BLANK | {
            "id": self.keys.task(),
            "process_id": of.pk,
            "tenant_id": of.columns["tenant_id"],
            "flow_task": get_task_ref(node),
            "flow_task_type": node.task_type,
            "token": token,
            "created": self.now,
        }
        row = TaskRow(columns, node, of)
        if before:
            row.links.append(before.pk)
            row.arrived.append((before.pk, before.status, before.columns["token"]))
        of.tasks.append(row)
        return row

    def cancel(self, *, but: int | None = None) -> int:
        """Cancel what is open, whether or not the code still knows it; counts open processes."""
        count = 0
        for process in self.processes:
            if process.pk != but:
                for task in process.open_tasks():
                    task.end(CANCELED, self.now)
                if process.is_open:
                    process.end(str(PROCESS.CANCELED), self.now)
                    count += 1
        return count

    def flush(self) -> None:
        """Write what changed. Known rows go first: a node may be open once per process only."""
        processes = [p for p in self.processes if p.changed]
        tasks = [t for p in self.processes for t in p.tasks if t.changed]
        links = [(task.pk, before) for task in tasks for before in task.links]
        if processes or tasks:
            ended_first = sorted(tasks, key=lambda task: task.is_open)
            store.save([p.columns for p in processes], [t.columns for t in ended_first], links)
        for process in processes:
            process.changed = False
        for task in tasks:
            task.changed = False
            task.links.clear()

    def flush_all(self) -> None:
        if self.outer:
            self.outer.flush_all()
        self.flush()

    def reload(self) -> None:
        """Somebody else wrote: viewflow itself, for a flow that we do not walk."""
        keys, rows = store.load(self.case.pk)
        self.keys.renew(keys)
        self.processes = []
        self._read(rows)

    def snapshot(self) -> "list[tuple[ProcessRow, ProcessRow]]":
        return [(process, _copy(process)) for process in self.processes]

    def restore(self, before: "list[tuple[ProcessRow, ProcessRow]]") -> None:
        """Forget what was done since; the keys that were used stay used."""
        self.processes = [process for _, process in before]


# The event under way, so that the move in which it ends adds to it instead of beginning another.
_current: ContextVar[Unit | None] = ContextVar("unit", default=None)


@contextmanager
def unit_of(
    case: Case, *, at: datetime | None = None, processes: int = 0, tasks: int = 0
) -> Iterator[Unit]:
    """The case's open work, written when the outermost block ends. The subject is locked.

    `processes` and `tasks` say how many keys will be needed; more are had when they are not enough.
    """
    under_way = _current.get()
    if under_way and under_way.case.pk == case.pk:
        under_way.keys.foresee(processes, tasks)
        yield under_way
        return
    keys, rows = store.load(case.pk, processes=processes, tasks=tasks)
    unit = Unit(case, at or timezone.now(), keys, rows, under_way)
    token = _current.set(unit)
    try:
        yield unit
        unit.flush()
    finally:
        _current.reset(token)


def settle() -> None:
    """Before somebody reads the desk in the middle of an event: write what is done so far."""
    if unit := _current.get():
        unit.flush_all()


BLANK: dict[str, Any] = {
    "status": NEW,
    "assigned": None,
    "started": None,
    "finished": None,
    "scheduled": None,
    "external_task_id": None,
    "owner_permission": None,
    "owner_permission_content_type_id": None,
    "owner_permission_obj_pk": None,
    "owner_ref": "",
    "done_by": "",
}


def _copy(process: ProcessRow) -> ProcessRow:
    """Its own model, too: a flow's end writes there what is then taken back."""
    twin = replace(process, columns=dict(process.columns), process=copy(process.process))
    twin.tasks = [
        replace(t, columns=dict(t.columns), of=twin, arrived=[*t.arrived], links=[*t.links])
        for t in process.tasks
    ]
    return twin


def _process_row(row: Row, case: Case) -> ProcessRow:
    columns = {name: row[f"p_{name}"] for name in store.PROCESS_COLUMNS}
    flow = _known(import_flow_by_ref, columns["flow_class"])
    plain = columns | {"flow_class": flow, "created": _instant(columns["created"])}
    plain["finished"] = _instant(columns["finished"])
    process = sql.instance(Process, plain, stored=True)
    process.case = case
    return ProcessRow(columns, flow, process)


def _task_row(row: Row, of: ProcessRow) -> TaskRow:
    columns = {name: row[f"t_{name}"] for name in store.TASK_COLUMNS}
    node = _known(import_task_by_ref, columns["flow_task"])
    arrived = [part.split(" ", 2) for part in (row["t_arrived"] or "").split(",") if part]
    seen = [(int(pk), status, token) for pk, status, token in arrived]
    return TaskRow(columns, node, of, arrived=seen, changed=False)


def _known(find: Any, reference: str) -> Any:
    """As viewflow's own fields read a reference: None for what is gone from the code."""
    try:
        return find(reference)
    except (ImportError, LookupError):
        return None


def _instant(value: Any) -> datetime | None:
    """A stored instant; SQLite keeps text."""
    if not isinstance(value, str):
        return value
    db: Any = sql.database()
    instant: datetime = db.ops.convert_datetimefield_value(value, None, db)
    return instant


def task_of(row: TaskRow) -> Task:
    """The row as the model it is, for callers and for what a flow's author wrote."""
    instants = ("created", "assigned", "started", "finished", "scheduled")
    plain = row.columns | {name: _instant(row.columns[name]) for name in instants}
    plain |= {"flow_task": row.node, "token": row.token}
    task = sql.instance(Task, plain, stored=True)
    task.process = row.of.process
    return task
