"""Open dates reckoned again: what a preview shows is what is written, with its ledger rows."""

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.workflows.clock.test_follow import deadline
from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada, ben, denver, district, errand, person
from workflows import engine
from workflows.actors import Actor, Role
from workflows.clock import calendars, rules
from workflows.clock.commands import arm
from workflows.clock.ladders import Level
from workflows.clock.models import Closure, Deadline, ServiceLevel
from workflows.clock.plans import CALENDAR, LEVEL, STRIPPED, Moved
from workflows.clock.queries import OPEN, calendar_of
from workflows.clock.replanning import Result, apply, preview, recompute_stale_deadlines
from workflows.clock.sweep import sweep
from workflows.clock.worlds import Change
from workflows.grammar import Rung, Unit
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
BEGUN = "2026-11-09 10:00"
SNOW = date(2026, 11, 27)
AS_KEPT = ("due_at", "next_at", "ladder", "explanation", "rung")


def lead() -> Actor:
    return person("Pia Lund", Role.PRIVACY_LEAD)


def closing(*days: date) -> Change:
    return Change(CALENDAR, closes=dict.fromkeys(days, "Snow"))


def close(*days: date) -> None:
    """The days alone, as somebody leaves them who dies before the dates follow."""
    for day in days:
        calendars.close_days(district(), day=day, name="Snow", by=lead())


def kept() -> dict[int, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in Deadline.objects.values_list("pk", *AS_KEPT)}


def faults() -> list[Any]:
    return [*verify(), *registry.faults()]


def moves() -> list[tuple[int, dict[str, Any]]]:
    rows = Entry.objects.filter(name="deadline_recomputed").order_by("case_id", "seq")
    return list(rows.values_list("case_id", "facts"))


def test_a_preview_says_what_would_move_and_writes_nothing() -> None:
    subject = errand(at=denver(BEGUN))
    before, entries = kept(), Entry.objects.count()
    found = preview(district(), closing(SNOW), now=denver("2026-11-20 09:00"))
    assert (found.looked, found.moved, found.cases, found.overdue) == (1, 1, 1, 0)
    (move,) = found.moves
    assert (move.case_id, move.kind, move.layer) == (subject.pk, "work", "")
    assert (move.was, move.now) == (denver("2026-12-09 23:59:59"), denver("2026-12-10 23:59:59"))
    assert "Nov 27 (Snow)" in move.explanation["sentence"]
    assert (kept(), Entry.objects.count(), Closure.objects.count()) == (before, entries, 0)
    assert district().calendar_version == ""


def test_what_would_be_late_at_once_is_named() -> None:
    close(SNOW)
    subject = errand(at=denver(BEGUN))
    assert deadline(subject, "work").due_at == denver("2026-12-10 23:59:59")
    opening = Change(CALENDAR, opens=[SNOW])
    late = preview(district(), opening, now=denver("2026-12-10 09:00"))
    assert (late.moved, late.overdue) == (1, 1)
    assert late.moves[0].overdue
    in_time = preview(district(), opening, now=denver("2026-12-09 09:00"))
    assert (in_time.moved, in_time.overdue) == (1, 0)
    long_late = preview(district(), opening, now=denver("2026-12-11 09:00"))
    assert (long_late.moved, long_late.overdue) == (1, 0)


def test_a_closure_behind_the_date_moves_only_its_reminders() -> None:
    subject = errand(at=denver(BEGUN))
    before, version = deadline(subject, "work"), subject.version
    close(date(2026, 12, 11))
    done = apply(district(), Change(CALENDAR), by=lead())
    after = deadline(subject, "work")
    assert (done.moved, done.changed) == (0, 1)
    assert after.due_at == before.due_at
    assert [s["at"] for s in after.ladder[:3]] == [s["at"] for s in before.ladder[:3]]
    assert after.ladder[3]["at"] > before.ladder[3]["at"]
    assert (moves(), engine_version(subject)) == ([], version)


def engine_version(subject: Errand) -> int:
    return int(Errand.objects.get(pk=subject.pk).version)


def test_what_stays_is_not_written() -> None:
    errand(at=denver(BEGUN))
    before = kept()
    close(date(2026, 11, 28))  # a Saturday
    done = apply(district(), Change(CALENDAR), by=lead())
    assert (done.looked, done.moved, done.changed) == (1, 0, 0)
    assert kept() == before
    assert not Message.objects.filter(topic="dates_moved").exists()


def test_several_dates_of_one_case_follow_each_other_in_its_ledger() -> None:
    subject = errand(at=denver(BEGUN))
    subject = engine.perform(subject, "hand_over", by=ada(), at=denver("2026-11-25 09:00"))
    arm(subject, kind="feast", at=denver(BEGUN), amount=30, unit=Unit.BUSINESS_DAYS, basis="Feast")
    close(SNOW)
    done = apply(district(), Change(CALENDAR), by=lead())
    assert done.moved == 3
    assert sorted(facts["kind"] for _, facts in moves()) == ["check", "feast", "work"]
    last = Entry.objects.filter(case_id=subject.pk).latest("seq")
    assert (last.name, last.seq) == ("deadline_recomputed", engine_version(subject))
    engine.perform(subject, "finish", by=ada())
    assert faults() == []


def test_another_service_level_moves_what_is_open_and_its_end_moves_it_back() -> None:
    subject = errand(at=denver(BEGUN))
    was = deadline(subject, "work")
    ladder = (Rung(-2, "remind", "holders"), Rung(0, "overdue", "owner_lead"))
    step, level = ("errand", "work"), Level(10, Unit.BUSINESS_DAYS, ladder)
    found = preview(district(), Change(LEVEL, levels={step: level}))
    assert [move.now for move in found.moves] == [denver("2026-11-24 23:59:59")]
    set_level(10, ladder)
    assert apply(district(), Change(LEVEL), by=lead()).moved == 1
    row = deadline(subject, "work")
    assert (row.due_at, row.explanation["amount"]) == (denver("2026-11-24 23:59:59"), 10)
    assert [(s["offset"], s["to"]) for s in row.ladder] == [(-2, "holders"), (0, "owner_lead")]
    assert moves()[-1][1]["why"] == "level"
    assert recompute_stale_deadlines() == 0
    set_level(None, ())
    # The night finds it, though nobody said that there is anything to find.
    assert recompute_stale_deadlines() == 1
    back = deadline(subject, "work")
    assert (back.due_at, back.ladder) == (was.due_at, was.ladder)
    assert faults() == []


def set_level(amount: int | None, ladder: tuple[Rung, ...]) -> None:
    tenant = district()
    stored = [{"offset": r.offset, "act": r.act, "to": r.to} for r in ladder]
    ServiceLevel.objects.create(
        tenant=tenant, machine="errand", kind="work", amount=amount, unit=Unit.BUSINESS_DAYS,
        ladder=stored, set_at=denver(BEGUN), set_by="membership:1",
    )  # fmt: skip
    number = ServiceLevel.objects.count()
    type(tenant).objects.filter(pk=tenant.pk).update(levels_version=f"{number}.test")


def test_each_person_hears_of_a_recompute_once() -> None:
    for title in ("Buy chalk", "Buy paper"):
        errand(at=denver(BEGUN), title=title)
    drain()
    Message.objects.all().delete()
    calendars.add_closure(district(), day=SNOW, name="Snow", by=lead())
    drain()
    drain()
    told = {row.to: row for row in Message.objects.filter(channel=Message.MAIL)}
    assert sorted(told) == ["ada@lupine.example", "lea@lupine.example"]
    mail = told["ada@lupine.example"]
    assert mail.subject == "2 due dates of yours moved"
    assert "moved, because the calendar changed." in mail.body
    days = "from Wed, Dec 9, 2026 to Thu, Dec 10, 2026."
    assert f"- Buy chalk: Doing the errand, {days}" in mail.body
    assert f"- Buy paper: Doing the errand, {days}" in mail.body


def test_a_mail_lists_fifty_and_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.clock.jobs.LISTED", 2)
    for _ in range(3):
        errand(at=denver(BEGUN))
    calendars.add_closure(district(), day=SNOW, name="Snow", by=lead())
    drain()
    mail = Message.objects.filter(topic="dates_moved", channel=Message.MAIL).first()
    assert mail is not None
    assert mail.body.count("- Buy chalk") == 2
    assert "and 1 more." in mail.body


# --- random worlds -------------------------------------------------------------------------------

FIRST = date(2026, 10, 1)


def random_world(luck: random.Random) -> None:
    """Errands begun on any day, some handed over, some that wait, some told already, dates set."""
    for _ in range(12):
        at = denver(f"{FIRST + timedelta(days=luck.randrange(60))} {luck.randrange(7, 20):02}:30")
        subject = errand(at=at)
        if luck.random() < 0.4:
            at += timedelta(days=luck.randrange(1, 9), minutes=luck.randrange(600))
            subject = engine.perform(subject, "hand_over", by=ada(), at=at)
        if luck.random() < 0.5:
            at += timedelta(days=luck.randrange(1, 9))
            subject = engine.perform(subject, "ask", by=ada(), note="?", at=at)
            if luck.random() < 0.7:
                at += timedelta(days=luck.randrange(9))
                subject = engine.perform(subject, "answer", by=ben(), at=at)
        if luck.random() < 0.3:
            arm(subject, kind="feast", at=at, due_at=at + timedelta(days=40), basis="Feast")
        if luck.random() < 0.3:
            ladder = (Rung(-1, "remind", "privacy"), Rung(2, "escalate", "owner_lead"))
            nine = {"amount": 9, "unit": Unit.BUSINESS_DAYS, "basis": "Fair", "ladder": ladder}
            arm(subject, kind="fair", at=at, **nine)
    # Some rungs have fired.
    sweep(denver(f"{FIRST + timedelta(days=luck.randrange(20, 60))} 09:00"))


def random_change(luck: random.Random) -> Change:
    if luck.random() < 0.5:
        opens = [d for d in Closure.objects.values_list("day", flat=True) if luck.random() < 0.5]
        days = [FIRST + timedelta(days=luck.randrange(110)) for _ in range(luck.randrange(1, 6))]
        shut = set(Closure.objects.values_list("day", flat=True))
        return Change(CALENDAR, closes={d: "Snow" for d in days if d not in shut}, opens=opens)
    ladder = (Rung(-luck.randrange(1, 4), "remind", "holders"), Rung(0, "overdue", "holders"))
    level = Level(luck.randrange(3, 30), Unit.BUSINESS_DAYS, ladder)
    return Change(LEVEL, levels={("errand", "work"): level})


def make(change: Change) -> Result:
    Closure.objects.filter(day__in=change.opens).delete()
    Closure.objects.bulk_create(
        Closure(tenant=district(), day=day, name=name) for day, name in change.closes.items()
    )
    if change.why == CALENDAR:
        calendars._turn_version(district())
    for level in change.levels.values():
        assert level is not None
        set_level(level.amount, level.ladder)
    return apply(district(), Change(change.why), by=lead())


def told(move: Moved) -> tuple[Any, ...]:
    why = {key: value for key, value in move.explanation.items() if key not in STRIPPED}
    return move.now, move.next_at, json.loads(json.dumps(move.ladder)), why


@pytest.mark.parametrize("seed", range(6))
def test_a_preview_equals_what_is_written(seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311
    random_world(luck)
    for _ in range(4):
        change, before = random_change(luck), kept()
        found = preview(district(), change, listed=1000)
        assert kept() == before
        done = make(change)
        assert (done.moved, done.overdue, done.left) == (found.moved, found.overdue, 0)
        after = kept()
        for move in found.moves:
            due_at, next_at, ladder, why, rung = after[move.id]
            why = {key: value for key, value in why.items() if key not in STRIPPED}
            assert (due_at, next_at, ladder, why) == told(move)
            assert ladder[:rung] == before[move.id][2][:rung]
        moved = {move.id for move in found.moves}
        assert {pk for pk in after if after[pk][0] != before[pk][0]} == moved
        assert preview(district(), Change(change.why)).moved == 0
        assert as_derived() == []
        assert faults() == []


def as_derived() -> list[int]:
    """Dates that are not what their own explanation says on the calendar of today."""
    wrong = []
    for row in Deadline.objects.filter(OPEN, paused_at=None, explanation__has_key="counted"):
        why, calendar = row.explanation, calendar_of(district(), row.armed_at.date())
        start, amount = datetime.fromisoformat(why["anchor"]), why["amount"]
        again = rules.counted(start, amount, Unit(why["unit"]), calendar, rules.pauses_in(why))
        same = {key: why[key] for key in again if key not in STRIPPED}
        if same != {k: v for k, v in again.items() if k not in STRIPPED}:
            wrong.append(row.pk)
        if row.due_at != datetime.fromisoformat(why["due"]):
            wrong.append(row.pk)
    return wrong
