"""Ledger rows for many cases at once; the caller holds each case and raises its version with them.

One by one through the door a row costs a millisecond; here the chain's hash is most of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import sql
from workflows.actors import Actor
from workflows.ledger import rules
from workflows.ledger.models import Entry

VARYING = {"case_id": "bigint", "seq": "int", "facts": "jsonb", "prev": "text", "hash": "text"}
CAST = {"at": "timestamptz", "recorded_at": "timestamptz", "actor_tenant_id": "bigint"}


@dataclass(frozen=True, slots=True)
class Head:
    """Where a locked case's chain stands; `hash` is that of row `seq`."""

    seq: int
    hash: str


def append_all(
    acts: Sequence[tuple[int, str]],
    heads: Mapping[int, Head],
    *,
    name: str,
    by: Actor,
    at: datetime,
) -> dict[int, int]:
    """Write one command of this name for each (case id, its facts as `rules.canonical`).

    Several of a case come in their order. Returns the last seq of each, which its version must
    become in the same transaction.
    """
    same = {
        "at": at,
        "recorded_at": at,
        "kind": Entry.COMMAND,
        "name": name,
        "source": "",
        "target": "",
        "actor_ref": by.ref,
        "actor_tenant_id": by.tenant_id,
        "note_hash": "",
    }
    digest = rules.digests_of_like(same)
    ends = dict(heads)
    rows: list[tuple[Any, ...]] = []
    for case, facts in acts:
        end = ends[case]
        hashed = digest(case, facts, end.hash, end.seq + 1)
        rows.append((case, end.seq + 1, facts, end.hash, hashed))
        ends[case] = Head(end.seq + 1, hashed)
    _insert(same, rows)
    return {case: ends[case].seq for case, _ in acts}


def _insert(same: Mapping[str, Any], rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in (*same, *VARYING))
    into = f"INSERT INTO {Entry._meta.db_table} ({names})"
    alike = [sql.instant(v) if isinstance(v, datetime) else v for v in same.values()]
    if sql.is_postgresql():
        marks = ", ".join(f"%s::{CAST.get(name, 'text')}" for name in same)
        own = ", ".join(f"u.{name}" for name in VARYING)
        columns = map(sql.column, zip(*rows, strict=True))
        whence = f"SELECT {marks}, {own} FROM {sql.unnest('u', VARYING)}"  # noqa: S608
        sql.write(f"{into} {whence}", [*alike, *columns])
    else:
        marks = ", ".join(["%s"] * (len(same) + len(VARYING)))
        sql.write_each(f"{into} VALUES ({marks})", [(*alike, *row) for row in rows])
