"""A million deadlines, ten thousand of them due: our sweep against the ORM row by row."""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from tests.benchmarks.pouring import analyze, pour
from tests.benchmarks.race import processor_ms
from workflows.cases import Case, Tenant
from workflows.clock import rules
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN
from workflows.clock.set_based import INSERT
from workflows.clock.sweep import TOPIC, sweep
from workflows.outbox.models import Message

KINDS, OPEN_KINDS = 10, 7
DUE, SAMPLE, FLOOR, ROUNDS, TICKS = 10_000, 300, 3_000, 3, 200
BATCH = 1_000
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COLUMNS = (
    *("case_id", "kind", "due_at", "next_at", "ladder", "rung", "basis", "explanation"),
    *("armed_at", "met_at", "waived_by", "attempts", "last_error"),
)


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Rounds take turns as engines do: a sample through the ORM, bare rows, then a whole sweep."""
    fill(chosen.deadlines)
    idle = idle_tick()
    ways: dict[str, list[Spent]] = {"orm": [], "floor": [], "sweep": []}
    for number in range(ROUNDS):
        moment = NOON + number * DAY
        ways["orm"].append(per_escalation(moment - HOUR, row_by_row))
        early = moment - 40 * MINUTE
        ways["floor"].append(per_escalation(early, bare_rows(early)))
        ways["sweep"].append(per_escalation(moment, by_sweep))
    times = {f"{way}_us": median(clock for clock, _ in spent) for way, spent in ways.items()}
    work = {f"{way}_processor_us": median(used for _, used in spent) for way, spent in ways.items()}
    return {
        "deadlines": chosen.deadlines,
        "due": DUE,
        "sample": SAMPLE,
        "sweep_vs_orm": times_cheaper(ways["sweep"], ways["orm"], by=0),
        "sweep_vs_orm_processor": times_cheaper(ways["sweep"], ways["orm"], by=1),
        "bare_rows_vs_orm": times_cheaper(ways["floor"], ways["orm"], by=0),
        "idle_tick_ms": idle * 1000,
        **times,
        **work,
    }


# Microseconds per rung that became a message: on the clock, and of processors (ours, the server's).
Spent = tuple[float, float]


def times_cheaper(mine: list[Spent], theirs: list[Spent], *, by: int) -> float:
    """The median of the rounds' own ratios: what slowed a whole round cancels out."""
    return median(b[by] / a[by] for a, b in zip(mine, theirs, strict=True))


def per_escalation(moment: datetime, fire: Any) -> Spent:
    before = Message.objects.count()
    computed, began = processor_ms(connection.connection), perf_counter()
    fire(moment)
    spent = perf_counter() - began
    computed = processor_ms(connection.connection) - computed
    written = Message.objects.count() - before
    return spent * 1e6 / written, computed * 1e3 / written


def by_sweep(moment: datetime) -> None:
    sweep(moment)


def bare_rows(moment: datetime) -> Callable[[datetime], None]:
    """What no sweep can be below: the rows of each batch by the driver, with nothing to decide.

    Which deadlines are due is read here, so that it is not timed.
    """
    due = Deadline.objects.filter(OPEN, next_at__lte=moment).order_by("next_at", "id")
    keys = [str(key) for key in due.values_list("pk", flat=True)]
    batches = [",".join(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH)]
    at = connection.ops.adapt_datetimefield_value(moment)
    said = json.dumps({"deadline": 1_000_000, "rung": 0, "missed": []})
    values = [TOPIC, at, at, Tenant.objects.get(code="lupine").pk, said]

    def write(_: datetime) -> None:
        for these in batches:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(BARE_INSERT.format(these), values)
                cursor.execute(BARE_UPDATE.format(these))

    return write


BARE_INSERT = (
    f"{INSERT} SELECT 'reaction', '', '', '', '', 0, '', 'queued', %s, %s, %s, case_id, %s, %s,"  # noqa: S608
    " 'dl:' || id || ':0' FROM workflows_deadline WHERE id IN ({})"
)
BARE_UPDATE = (
    "UPDATE workflows_deadline SET attempts = 0, last_error = '', rung = rung + 1,"
    " next_at = due_at WHERE id IN ({})"
)


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
    """Each round has its rows for the ORM, those to be written bare, and those of the sweep."""
    turn, place = divmod(number, SAMPLE + FLOOR + DUE)
    if turn >= ROUNDS:
        return None
    moment = NOON + turn * DAY
    if place < SAMPLE + FLOOR:
        return moment - (2 * HOUR if place < SAMPLE else 45 * MINUTE)
    return moment - timedelta(seconds=place % 1800)


def ladder(at: datetime) -> str:
    steps = (("remind", "holders", 0), ("overdue", "holders", 5), ("escalate", "owner_lead", 10))
    return json.dumps(
        [
            {"at": (at + DAY * days).isoformat(), "act": act, "to": to, "offset": days - 5}
            for act, to, days in steps
        ]
    )
