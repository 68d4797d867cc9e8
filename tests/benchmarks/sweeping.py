"""A million deadlines, ten thousand of them due: our sweep against the ORM row by row."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.db import transaction

from tests.benchmarks.pouring import analyze, pour
from workflows.cases import Case, Tenant
from workflows.clock import rules
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN
from workflows.clock.sweep import TOPIC, sweep
from workflows.outbox.models import Message

KINDS, OPEN_KINDS = 10, 7
DUE, SAMPLE, ROUNDS, TICKS = 10_000, 300, 3, 200
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COLUMNS = (
    *("case_id", "kind", "due_at", "next_at", "ladder", "rung", "basis", "explanation"),
    *("armed_at", "met_at", "waived_by", "attempts", "last_error"),
)


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Rounds take turns as engines do: a sample through the ORM, then a whole sweep."""
    fill(chosen.deadlines)
    idle = idle_tick()
    ours, orm = [], []
    for number in range(ROUNDS):
        moment = NOON + number * DAY
        orm.append(per_escalation(moment - HOUR, row_by_row))
        ours.append(per_escalation(moment, by_sweep))
    return {
        "deadlines": chosen.deadlines,
        "due": DUE,
        "sample": SAMPLE,
        "sweep_us": median(ours) * 1e6,
        "orm_us": median(orm) * 1e6,
        "sweep_vs_orm": median(theirs / mine for mine, theirs in zip(ours, orm, strict=True)),
        "idle_tick_ms": idle * 1000,
    }


def per_escalation(moment: datetime, fire: Any) -> float:
    """Seconds per rung that became a message."""
    before = Message.objects.count()
    began = perf_counter()
    fire(moment)
    spent = perf_counter() - began
    return spent / (Message.objects.count() - before)


def by_sweep(moment: datetime) -> None:
    sweep(moment)


def row_by_row(moment: datetime) -> None:
    """The same rows written by the models' own methods, one transaction per deadline."""
    due = Deadline.objects.filter(OPEN, next_at__lte=moment).order_by("next_at", "id")
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            locked = Deadline.objects.select_for_update(of=("self",)).select_related("case")
            fire_one(locked.get(pk=pk), moment)


def fire_one(deadline: Deadline, moment: datetime) -> None:
    firing = rules.firing_of(deadline.ladder, deadline.rung, moment)
    for rung, missed in firing.sends:
        Message.objects.create(
            channel=Message.REACTION,
            topic=TOPIC,
            case_id=deadline.case_id,
            tenant_id=deadline.case.tenant_id,
            payload={"deadline": deadline.pk, "rung": rung, "missed": missed},
            dedupe_key=f"dl:{deadline.pk}:{rung}",
            created_at=moment,
            send_after=moment,
        )
    deadline.rung, deadline.next_at = firing.rung, firing.next_at
    deadline.attempts, deadline.last_error = 0, ""
    deadline.save(update_fields=["rung", "next_at", "attempts", "last_error"])


def idle_tick() -> float:
    """Seconds of a sweep that finds nothing to do."""
    spent = []
    for _ in range(TICKS):
        began = perf_counter()
        sweep(NOON - 2 * DAY)
        spent.append(perf_counter() - began)
    return median(spent)


# --- filling -----------------------------------------------------------------------------------


def fill(deadlines: int) -> None:
    tenant = Tenant.objects.get_or_create(code="lupine")[0]
    cases = range(1_000_001, 1_000_001 + deadlines // KINDS)
    opened = ((case, "deal", f"c{case}", tenant.pk, NOON - 30 * DAY) for case in cases)
    pour(Case, ("id", "machine", "code", "tenant_id", "opened_at"), opened)
    pour(Deadline, COLUMNS, rows(cases))
    analyze()


def rows(cases: range) -> Iterator[tuple[Any, ...]]:
    """Per case ten kinds; of each case's open ones at most the first is due, in some round."""
    for number, case in enumerate(cases):
        for kind in range(KINDS):
            closed = kind >= OPEN_KINDS
            at = due_in_round(number) if kind == 0 else None
            at = at or NOON + DAY * (30 + (number + kind) % 300)
            next_at, met_at = (None, NOON - DAY) if closed else (at, None)
            yield (
                *(case, f"kind{kind}", at + 5 * DAY, next_at, ladder(at), 0, "Screening"),
                *('{"unit": "business_days", "amount": 20}', NOON - 20 * DAY, met_at),
                *("", 0, ""),
            )


def due_in_round(number: int) -> datetime | None:
    """Each round has its sample for the ORM, due an hour before the rows of the sweep."""
    turn, place = divmod(number, SAMPLE + DUE)
    if turn >= ROUNDS:
        return None
    moment = NOON + turn * DAY
    return moment - 2 * HOUR if place < SAMPLE else moment - timedelta(seconds=place % 1800)


def ladder(at: datetime) -> str:
    steps = (("remind", "holders", 0), ("overdue", "holders", 5), ("escalate", "owner_lead", 10))
    return json.dumps(
        [
            {"at": (at + DAY * days).isoformat(), "act": act, "to": to, "offset": days - 5}
            for act, to, days in steps
        ]
    )
