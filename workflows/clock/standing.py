"""Open dates as they stand, read for a plan in slices of cases, however many there are."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from workflows import sql
from workflows.cases import Case, Tenant
from workflows.clock.models import Deadline
from workflows.clock.plans import CALENDAR, LEVEL, PACK, STRIPPED, Row
from workflows.clock.worlds import Change
from workflows.stateful import Stateful, model_of

RUNNING = "d.met_at IS NULL AND d.waived_at IS NULL AND d.paused_at IS NULL"
COUNTED = "d.layer = '' AND {} = 'business_days'"
# Which dates a change can touch at all; the rest is not even read. A closure never moves the law.
TOUCHED = {CALENDAR: COUNTED, LEVEL: "", PACK: "d.layer <> ''", "": ""}
# An explanation's keys, as each database has them named where they are taken away.
NAMES = ", ".join(f"'{key}'" for key in STRIPPED)
PATHS = ", ".join(f"'$.{key}'" for key in STRIPPED)
POSTGRESQL = {
    "text": "d.explanation->>'{}'",
    # The driver reads an instant by a pattern; as text it is read ten times as fast.
    "instant": "(d.{} AT TIME ZONE 'UTC')::text",
    "ladder": "d.ladder::text",
    # Nothing can be taken from what is no object, and one such row must not stop the others.
    "why": (
        "CASE WHEN jsonb_typeof(d.explanation) = 'object'"
        f" THEN (d.explanation - ARRAY[{NAMES}])::text"
        " ELSE '{}' END"
    ),
    "among": "d.case_id = ANY(%s)",
}
SQLITE = {
    "text": "json_extract(d.explanation, '$.{}')",
    "instant": "d.{}",
    "ladder": "d.ladder",
    "why": f"json_remove(d.explanation, {PATHS})",
    "among": "d.case_id IN (SELECT value FROM json_each(%s))",
}


def slices(tenant: Tenant, size: int) -> Iterator[tuple[type[Stateful], list[int]]]:
    """The cases with an open date that runs, machine by machine, in the order of locking."""
    case, deadline = Case._meta.db_table, Deadline._meta.db_table
    found = sql.select(
        f"SELECT DISTINCT c.machine, c.id FROM {deadline} d JOIN {case} c ON c.id = d.case_id"  # noqa: S608
        f" WHERE c.tenant_id = %s AND {RUNNING} ORDER BY c.machine, c.id",
        [tenant.pk],
    )
    of_machine: dict[str, list[int]] = {}
    for machine, key in found:
        of_machine.setdefault(machine, []).append(key)
    for machine, keys in of_machine.items():
        model = model_of(machine)
        for start in range(0, len(keys), size):
            yield model, keys[start : start + size]


def rows_of(model: type[Stateful], cases: Sequence[int], change: Change) -> list[Row]:
    """What the change may touch of these cases; without locks."""
    words = POSTGRESQL if sql.is_postgresql() else SQLITE
    machine = model.lifecycle.name
    found = sql.select(_reading(model, words, change.why), [sql.numbers(cases)])
    utc = _of_text if sql.is_postgresql() else _of_naive
    return [_row(machine, values, utc) for values in found]


def _reading(model: type[Stateful], words: dict[str, str], why: str) -> str:
    text, instant = words["text"].format, words["instant"].format
    touched = TOUCHED[why].format(text("unit"))
    return (
        "SELECT d.id, d.case_id, s.version, d.kind, d.layer,"  # noqa: S608
        f" {instant('due_at')}, {instant('armed_at')}, d.rung,"
        f" coalesce({text('anchor')}, ''), coalesce({text('calendar')}, ''),"
        f" coalesce({text('digest')}, ''), {words['ladder']}, {words['why']}"
        f" FROM {Deadline._meta.db_table} d JOIN {model._meta.db_table} s ON s.case_id = d.case_id"
        f" WHERE {words['among']} AND {RUNNING}{' AND ' if touched else ''}{touched}"
        " ORDER BY d.case_id, d.id"
    )


def _row(machine: str, values: tuple[Any, ...], utc: Callable[[Any], datetime]) -> Row:
    key, case, version, kind, layer, due_at, armed_at, *rest = values
    return Row(key, case, machine, version, kind, layer, utc(due_at), utc(armed_at), *rest)


def _of_text(instant: str) -> datetime:
    return datetime.fromisoformat(f"{instant}+00:00")


def _of_naive(instant: datetime) -> datetime:
    """SQLite keeps instants in UTC, and does not say so."""
    return instant.replace(tzinfo=UTC)
