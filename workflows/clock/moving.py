"""What a recompute writes: a batch of cases in a few statements, whatever its size.

Rows were read and reckoned without locks. So each is asked again: its case by its version, the row
by what it was reckoned from, and what somebody has touched meanwhile is left for the next reading.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from workflows import held, sql
from workflows.actors import Actor
from workflows.cases import Case
from workflows.clock import rules
from workflows.clock.models import Deadline
from workflows.clock.plans import Moved, Written
from workflows.grammar import Unit
from workflows.ledger import bulk as ledger
from workflows.ledger import rules as chain
from workflows.ledger.bulk import Head
from workflows.ledger.models import Entry
from workflows.stateful import StaleVersion, Stateful

Heads = Mapping[int, Head]
RECOMPUTED = "deadline_recomputed"
STANDS = (
    "{0}rung = {1} AND {0}due_at = {2}"
    " AND {0}met_at IS NULL AND {0}waived_at IS NULL AND {0}paused_at IS NULL"
)


class Parted(Exception):
    """A row is not what it was reckoned from: the sweep was there. The batch is read again."""


def lock(model: type[Stateful], cases: Sequence[int]) -> dict[int, Head]:
    """The cases' versions and the heads of their chains, under their locks.

    A case that this had to wait for shows its new version, which then is not the one that was read.
    The sweep claims the cases' own rows and nobody's state: without these too, it and we could each
    hold a date that the other waits for.
    """
    among = "= ANY(%s)" if sql.is_postgresql() else "IN (SELECT value FROM json_each(%s))"
    locking = " FOR NO KEY UPDATE OF s, c" if sql.is_postgresql() else ""
    found = sql.select(
        "SELECT s.case_id, s.version, (SELECT e.hash FROM"  # noqa: S608
        f" {Entry._meta.db_table} e WHERE e.case_id = s.case_id AND e.seq = s.version)"
        f" FROM {model._meta.db_table} s JOIN {Case._meta.db_table} c ON c.id = s.case_id"
        f" WHERE s.case_id {among} ORDER BY s.case_id{locking}",
        [sql.numbers(cases)],
    )
    # Whoever holds one of these in this transaction would else go on from its old version.
    held.forget(model)
    return {case: Head(version, head or "") for case, version, head in found}


def write(
    moved: Sequence[Moved],
    heads: Heads,
    *,
    model: type[Stateful],
    zone: str,
    by: Actor,
    at: datetime,
) -> None:
    """Dates, their ledger rows and their cases' versions. The caller holds the cases (`heads`).

    Raises Parted, or StaleVersion; the caller's transaction then writes nothing.
    """
    if _update(moved) != len(moved):
        raise Parted
    acts = [(one.case_id, _said(one, zone)) for one in moved if one.moves]
    if acts:
        ends = ledger.append_all(acts, heads, name=RECOMPUTED, by=by, at=at)
        if _raise_versions(model, heads, ends) != len(ends):
            raise StaleVersion(f"{model._meta.label}: a locked case was written.")


def _said(moved: Moved, zone: str) -> str:
    """A law's day is named where the law is, not where the district is."""
    why = moved.written.why
    hours = why.get("unit") == Unit.HOURS
    there = str(why.get("zone") or zone)
    return _facts(moved.kind, moved.was, moved.now, moved.written.because, there, hours)


# Dates of one day move to one day: what is said of them is written out once.
@lru_cache(maxsize=8192)
def _facts(kind: str, was: datetime, now: datetime, why: str, zone: str, hours: bool) -> str:
    """A day where days are counted, an instant where hours are."""
    ends = [due if hours else rules.local_day(due, zone) for due in (was, now)]
    first, last = (end.isoformat() for end in ends)
    return chain.canonical({"kind": kind, "from": first, "to": last, "why": why})


def _update(moved: Sequence[Moved]) -> int:
    return _update_postgresql(moved) if sql.is_postgresql() else _update_sqlite(moved)


COLUMNS = {"id": "bigint", "rung": "int", "was": "timestamptz", "way": "int"}
WAYS = "due_at timestamptz, next_at timestamptz, ladder jsonb, why jsonb"


def _update_postgresql(moved: Sequence[Moved]) -> int:
    """Each way of being written travels once, however many rows are written so."""
    ways: dict[Written, int] = {}
    rows = [
        (one.id, one.row.rung, one.was, ways.setdefault(one.written, len(ways))) for one in moved
    ]
    texts = f"[{','.join(map(_as_json, ways))}]"
    return sql.write(
        f"UPDATE {Deadline._meta.db_table} d SET attempts = 0, last_error = '',"  # noqa: S608
        " due_at = w.due_at, next_at = w.next_at, ladder = w.ladder,"
        " explanation = jsonb_build_object('anchor', d.explanation->'anchor') || w.why"
        f" FROM {sql.unnest('u', COLUMNS)}"
        f" JOIN ROWS FROM (jsonb_to_recordset(%s::jsonb) AS ({WAYS})) WITH ORDINALITY"
        " AS w (due_at, next_at, ladder, why, way) ON w.way = u.way + 1"
        f" WHERE d.id = u.id AND {STANDS.format('d.', 'u.rung', 'u.was')}",
        [*map(sql.column, zip(*rows, strict=True)), texts],
    )


def _as_json(written: Written) -> str:
    """Kept, for the next batches are written in many of the same ways."""
    if not written.text:
        columns: dict[str, Any] = {"ladder": written.ladder, "why": written.why}
        columns["due_at"] = written.due_at.isoformat()
        columns["next_at"] = written.next_at and written.next_at.isoformat()
        written.text = json.dumps(columns)
    return written.text


def _update_sqlite(moved: Sequence[Moved]) -> int:
    rows = []
    for one in moved:
        why, ladder = json.dumps(one.explanation), json.dumps(one.ladder)
        times = [sql.instant(at) if at else None for at in (one.now, one.next_at)]
        rows.append((*times, ladder, why, one.id, one.row.rung, sql.instant(one.was)))
    return sql.write_each(
        f"UPDATE {Deadline._meta.db_table} SET attempts = 0, last_error = '', due_at = %s,"  # noqa: S608
        " next_at = %s, ladder = %s, explanation = %s"
        f" WHERE id = %s AND {STANDS.format('', '%s', '%s')}",
        rows,
    )


def _raise_versions(model: type[Stateful], heads: Heads, ends: Mapping[int, int]) -> int:
    rows = [(case, heads[case].seq, end) for case, end in ends.items()]
    if not sql.is_postgresql():
        return sql.write_each(
            f"UPDATE {model._meta.db_table} SET version = %s WHERE case_id = %s AND version = %s",  # noqa: S608
            [(end, case, seq) for case, seq, end in rows],
        )
    columns = {"case_id": "bigint", "was": "int", "version": "int"}
    return sql.write(
        f"UPDATE {model._meta.db_table} s SET version = u.version"  # noqa: S608
        f" FROM {sql.unnest('u', columns)} WHERE s.case_id = u.case_id AND s.version = u.was",
        [sql.column(values) for values in zip(*rows, strict=True)],
    )
