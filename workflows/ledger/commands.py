"""The only writers of the ledger; called under the case's lock."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from workflows import held, sql
from workflows.actors import Actor
from workflows.ledger import rules
from workflows.ledger.models import Checkpoint, CheckpointHead, Entry, Note
from workflows.ledger.queries import present_heads
from workflows.stateful import Stateful


def append(
    subject: Stateful,
    *,
    kind: str,
    name: str,
    by: Actor,
    at: datetime,
    recorded_at: datetime,
    source: str = "",
    target: str = "",
    facts: Mapping[str, Any] | None = None,
    note: str = "",
) -> Entry:
    """Write the subject at its next version, and the row that says why (`facts`: no personal data).

    Of a case that was just opened only the ledger's row is written.
    """
    opened = source == "" and kind == Entry.MOVE
    salt = secrets.token_hex(16) if note else ""
    row: dict[str, Any] = {
        "case_id": subject.pk,
        "seq": subject.version + (not opened),
        "at": at,
        "recorded_at": recorded_at,
        "kind": kind,
        "name": name,
        "source": source,
        "target": target,
        "actor_ref": by.ref,
        "actor_tenant_id": by.tenant_id,
        "facts": dict(facts or {}),
        "note_hash": rules.note_digest(salt, note),
        "prev": "" if opened else _head_of(subject),
    }
    row["hash"] = rules.digest(row)
    table = sql.table(Entry)
    if opened:
        ((key,),) = sql.select(*table.insertion([row], " RETURNING id"))
    else:
        key = subject.save_next_version(entry=sql.Insertion(table, row))
    entry = sql.instance(Entry, row | {"id": key}, stored=True)
    held.chained(subject.pk, type(subject), entry.seq, entry.hash)
    if note:
        Note.objects.create(entry=entry, salt=salt, text=note)
    return entry


def _head_of(subject: Stateful) -> str:
    known = held.head_of(subject, subject.version)
    if known is not None:
        return known
    rows = Entry.objects.filter(case_id=subject.pk).order_by("-seq")
    return rows.values_list("hash", flat=True).first() or ""


def write_checkpoint(now: datetime | None = None) -> Checkpoint:
    """Fix where every chain stands: afterwards a cut tail or a chain gone altogether shows."""
    with transaction.atomic():
        _one_checkpoint_at_a_time()
        last = Checkpoint.objects.order_by("id").last()
        at, prev = now or timezone.now(), last.hash if last else ""
        moved: list[CheckpointHead] = []
        cases, heads_hash = rules.heads_digest(_noting(moved))
        checkpoint = Checkpoint(at=at, cases=cases, heads_hash=heads_hash, prev=prev)
        checkpoint.hash = rules.checkpoint_digest(
            prev=prev, at=at, cases=cases, heads_hash=heads_hash
        )
        checkpoint.save(force_insert=True)
        for head in moved:
            head.checkpoint = checkpoint
        CheckpointHead.objects.bulk_create(moved, batch_size=500)
    return checkpoint


def _noting(moved: list[CheckpointHead]) -> Iterator[tuple[str, int, str]]:
    """Every head, while those that moved since the last checkpoint are collected."""
    for head in present_heads():
        if head["hash"] != head["known"]:
            moved.append(
                CheckpointHead(case_id=head["case_id"], seq=head["seq"], hash=head["hash"])
            )
        yield head["case__code"], head["seq"], head["hash"]


def _one_checkpoint_at_a_time() -> None:
    """Two at once would both follow the same one; SQLite's write lock is enough there."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(Checkpoint._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
