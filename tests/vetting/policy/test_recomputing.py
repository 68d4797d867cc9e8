"""Dates by law follow their packs, the district's overrides and its school years; nothing else."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import people
from tests.vetting.policy.test_dates_of_a_case import BREACH, case, day, happened, tell
from tests.vetting.policy.test_dates_of_a_case import by as by
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.loading import load_texts
from vetting.policy.commands.recomputing import law_of, preview_law, recompute_by_packs
from vetting.policy.commands.telling import record_breach_facts
from vetting.policy.models import RuleOverride, SchoolYear
from vetting.policy.queries import due_by_law, shipped_packs, texts_in
from vetting.policy.rules import timing
from vetting.requests.models import ToolRequest
from workflows.actors import Actor, system
from workflows.cases import Tenant
from workflows.clock.models import Deadline, ServiceLevel
from workflows.clock.replanning import apply, preview, recompute_stale_deadlines
from workflows.clock.sweep import sweep
from workflows.clock.worlds import Change
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify
from workflows.lifecycles.ladders import LAW_DAYS
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
__all__ = ["by", "case"]
MIDDLE = date(2027, 1, 4)


@pytest.fixture
def breached(case: ToolRequest, by: Actor) -> ToolRequest:
    load_texts(texts_in())
    tell(case, by)
    events = ("occurred", "vendor_discovered", "vendor_confirmed", "vendor_notice_received")
    for number, event in enumerate(events):
        happened(case, by, event, day(4, 2 + 2 * number, 10 + number, 17))
    return case


def of_law(case: ToolRequest) -> dict[str, Deadline]:
    rows = Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None).exclude(layer="")
    return {row.kind: row for row in rows}


def more_days(slug: str) -> None:
    """The pack of this name in a newer text, in which each limit has one more."""

    def text(name: str, was: bytes) -> bytes:
        if name != f"{slug}.yaml":
            return was
        one_more = lambda found: b"limit: {amount: %d" % (int(found[1]) + 1)  # noqa: E731
        return re.sub(rb"limit: {amount: (\d+)", one_more, was)

    load_texts(tuple((name, text(name, was)) for name, was in texts_in()))


def test_what_is_stored_is_what_is_derived_from_it(breached: ToolRequest) -> None:
    before = of_law(breached)
    assert len(before) >= 3
    done = apply(people.district().tenant, Change(), by=system("reconcile"))
    assert (done.moved, done.changed, done.faults) == (0, 0, {})
    for row in before.values():
        told = {key: value for key, value in row.explanation.items() if key != "digest"}
        Deadline.objects.filter(pk=row.pk).update(explanation=told)
    done = apply(people.district().tenant, Change("pack"), by=system("packs"))
    assert (done.moved, done.changed, done.faults) == (0, len(before), {})
    after = of_law(breached)
    for kind, row in before.items():
        assert after[kind].explanation == row.explanation
        assert (after[kind].due_at, after[kind].ladder) == (row.due_at, row.ladder)


def test_a_newer_text_of_a_pack_moves_the_dates_of_its_rules_alone(breached: ToolRequest) -> None:
    before = of_law(breached)
    more_days("ny-2d")
    moved = {kind for kind in before if before[kind].explanation["pack"] == "ny-2d"}
    assert moved
    assert moved < before.keys()
    found = preview_law(people.district(), now=day(4, 7))
    assert {move.kind for move in found.moves} == moved
    assert recompute_by_packs()["moved"] == len(moved)
    after = of_law(breached)
    for kind, row in before.items():
        assert (after[kind].due_at > row.due_at) is (kind in moved)
        assert after[kind].explanation.get("anchored") == row.explanation.get("anchored")
    entries = Entry.objects.filter(name="deadline_recomputed")
    assert {row.facts["kind"] for row in entries if row.facts["why"] == "pack"} == moved
    assert recompute_by_packs()["moved"] == 0
    assert recompute_stale_deadlines() == 0
    assert [*verify(), *registry.faults()] == []


def test_the_ledger_names_a_laws_day_where_the_law_is(case: ToolRequest, by: Actor) -> None:
    """A day of Colorado's law ends after midnight in New York: the day is still Colorado's."""
    load_texts(texts_in())
    tell(case, by, residents_by_state={"CO": 500})
    happened(case, by, "district_determined", day(4, 6))
    more_days("co-sdtsa")
    recompute_by_packs()
    moved = {
        row.facts["kind"]: (row.facts["from"], row.facts["to"])
        for row in Entry.objects.filter(name="deadline_recomputed")
    }
    assert moved["co.24_73"] == ("2026-05-06", "2026-05-07")


def test_hours_move_by_instants_and_each_person_hears_of_it(breached: ToolRequest) -> None:
    was = of_law(breached)["ndpa.v1.breach"].due_at
    more_days("ndpa")
    assert recompute_by_packs()["moved"] == 1
    facts = Entry.objects.get(name="deadline_recomputed", facts__why="pack").facts
    later = was + timedelta(hours=1)
    ends = [datetime.fromisoformat(facts[end]) for end in ("from", "to")]
    assert (facts["kind"], ends) == ("ndpa.v1.breach", [was, later])
    drain()
    mail = Message.objects.get(topic="dates_moved", to="ada@juniper.example")
    assert "because the rules changed." in mail.body


def test_a_preview_tries_packs_that_nobody_has_loaded(breached: ToolRequest) -> None:
    law = law_of(people.district())
    assert preview_law(people.district(), law).moved == 0
    gone = type(law)([pack for pack in shipped_packs() if pack.slug != "ny-2d"])
    # A duty whose rule is gone is ended by people, or by what is evaluated anew: never by a move.
    assert preview_law(people.district(), gone).moved == 0


def test_an_override_moves_its_rule_and_its_end_moves_it_back(breached: ToolRequest) -> None:
    before = of_law(breached)
    kind = next(k for k, row in before.items() if row.explanation.get("unit") == "calendar_days")
    amount = before[kind].explanation["amount"]
    override = RuleOverride.objects.create(
        district=people.district(), rule=kind, field="limit",
        value={"amount": amount - 1, "unit": "calendar_days"},
        reason="Our board wants it a day sooner", approver="membership:1", made_at=timezone.now(),
    )  # fmt: skip
    assert recompute_by_packs(people.district())["moved"] == 1
    assert of_law(breached)[kind].due_at == before[kind].due_at - timedelta(days=1)
    override.ended_at = timezone.now()
    override.save()
    assert recompute_by_packs(people.district())["moved"] == 1
    after = of_law(breached)[kind]
    assert (after.due_at, after.explanation) == (before[kind].due_at, before[kind].explanation)


def test_a_closure_never_moves_a_date_by_law(breached: ToolRequest) -> None:
    before = {kind: row.due_at for kind, row in of_law(breached).items()}
    tenant = people.district().tenant
    closes = {date(2026, 4, 1) + timedelta(days=n): "Break" for n in range(60)}
    found = preview(tenant, Change("calendar", closes=closes))
    assert {move.layer for move in found.moves} <= {""}
    assert {kind: row.due_at for kind, row in of_law(breached).items()} == before


def test_a_date_of_the_school_year_follows_it(case: ToolRequest, by: Actor) -> None:
    home = people.district()
    year = SchoolYear.objects.create(district=home, start=date(2026, 8, 17), midpoint=MIDDLE)
    pack = next(pack for pack in shipped_packs() if pack.slug == "us-ppra")
    rule = next(rule for rule in pack.rules if rule.id == "ppra.annual_notice")
    plain = timing.SchoolYear(year.start, year.midpoint)
    due = due_by_law(rule, {timing.ASKED: day(4, 1)}, zone=home.tenant.zone, school_year=plain)
    assert due is not None
    row = Deadline.objects.create(
        case=case.case, kind=rule.id, layer="district", due_at=due.at, armed_at=day(4, 1),
        basis="Notice", explanation={**due.explanation, "digest": pack.digest, "status": "draft"},
    )  # fmt: skip
    assert recompute_by_packs(home)["moved"] == 0
    year.start = date(2026, 8, 20)
    year.save()
    assert recompute_by_packs(home)["moved"] == 1
    after = Deadline.objects.get(pk=row.pk)
    assert after.due_at == row.due_at + timedelta(days=3)
    assert datetime.fromisoformat(after.explanation["anchor"]) == day(8, 20, 0)
    assert recompute_by_packs(home)["moved"] == 0


def late(case: ToolRequest, by: Actor) -> Deadline:
    """Of 60 days to tell families 58 were over; since then the sweep has said that it is late."""
    now = timezone.now()
    record_breach_facts(case, facts=BREACH, by=by, note="Their letter")
    noticed(case, by, 58)
    sweep(now + timedelta(days=4))
    row = of_law(case)["ny.121_10_e"]
    assert [step["act"] for step in row.ladder[: row.rung]].count("overdue") == 2
    return row


def noticed(case: ToolRequest, by: Actor, days: int, reason: str = "") -> None:
    at = timezone.now() - timedelta(days=days)
    event = "vendor_notice_received"
    record_anchor(case, event=event, at=at, source="Their letter", by=by, reason=reason)


def ahead(row: Deadline) -> list[tuple[int, str, str]]:
    return [(step["offset"], step["act"], step["to"]) for step in row.ladder[row.rung :]]


def overridden(amount: int) -> None:
    RuleOverride.objects.create(
        district=people.district(), rule="ny.121_10_e", field="limit",
        value={"amount": amount, "unit": "calendar_days"},
        reason="Our board says so", approver="membership:1", made_at=timezone.now(),
    )  # fmt: skip


def test_a_date_that_moves_tells_again_whoever_moves_it(case: ToolRequest, by: Actor) -> None:
    was = late(case, by)
    overridden(100)
    assert recompute_by_packs(people.district())["moved"] == 1
    moved = of_law(case)["ny.121_10_e"]
    assert moved.due_at.date() == (was.due_at + timedelta(days=40)).date()
    assert moved.ladder[: was.rung] == was.ladder[: was.rung]
    wanted = [(rung.offset, rung.act, rung.to) for rung in LAW_DAYS]
    assert ahead(moved) == wanted
    assert datetime.fromisoformat(moved.ladder[moved.rung]["at"]) == moved.next_at
    RuleOverride.objects.update(ended_at=timezone.now())
    assert recompute_by_packs(people.district())["moved"] == 1
    noticed(case, by, 18, "A slip.")
    assert ahead(of_law(case)["ny.121_10_e"]) == wanted


def test_what_lies_ahead_of_a_moved_date_outlives_the_next_recompute(
    case: ToolRequest, by: Actor
) -> None:
    """Also where the district has its own ladder, so that each date by law is reckoned by night."""
    ServiceLevel.objects.create(
        tenant=people.district().tenant, machine="request", kind="law.days", set_by="membership:1",
        amount=None, unit="", ladder=[], set_at=timezone.now(),
    )  # fmt: skip
    Tenant.objects.update(levels_version="1")
    late(case, by)
    noticed(case, by, 50, "A slip.")
    before = of_law(case)["ny.121_10_e"]
    # Ten days are left: the reminders thirty and fourteen days before are over, the rest is not.
    assert ahead(before) == [(rung.offset, rung.act, rung.to) for rung in LAW_DAYS[2:]]
    done = apply(people.district().tenant, Change(), by=system("reconcile"))
    assert (done.moved, done.faults) == (0, {})
    after = of_law(case)["ny.121_10_e"]
    assert (after.ladder, after.next_at) == (before.ladder, before.next_at)


def test_a_date_that_a_recompute_brings_nearer_says_what_lies_ahead(
    case: ToolRequest, by: Actor
) -> None:
    record_breach_facts(case, facts=BREACH, by=by, note="Their letter")
    noticed(case, by, 10)
    overridden(20)
    assert recompute_by_packs(people.district())["moved"] == 1
    moved = of_law(case)["ny.121_10_e"]
    assert ahead(moved) == [(rung.offset, rung.act, rung.to) for rung in LAW_DAYS[2:]]
    assert moved.next_at > timezone.now()
