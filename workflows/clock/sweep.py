"""The sweep: every rung that is due becomes a message, and its deadline moves to the next one.

Three statements per batch, whatever its size. What a rung does happens later, from the outbox.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from workflows.clock import rules
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

log = logging.getLogger("workflows.clock")
TOPIC = "deadline_rung"
POSTPONED = timedelta(hours=1)

Row = Mapping[str, Any]


def sweep(now: datetime | None = None, batch: int = 500) -> Counter[str]:
    """Fire everything that is due at `now`; counts deadlines swept, rungs written, rows failed.

    It may run as often as anybody likes and in several places at once: claimed rows are skipped by
    others, and a message has one key per deadline and rung.
    """
    moment = now or timezone.now()
    counts: Counter[str] = Counter()
    while _sweep_batch(moment, batch, counts) == batch:
        continue
    return counts


def _sweep_batch(now: datetime, batch: int, counts: Counter[str]) -> int:
    # On SQLite every transaction is a write lock, so an idle tick must not begin one.
    if not Deadline.objects.filter(OPEN, next_at__lte=now).exists():
        return 0
    with transaction.atomic():
        rows = _claim(now, batch)
        messages, moved, failed = _plan(rows, now)
        outbox.post(messages)
        _advance(moved)
        _postpone(failed, now)
    counts.update(swept=len(moved), fired=len(messages), failed=len(failed))
    return len(rows)


def _claim(now: datetime, batch: int) -> Sequence[Row]:
    skips = connection.features.has_select_for_update_skip_locked
    due = Deadline.objects.filter(OPEN, next_at__lte=now).order_by("next_at", "id")
    claimed = due.select_for_update(of=("self",), skip_locked=skips, no_key=True)
    return list(claimed.values("id", "case_id", "case__tenant_id", "ladder", "rung")[:batch])


def _plan(
    rows: Sequence[Row], now: datetime
) -> tuple[list[Message], list[tuple[Any, int, int]], dict[int, str]]:
    """What to write; a row that cannot be planned fails alone."""
    messages: list[Message] = []
    moved: list[tuple[Any, int, int]] = []
    failed: dict[int, str] = {}
    for row in rows:
        try:
            firing = rules.firing_of(row["ladder"], row["rung"], now)
            messages += [_message(row, rung, missed, now) for rung, missed in firing.sends]
        except Exception as error:
            failed[row["id"]] = f"{type(error).__name__}: {error}"[:1000]
        else:
            moved.append((_stored(firing.next_at), firing.rung, row["id"]))
    return messages, moved, failed


def _stored(instant: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(instant)


def _message(row: Row, rung: int, missed: list[int], now: datetime) -> Message:
    payload = {"deadline": row["id"], "rung": rung, "missed": missed}
    key = f"dl:{row['id']}:{rung}"
    message = outbox.message(
        channel=Message.REACTION, topic=TOPIC, dedupe_key=key, payload=payload, now=now
    )
    message.case_id, message.tenant_id = row["case_id"], row["case__tenant_id"]
    return message


def _advance(moved: list[tuple[Any, int, int]]) -> None:
    """One prepared statement for all rows: bulk_update's CASE costs nine times as much."""
    if moved:
        table = connection.ops.quote_name(Deadline._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET next_at = %s, rung = %s, attempts = 0, last_error = ''"  # noqa: S608
                " WHERE id = %s",
                moved,
            )


def _postpone(failed: dict[int, str], now: datetime) -> None:
    for row in Deadline.objects.filter(pk__in=failed):
        row.attempts += 1
        row.last_error = failed[row.pk]
        row.next_at = now + POSTPONED
        row.save(update_fields=["attempts", "last_error", "next_at"])
        log.error("Deadline %s cannot be swept: %s", row.pk, row.last_error.partition(":")[0])
