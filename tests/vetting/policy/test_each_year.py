"""A duty of each year comes back: one at a time, when the one before was closed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import people, requests
from tests.factories.people import ada
from vetting.people.queries import actor_of
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.closing import meet_duty, waive
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.following import follow_by_night
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.commands.years import add_school_year
from vetting.policy.models import SchoolYear
from vetting.requests.models import ToolRequest
from workflows.actors import Actor
from workflows.clock.models import Deadline
from workflows.clock.rules import local_day
from workflows.engine import Refused
from workflows.invariants.clock import a_date_is_what_its_explanation_counts_to
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
FACTS = {"agreement": True, "breach": False, "curriculum_or_assessment": True}


def on(year: int, month: int, number: int, hour: int = 9) -> datetime:
    return datetime(year, month, number, hour, tzinfo=NEW_YORK)


@pytest.fixture
def by() -> Actor:
    district = people.district()
    district.tenant.zone = "America/New_York"
    district.tenant.save()
    return actor_of(ada())


def executed_in(state: str, by: Actor, year: int = 2026) -> ToolRequest:
    district = people.district()
    district.state = state
    district.save()
    case = requests.in_screening()
    record_anchor(
        case, event="agreement_executed", at=on(year, 4, 1), source="The paper", by=by,
        facts=FACTS, recorded=on(year, 4, 20),
    )  # fmt: skip
    return case


def school_year(start: date) -> SchoolYear:
    middle = date(start.year + 1, 1, 10)
    return SchoolYear.objects.create(district=people.district(), start=start, midpoint=middle)


def days(case: ToolRequest, kind: str) -> list[date]:
    """The open ones; each of them provable by its own explanation."""
    assert not list(a_date_is_what_its_explanation_counts_to())
    rows = Deadline.objects.filter(case_id=case.pk, kind=kind, met_at=None, waived_at=None)
    return [local_day(row.due_at, row.explanation["zone"]) for row in rows]


def test_the_next_follows_at_once_and_says_what_it_counts_from(by: Actor) -> None:
    case = executed_in("OH", by)
    assert days(case, "oh.annual") == [date(2026, 8, 1)]
    assert meet_duty(case, kind="oh.annual", by=by, note="Sent.", at=on(2026, 7, 20))
    assert days(case, "oh.annual") == [date(2027, 8, 1)]
    told = Deadline.objects.filter(kind="oh.annual").latest("pk").explanation
    assert "August 1 of each year; due on Sun, Aug 1, 2027" in told["sentence"]
    assert told["sentence"].endswith("; the last was done on Mon, Jul 20, 2026.")
    for year in (2026, 2027, 2028):
        assert follow_law(case, by=by, why="facts", at=on(year, 9, 20)) == []
    assert days(case, "oh.annual") == [date(2027, 8, 1)]
    counts = recompute_by_packs(people.district())
    assert counts["moved"] == 0
    row = Deadline.objects.filter(kind="oh.annual").latest("pk")
    assert row.explanation["sentence"] == told["sentence"]


def test_what_was_done_late_was_done_for_every_day_that_had_passed(by: Actor) -> None:
    case = executed_in("OH", by, 2024)
    assert meet_duty(case, kind="oh.annual", by=by, note="Sent.", at=on(2025, 9, 5))
    assert days(case, "oh.annual") == [date(2026, 8, 1)]


def test_whoever_lets_one_go_lets_that_one_go(by: Actor) -> None:
    case = executed_in("OH", by, 2024)
    assert waive(case, kind="oh.annual", by=by, reason="Over.", at=on(2025, 9, 5))
    assert days(case, "oh.annual") == [date(2025, 8, 1)]
    told = Deadline.objects.filter(kind="oh.annual").latest("pk").explanation["sentence"]
    assert told.endswith("; the last was let go on Fri, Sep 5, 2025.")


def test_of_school_years_the_next_one(by: Actor) -> None:
    first = school_year(date(2026, 8, 20))
    school_year(date(2027, 8, 19))
    case = executed_in("MN", by)
    assert days(case, "mn.annual") == [date(2026, 9, 19)]
    # Done before school began: the same year is not asked for again.
    assert meet_duty(case, kind="mn.annual", by=by, note="Sent.", at=on(2026, 7, 20))
    assert days(case, "mn.annual") == [date(2027, 9, 18)]
    told = Deadline.objects.filter(kind="mn.annual").latest("pk").explanation["sentence"]
    assert told.endswith("; the last was done on Mon, Jul 20, 2026.")
    # Nor is it when its days are moved.
    first.start = date(2026, 9, 1)
    first.save()
    assert follow_law(case, by=by, why="facts", at=on(2026, 7, 21)) == []
    assert recompute_by_packs(people.district())["moved"] == 0
    assert Deadline.objects.filter(kind="mn.annual").latest("pk").explanation["sentence"] == told


def test_the_next_waits_for_its_school_year(by: Actor) -> None:
    school_year(date(2026, 8, 20))
    case = executed_in("MN", by)
    assert meet_duty(case, kind="mn.annual", by=by, note="Sent.", at=on(2026, 9, 10))
    assert days(case, "mn.annual") == []
    school_year(date(2027, 8, 19))
    follow_law(case, by=by, why="facts", at=on(2027, 3, 1))
    assert days(case, "mn.annual") == [date(2027, 9, 18)]


def test_none_is_asked_after_the_contract_and_the_missed_one_stays(by: Actor) -> None:
    case = executed_in("OH", by)
    record_anchor(
        case, event="contract_ended", at=on(2026, 10, 1), source="The last day", by=by,
        recorded=on(2026, 10, 2),
    )  # fmt: skip
    assert days(case, "oh.annual") == [date(2026, 8, 1)]
    assert meet_duty(case, kind="oh.annual", by=by, note="Sent.", at=on(2026, 10, 3))
    assert days(case, "oh.annual") == []


def test_the_end_of_the_contract_ends_the_next_one(by: Actor) -> None:
    case = executed_in("OH", by)
    assert meet_duty(case, kind="oh.annual", by=by, note="Sent.", at=on(2026, 7, 20))
    record_anchor(
        case, event="contract_ended", at=on(2026, 10, 1), source="The last day", by=by,
        recorded=on(2026, 10, 2),
    )  # fmt: skip
    assert days(case, "oh.annual") == []
    entry = Entry.objects.get(name="deadline_closed")
    assert entry.facts == {"kind": "oh.annual", "why": "over"}


def test_what_is_refused_changes_nothing(by: Actor) -> None:
    case = executed_in("OH", by)
    with pytest.raises(Refused):
        meet_duty(case, kind="oh.annual", by=by, note=" ")
    with pytest.raises(Refused):
        waive(case, kind="oh.annual", by=by, reason=" ")
    assert not meet_duty(case, kind="mn.annual", by=by, note="Sent.")
    assert days(case, "oh.annual") == [date(2026, 8, 1)]


def test_the_page_shows_the_next_one_at_once(by: Actor, client: Client) -> None:
    case = executed_in("OH", by)
    client.force_login(ada().user)
    page = f"/requests/{case.code}/dates/"
    sent = {"act": "done", "kind": "oh.annual", "note": "Sent by e-mail."}
    shown = client.post(f"{page}close/", sent, follow=True)
    assert shown.status_code == 200
    (next_one,) = days(case, "oh.annual")
    assert next_one > local_day(timezone.now(), "America/New_York")
    assert f"Aug 1, {next_one.year}" in shown.content.decode()


def test_a_school_year_entered_later_arms_at_the_next_pass(by: Actor) -> None:
    case = executed_in("MN", by)
    assert days(case, "mn.annual") == []
    district, max_ = people.district(), actor_of(people.max())
    add_school_year(district=district, start=date(2026, 8, 20), midpoint=date(2027, 1, 11), by=max_)
    follow_by_night()
    drain()
    assert days(case, "mn.annual") == [date(2026, 9, 19)]
