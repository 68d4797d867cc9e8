"""The sweep: every rung that is due becomes a message, and its deadline moves to the next one.

A few statements per batch, whatever its size. What a rung does happens later, from the outbox.
"""

import json
import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from workflows.cases import Case
from workflows.clock import bulk, rules, set_based
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN, POSTPONED
from workflows.clock.set_based import Due
from workflows.outbox import commands as outbox

log = logging.getLogger("workflows.clock")
TOPIC = "deadline_rung"
# One look for what is due costs the same for one batch or many; it holds three numbers per row.
BATCHES_PER_LOOK = 20

Row = tuple[int, int, int, Any, int]


def sweep(now: datetime | None = None, batch: int = 1000) -> Counter[str]:
    """Fire everything that is due at `now`; counts deadlines swept, rungs written, rows failed.

    It may run as often as anybody likes and in several places at once: claimed cases are skipped by
    others, and a message has one key per deadline and rung.
    """
    moment = now or timezone.now()
    counts: Counter[str] = Counter()
    while due := _due(moment, batch * BATCHES_PER_LOOK):
        before = counts["swept"] + counts["failed"]
        for some in _batches(due, batch):
            _sweep_batch(moment, some, counts)
        # What is left after a look that swept nothing is another worker's, until the next tick.
        if len(due) < batch * BATCHES_PER_LOOK or counts["swept"] + counts["failed"] == before:
            break
    return counts


def _due(now: datetime, most: int) -> list[Due]:
    """Without a transaction: on SQLite that is a write lock, which an idle tick must not take."""
    due = Deadline.objects.filter(OPEN, next_at__lte=now).order_by("next_at", "id")
    return [Due(*row) for row in due.values_list("id", "case_id", "rung")[:most]]


def _batches(due: Sequence[Due], batch: int) -> Iterator[list[Due]]:
    """Whole cases: what is due of one is promised in one commit, so its mails can be made one."""
    of_case: dict[int, list[Due]] = {}
    for row in due:
        of_case.setdefault(row.case_id, []).append(row)
    some: list[Due] = []
    for rows in of_case.values():
        some += rows
        if len(some) >= batch:
            yield some
            some = []
    if some:
        yield some


def _sweep_batch(now: datetime, due: Sequence[Due], counts: Counter[str]) -> None:
    try:
        with transaction.atomic():
            done = set_based.fire(now, due, topic=TOPIC)
            outbox.wake_after_commit()
        counts.update(swept=done.swept, fired=done.fired, failed=0)
    except DatabaseError as error:
        # Among these is a row that cannot be read: in Python it is put off and keeps nobody.
        log.warning("A batch of the sweep is planned row by row: %s", type(error).__name__)
        _sweep_in_python(now, {row.case_id for row in due}, counts)


def _sweep_in_python(now: datetime, cases: Collection[int], counts: Counter[str]) -> None:
    with transaction.atomic():
        rows = _due_of(_claim(cases), now)
        plan = _plan(rows, now)
        bulk.promise(plan.promises, topic=TOPIC, now=now)
        bulk.advance(plan.ids, plan.rungs, plan.nexts)
        _postpone(plan.failed, now)
        outbox.wake_after_commit()
    counts.update(swept=len(plan.ids), fired=len(plan.promises), failed=len(plan.failed))


def _claim(cases: Collection[int]) -> list[int]:
    free = Case.objects.filter(pk__in=cases).order_by("pk")
    claimed = free.select_for_update(of=("self",), skip_locked=_skips(), no_key=True)
    return list(claimed.values_list("pk", flat=True))


def _due_of(cases: Sequence[int], now: datetime) -> Sequence[Row]:
    """Read after the claim: another sweeper may have been here while we looked for a free case."""
    due = Deadline.objects.filter(OPEN, next_at__lte=now, case_id__in=cases)
    rows = due.order_by("next_at", "id")
    claimed = rows.select_for_update(of=("self",), skip_locked=_skips(), no_key=True)
    return list(claimed.values_list("id", "case_id", "case__tenant_id", "ladder", "rung"))


def _skips() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)


@dataclass(slots=True)
class Plan:
    """What a batch writes, column by column; a row that cannot be planned fails alone."""

    acts: list[bulk.Promise] = field(default_factory=list)
    tells: list[bulk.Promise] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    rungs: list[int] = field(default_factory=list)
    nexts: list[datetime | None] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)

    @property
    def promises(self) -> list[bulk.Promise]:
        """System moves first: who is told that a case lapsed needs no reminder of it."""
        return self.acts + self.tells


def _plan(rows: Sequence[Row], now: datetime) -> Plan:
    plan = Plan()
    for deadline, case, tenant, ladder, rung in rows:
        try:
            firing = rules.firing_of(ladder, rung, now)
        except Exception as error:
            plan.failed[deadline] = f"{type(error).__name__}: {error}"[:1000]
            continue
        for sent, missed in firing.sends:
            payload = json.dumps({"deadline": deadline, "rung": sent, "missed": missed})
            kind = plan.tells if ladder[sent]["act"] in rules.TELLING else plan.acts
            kind.append(bulk.Promise(case, tenant, payload, f"dl:{deadline}:{sent}"))
        plan.ids.append(deadline)
        plan.rungs.append(firing.rung)
        plan.nexts.append(firing.next_at)
    return plan


def _postpone(failed: dict[int, str], now: datetime) -> None:
    for row in Deadline.objects.filter(pk__in=failed):
        row.attempts += 1
        row.last_error = failed[row.pk]
        row.next_at = now + POSTPONED
        row.save(update_fields=["attempts", "last_error", "next_at"])
        log.error("Deadline %s cannot be swept: %s", row.pk, row.last_error.partition(":")[0])
