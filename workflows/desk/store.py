"""The desk's statements: one reads a case's open work, one (on SQLite three) writes it back.

Keys are known before rows are written, because a split's key is part of its branches' tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from workflows import sql
from workflows.desk.models import Process, Task
from workflows.sql import Row

PROCESS_COLUMNS = [str(f.column) for f in Process._meta.concrete_fields]
TASK_COLUMNS = [str(f.column) for f in Task._meta.concrete_fields]
PROCESS, TASK = Process._meta.db_table, Task._meta.db_table
LINK = Task.previous.through._meta.db_table
# What a node's end may change; everything else of a row stays as it was born.
CHANGES = {
    PROCESS: ("status", "finished"),
    TASK: ("status", "assigned", "started", "finished", "owner_ref", "done_by"),
}


class OvertakenWork(RuntimeError):
    """Rows we were about to write had been finished by somebody who took no lock."""


@dataclass(slots=True)
class Keys:
    """Keys nobody else will use. SQLite's writer is alone, so there it counts on by itself."""

    processes: list[int]
    tasks: list[int]

    def process(self) -> int:
        if not self.processes:
            self.foresee(1, 0)
        return _taken(self.processes)

    def task(self) -> int:
        # A handful at once: a loop of gates may pass more nodes than anybody foresaw.
        if not self.tasks:
            self.foresee(0, 8)
        return _taken(self.tasks)

    def foresee(self, processes: int, tasks: int) -> None:
        """Have that many more at hand; those that are left belong to the walk under way."""
        if sql.is_postgresql() and processes + tasks > 0:
            found = reserve(processes, tasks)
            self.processes += found.processes
            self.tasks += found.tasks

    def renew(self, found: "Keys") -> None:
        self.processes[:], self.tasks[:] = found.processes, found.tasks


def _taken(keys: list[int]) -> int:
    """SQLite's list holds only the last key used."""
    if sql.is_postgresql():
        return keys.pop(0)
    keys[0] += 1
    return keys[0]


def reserve(processes: int, tasks: int) -> Keys:
    ((first, second),) = sql.select(f"SELECT {_keys()}", _keys_asked(processes, tasks))
    return _keys_of(first, second)


def load(case_id: int, *, processes: int = 0, tasks: int = 0) -> tuple[Keys, list[Row]]:
    """The open processes of a case, locked, each with its open tasks (or none), oldest first.

    Called under the subject's lock: what a wait for the process's row brings is then still true.
    A row has the columns of both as `p_…` and `t_…`; `t_arrived` says what a join has seen so far.
    """
    asked = [case_id, *_keys_asked(processes, tasks)]
    found = sql.select(_loading(sql.database().vendor), asked)
    names = _names()
    rows: list[Row] = [
        dict(zip(names, row[2:], strict=True)) for row in found if row[2] is not None
    ]
    return _keys_of(*found[0][:2]), rows


@cache
def _names() -> list[str]:
    return [
        *(f"p_{name}" for name in PROCESS_COLUMNS),
        *(f"t_{name}" for name in TASK_COLUMNS),
        "t_arrived",
    ]


@cache
def _loading(vendor: str) -> str:
    columns = [f'p."{c}" AS p_{c}' for c in PROCESS_COLUMNS]
    columns += [f't."{c}" AS t_{c}' for c in TASK_COLUMNS]
    gather = "string_agg" if vendor == "postgresql" else "group_concat"
    arrived = (
        f"CASE WHEN t.flow_task_type = 'JOIN' THEN (SELECT {gather}("  # noqa: S608
        f"b.id || ' ' || b.status || ' ' || b.token, ',') FROM {LINK} l"
        f" JOIN {TASK} b ON b.id = l.to_task_id WHERE l.from_task_id = t.id) END AS t_arrived"
    )
    work = (
        f"SELECT {', '.join(columns)}, {arrived} FROM {PROCESS} p"  # noqa: S608
        f" LEFT JOIN {TASK} t ON t.process_id = p.id AND t.finished IS NULL"
        " WHERE p.case_id = %s AND (p.finished IS NULL OR t.id IS NOT NULL)"
    )
    if vendor == "postgresql":
        work += " FOR NO KEY UPDATE OF p"
    return (
        f"WITH work AS ({work}) SELECT keys.*, work.* FROM (SELECT {_keys()}) keys"  # noqa: S608
        " LEFT JOIN work ON 1 = 1 ORDER BY p_id, t_id"
    )


def _keys() -> str:
    if sql.is_postgresql():
        return ", ".join(
            f"ARRAY(SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"  # noqa: S608
            f" FROM generate_series(1, %s)) AS {name}"
            for table, name in ((PROCESS, "first"), (TASK, "second"))
        )
    return ", ".join(
        f"(SELECT seq FROM sqlite_sequence WHERE name = '{table}') AS {name}"  # noqa: S608
        for table, name in ((PROCESS, "first"), (TASK, "second"))
    )


def _keys_asked(processes: int, tasks: int) -> list[int]:
    return [processes, tasks] if sql.is_postgresql() else []


def _keys_of(first: Any, second: Any) -> Keys:
    if sql.is_postgresql():
        return Keys(list(first), list(second))
    return Keys([first or 0], [second or 0])


def save(processes: Sequence[Row], tasks: Sequence[Row], links: Sequence[tuple[int, int]]) -> None:
    """Write rows whether they are new or known; those that change come first.

    Each statement counts what it wrote: a row that was finished meanwhile is not written again.
    """
    pairs = [{"from_task_id": task, "to_task_id": before} for task, before in links]
    if sql.is_postgresql():
        wrote = _save_at_once(processes, tasks, pairs)
    else:
        wrote = _save_one_by_one(processes, tasks, pairs)
    if wrote != (len(processes), len(tasks)):
        raise OvertakenWork(f"{wrote} of {len(processes)} processes and {len(tasks)} tasks.")


def _save_one_by_one(
    processes: Sequence[Row], tasks: Sequence[Row], pairs: Sequence[Row]
) -> tuple[int, int]:
    wrote = (
        sql.table(Process, with_key=True).insert(processes, _or_change(PROCESS)),
        sql.table(Task, with_key=True).insert(tasks, _or_change(TASK)),
    )
    sql.table(Task.previous.through).insert(pairs)
    return wrote


def _save_at_once(
    processes: Sequence[Row], tasks: Sequence[Row], pairs: Sequence[Row]
) -> tuple[int, int]:
    tables = list(_tables())
    parts = zip(tables, (processes, tasks, pairs), strict=True)
    rows = [table.as_json(part) for table, part in parts]
    ((first, second),) = sql.select(_saving(), rows)
    return first, second


@cache
def _saving() -> str:
    process, task, link = _tables()
    return (
        f"WITH p AS ({process.from_json}{_or_change(PROCESS)} RETURNING 1),"  # noqa: S608
        f" t AS ({task.from_json}{_or_change(TASK)} RETURNING 1),"
        f" l AS ({link.from_json})"
        " SELECT (SELECT count(*) FROM p), (SELECT count(*) FROM t)"
    )


def _tables() -> Iterator[sql.Table]:
    yield sql.table(Process, with_key=True)
    yield sql.table(Task, with_key=True)
    yield sql.table(Task.previous.through)


@cache
def _or_change(table: str) -> str:
    changes = ", ".join(f"{column} = excluded.{column}" for column in CHANGES[table])
    return f" ON CONFLICT (id) DO UPDATE SET {changes} WHERE {table}.finished IS NULL"
