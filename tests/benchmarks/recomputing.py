"""A hundred thousand open dates of one district reckoned again: none moves, a tenth, all."""

import argparse
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min

from tests.benchmarks.pouring import analyze, pour
from tests.benchmarks.race import processor_ms
from tests.workflows.deals.lifecycle import DEAL
from tests.workflows.deals.models import Deal
from vetting.people.models import District
from vetting.policy.commands.loading import load_texts
from vetting.policy.queries import due_by_law, shipped_packs, texts_in
from vetting.policy.rules.packs import Rule
from workflows.actors import Actor, Role, system
from workflows.cases import Case, Tenant
from workflows.clock import calendars, rules
from workflows.clock.ladders import LAW, law_kind, stored
from workflows.clock.models import Deadline, ServiceLevel
from workflows.clock.plans import CALENDAR
from workflows.clock.queries import calendar_of
from workflows.clock.replanning import SLICE, apply, preview
from workflows.clock.worlds import Change
from workflows.grammar import Dwell, Rung, Unit
from workflows.ledger import rules as chain
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify

BY = system("bench")
FIRST, DAYS = datetime(2026, 3, 2, 15, tzinfo=UTC), 200
# In the midst of the district's year: it lies within a tenth of all dates by service levels.
CLOSING = {date(2026, 6, 10): "Snow"}
STATES = {"screening": "screening", "review": "review", "vendor": "with_vendor"}
DWELLS = tuple(dwell for dwell in DEAL.dwells if dwell.kind in STATES)
CASE_FROM = 2_000_001
ON_SQLITE = 5  # times fewer rows
# A share of the cases has a date by law beside what their step may take; the rest a second step.
LAWFUL = 4


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock, and of processors (ours, the server's)."""

    clock: float
    processor: float


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """In this order, so that each change leaves the world as the next one wants it: a look when
    nothing moves; a closure that moves a tenth; another amount of every step and rule. The bare
    rows of all of them come last, and are taken back."""
    size = chosen.dates if connection.vendor == "postgresql" else chosen.dates // ON_SQLITE
    tenant = fill(size)
    apply(tenant, Change(), by=BY)
    none, nothing = spent(lambda: apply(tenant, Change(), by=BY))
    preview_, shown = spent(lambda: preview(tenant, Change(CALENDAR, closes=CLOSING)))
    close(tenant)
    some, tenth = spent(lambda: apply(tenant, Change(CALENDAR), by=BY))
    change_everything(tenant)
    analyze()
    every, whole = spent(lambda: apply(tenant, Change(), by=BY))
    faults = len(verify())
    analyze()
    floor, _ = spent(lambda: bare_rows(tenant))
    if (nothing.moved, shown.moved, whole.moved) != (0, tenth.moved, size) or faults:
        raise RuntimeError(f"{nothing}, {shown.moved}, {tenth}, {whole}, {faults} faults")
    times = {"none": none, "preview": preview_, "some": some, "every": every, "floor": floor}
    return {
        "dates": size,
        "some": tenth.moved,
        "recompute_none_s": none.processor,
        "recompute_some_s": some.processor,
        "recompute_every_s": every.processor,
        "recompute_vs_bare": every.processor / floor.processor,
        "ways": {
            name: {"s": one.clock, "processor_s": one.processor} for name, one in times.items()
        },
    }


def spent(work: Callable[[], Any]) -> tuple[Spent, Any]:
    computed, began = processor_ms(connection.connection), perf_counter()
    done = work()
    clock = perf_counter() - began
    return Spent(clock, (processor_ms(connection.connection) - computed) / 1000), done


# --- the changes ---------------------------------------------------------------------------------


def close(tenant: Tenant) -> None:
    """The days as they are stored by whoever closes them; their dates follow apart."""
    lead = Actor("person", "membership:1", "", tenant.pk, frozenset({Role.PRIVACY_LEAD}))
    for day, name in CLOSING.items():
        calendars.close_days(tenant, day=day, name=name, by=lead)


def change_everything(tenant: Tenant) -> None:
    """Each step gets a day more, and each law: as new texts of all packs would."""
    for dwell in DWELLS:
        ServiceLevel.objects.create(
            tenant=tenant, machine="deal", kind=dwell.kind, amount=dwell.amount + 1,
            unit=dwell.unit, ladder=stored(dwell.ladder), set_at=FIRST, set_by=BY.ref,
        )  # fmt: skip
    tenant.levels_version = "1.bench"
    tenant.save(update_fields=["levels_version"])
    load_texts(tuple((name, another_day(text)) for name, text in texts_in()))


def another_day(text: bytes) -> bytes:
    """A pack in which each limit has a day or an hour more."""
    return re.sub(
        rb"limit: {amount: (\d+)", lambda m: b"limit: {amount: %d" % (int(m[1]) + 1), text
    )


BARE_UPDATE = (
    "UPDATE workflows_deadline SET attempts = 0, last_error = '', next_at = due_at,"
    " due_at = coalesce(next_at, due_at), ladder = ladder, explanation = explanation"
    " WHERE case_id BETWEEN %s AND %s"
)
BARE_INSERT = (
    "INSERT INTO workflows_entry (case_id, seq, at, recorded_at, kind, name, source, target,"
    " actor_ref, facts, note_hash, prev, hash)"
    " SELECT case_id, 1000000 + id, armed_at, armed_at, 'command', 'deadline_recomputed', '', '',"
    " 'system:bench', %s, '', %s, %s FROM workflows_deadline WHERE case_id BETWEEN %s AND %s"
)
BARE_VERSIONS = "UPDATE deals_deal SET version = version + 2 WHERE case_id BETWEEN %s AND %s"


def bare_rows(tenant: Tenant) -> None:
    """What no recompute with these tables can be below: the rows of each batch inside the database,
    with nothing to read, to reckon, to ask again or to hash."""
    cases = Case.objects.filter(tenant=tenant).aggregate(first=Min("pk"), last=Max("pk"))
    facts = '{"kind":"screening","from":"2026-05-01","to":"2026-05-04","why":"calendar"}'
    with transaction.atomic(), connection.cursor() as cursor:
        for first in range(cases["first"], cases["last"] + 1, SLICE):
            these = [first, first + SLICE - 1]
            cursor.execute(BARE_UPDATE, these)
            cursor.execute(BARE_INSERT, [facts, "0" * 64, "0" * 64, *these])
            cursor.execute(BARE_VERSIONS, these)
        transaction.set_rollback(True)


# --- filling -------------------------------------------------------------------------------------


def fill(size: int) -> Tenant:
    tenant = Tenant.objects.get_or_create(code="larkspur")[0]
    District.objects.get_or_create(tenant=tenant, defaults={"name": "Larkspur", "state": "CO"})
    load_texts(texts_in())
    cases = range(CASE_FROM, CASE_FROM + size // 2)
    pour(Case, ("id", "machine", "code", "tenant_id", "opened_at"),
         ((case, "deal", f"r{case}", tenant.pk, FIRST) for case in cases))  # fmt: skip
    pour(Deal, ("case_id", "state", "since", "version", "title", "legal_ok", "security_ok"),
         ((case, "draft", FIRST, 1, "Reading app", False, False) for case in cases))  # fmt: skip
    pour(Entry, (*chain.CHAINED, "hash"), (opened(case) for case in cases))
    pour(Deadline, COLUMNS, dates(tenant, cases))
    analyze()
    return tenant


def opened(case: int) -> tuple[Any, ...]:
    row: dict[str, Any] = dict.fromkeys(chain.CHAINED, "")
    row |= {"case_id": case, "seq": 1, "at": FIRST, "recorded_at": FIRST, "kind": Entry.MOVE}
    row |= {"name": "opened", "target": "draft", "actor_ref": BY.ref, "actor_tenant_id": None}
    row["facts"] = {}
    digest = chain.digest(row)
    return (*(json.dumps(v) if k == "facts" else v for k, v in row.items()), digest)


COLUMNS = (
    *("case_id", "kind", "layer", "due_at", "next_at", "ladder", "rung", "basis", "explanation"),
    *("armed_at", "waived_by", "attempts", "last_error"),
)


def dates(tenant: Tenant, cases: range) -> Iterator[tuple[Any, ...]]:
    """Of each case two, begun at any minute of some day of the year."""
    laws = lawful_rules()
    for number, case in enumerate(cases):
        at = FIRST + timedelta(days=number * 7 % DAYS, minutes=number % 400)
        yield by_step(tenant, case, DWELLS[number % len(DWELLS)], at)
        if number % LAWFUL < 2:
            yield by_law(tenant, case, laws[number % len(laws)], at)
        else:
            yield by_step(tenant, case, DWELLS[(number + 1) % len(DWELLS)], at + timedelta(days=1))


def by_step(tenant: Tenant, case: int, dwell: Dwell, at: datetime) -> tuple[Any, ...]:
    calendar = calendar_of(tenant, at.date())
    due = rules.due_on(at, dwell.amount, dwell.unit, calendar)
    why = rules.counted(at, dwell.amount, dwell.unit, calendar)
    ladder = rules.ladder_of(dwell.ladder, due, dwell.unit, calendar, after=at)
    return row(case, dwell.kind, "", due, ladder, dwell.label, why, at)


def lawful_rules() -> list[tuple[Rule, str]]:
    found = [(rule, pack.digest) for pack in shipped_packs() for rule in pack.rules]
    one_anchor = [
        (r, d) for r, d in found if "limit" in r.terms and isinstance(r.terms.get("anchor"), str)
    ]
    return one_anchor[:40]


def by_law(tenant: Tenant, case: int, law: tuple[Rule, str], at: datetime) -> tuple[Any, ...]:
    rule, digest = law
    due = due_by_law(rule, {str(rule.terms["anchor"]): at}, zone=tenant.zone, state="CO")
    assert due is not None
    unit = Unit(rule.terms["limit"]["unit"])
    calendar = calendar_of(tenant, at.date())
    rungs: tuple[Rung, ...] = LAW[law_kind(unit)]
    ladder = rules.ladder_of(rungs, due.at, unit, calendar, after=at)
    why = {**due.explanation, "digest": digest, "anchored": case, "status": rule.status}
    return row(case, rule.id, "vendor", due.at, ladder, rule.citation[:200], why, at)


def row(
    case: int, kind: str, layer: str, due: datetime, ladder: Any, basis: str, why: Any, at: datetime
) -> tuple[Any, ...]:
    return (
        *(case, kind, layer, due, rules.next_of(ladder, 0), json.dumps(ladder), 0, basis),
        *(json.dumps(why), at, "", 0, ""),
    )
