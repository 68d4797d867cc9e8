from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows.toy.story import denver
from workflows.clock import rules
from workflows.clock.rules import Calendar, Pause, counted, due_on, left_of
from workflows.grammar import Rung, Unit

BUSINESS, CALENDAR, HOURS = Unit.BUSINESS_DAYS, Unit.CALENDAR_DAYS, Unit.HOURS


def district(closed: dict[date, str] | None = None) -> Calendar:
    days = {
        date(2026, 11, 11): "Veterans Day",
        date(2026, 11, 26): "Thanksgiving break",
        date(2026, 11, 27): "Thanksgiving break",
    }
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    return rules.calendar(
        "America/Denver", "v1", first=first, last=last, closed=days if closed is None else closed
    )


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-11-09 10:00", 20, BUSINESS, "2026-12-10 23:59:59"),
        ("2026-11-09 00:00", 1, BUSINESS, "2026-11-10 23:59:59"),
        ("2026-11-09 23:59", 1, BUSINESS, "2026-11-10 23:59:59"),
        ("2026-11-10 10:00", 1, BUSINESS, "2026-11-12 23:59:59"),
        ("2026-11-06 10:00", 1, BUSINESS, "2026-11-09 23:59:59"),
        ("2026-11-07 10:00", 1, BUSINESS, "2026-11-09 23:59:59"),
        ("2026-11-25 10:00", 1, BUSINESS, "2026-11-30 23:59:59"),
        ("2026-11-09 10:00", 0, BUSINESS, "2026-11-09 23:59:59"),
        ("2026-11-09 10:00", 60, CALENDAR, "2027-01-08 23:59:59"),
        ("2026-11-07 10:00", 1, CALENDAR, "2026-11-08 23:59:59"),
        ("2026-11-09 10:00", 24, HOURS, "2026-11-10 10:00"),
        # The night of March 8 has 23 hours, that of November 1 has 25: hours are elapsed ones.
        ("2026-03-07 12:00", 24, HOURS, "2026-03-08 13:00"),
        ("2026-10-31 12:00", 24, HOURS, "2026-11-01 11:00"),
        ("2026-03-07 12:00", 1, CALENDAR, "2026-03-08 23:59:59"),
        ("2026-10-30 12:00", 1, BUSINESS, "2026-11-02 23:59:59"),
    ],
)
def test_a_date_is_reckoned_from_the_day_after(
    start: str, amount: int, unit: Unit, due: str
) -> None:
    assert due_on(denver(start), amount, unit, district()) == denver(due)


def test_a_day_ends_where_the_district_is_in_winter_and_in_summer() -> None:
    winter = due_on(denver("2026-03-05 12:00"), 1, CALENDAR, district())
    summer = due_on(denver("2026-03-10 12:00"), 1, CALENDAR, district())
    assert winter == datetime(2026, 3, 7, 6, 59, 59, tzinfo=UTC)
    assert summer == datetime(2026, 3, 12, 5, 59, 59, tzinfo=UTC)


def test_the_sentence_names_what_was_skipped() -> None:
    explanation = counted(denver("2026-11-09 10:00"), 20, BUSINESS, district())
    assert explanation["sentence"] == (
        "20 business days from Mon, Nov 9, skipping Nov 11 (Veterans Day) and "
        "Nov 26 and 27 (Thanksgiving break)"
    )
    assert explanation["anchor"] == "2026-11-09T17:00:00+00:00"
    assert explanation["due"] == "2026-12-11T06:59:59+00:00"
    assert (explanation["unit"], explanation["amount"]) == ("business_days", 20)
    assert (explanation["zone"], explanation["calendar"]) == ("America/Denver", "v1")
    assert explanation["skipped"] == [
        {"day": "2026-11-11", "why": "Veterans Day"},
        {"day": "2026-11-26", "why": "Thanksgiving break"},
        {"day": "2026-11-27", "why": "Thanksgiving break"},
    ]
    assert explanation["counted"][:3] == ["2026-11-10", "2026-11-12", "2026-11-13"]
    assert len(explanation["counted"]) == 20


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        (1, BUSINESS, "1 business day from Mon, Nov 9"),
        (30, CALENDAR, "30 calendar days from Mon, Nov 9"),
        (24, HOURS, "24 hours from Mon, Nov 9 at 10:00"),
    ],
)
def test_each_unit_has_its_words(amount: int, unit: Unit, said: str) -> None:
    assert counted(denver("2026-11-09 10:00"), amount, unit, district())["sentence"] == said


def test_a_long_break_over_weekends_and_new_year_is_one_span() -> None:
    days = [date(2026, 12, 21) + timedelta(days=n) for n in range(12)]
    calendar = district(dict.fromkeys(days, "Winter break"))
    sentence = counted(denver("2026-12-18 10:00"), 2, BUSINESS, calendar)["sentence"]
    assert sentence == (
        "2 business days from Fri, Dec 18, skipping Dec 21 to Jan 1, 2027 (Winter break)"
    )


def test_hours_stand_still_to_the_second() -> None:
    pause = Pause(denver("2026-11-09 12:30"), denver("2026-11-11 09:00"))
    start = denver("2026-11-09 10:00")
    assert left_of(start, 24, HOURS, district(), [pause]) == int(21.5 * 3600)
    assert due_on(start, 24, HOURS, district(), [pause]) == denver("2026-11-12 06:30")


def test_a_pause_on_the_day_it_began_costs_nothing() -> None:
    pause = Pause(denver("2026-11-09 11:00"), denver("2026-11-09 16:00"))
    without = due_on(denver("2026-11-09 10:00"), 3, BUSINESS, district())
    assert due_on(denver("2026-11-09 10:00"), 3, BUSINESS, district(), [pause]) == without


def test_nothing_left_is_due_on_the_day_the_clock_starts_again() -> None:
    pause = Pause(denver("2026-11-13 11:00"), denver("2026-11-21 12:00"))
    due = due_on(denver("2026-11-09 10:00"), 3, BUSINESS, district(), [pause])
    # Resumed on a Saturday: the next business day.
    assert due == denver("2026-11-23 23:59:59")


def test_a_calendar_that_does_not_reach_says_so() -> None:
    with pytest.raises(ValueError, match="does not reach 500 business days from 2027-01-04"):
        due_on(denver("2027-01-04 10:00"), 500, BUSINESS, district())


def test_reminders_at_or_before_the_anchor_are_dropped_and_moves_are_not() -> None:
    start, due = denver("2026-11-09 10:00"), denver("2026-11-12 23:59:59")
    rungs = (Rung(-5, "remind", "holders"), Rung(-1, "remind", "holders"), Rung(-9, "lapse", ""))
    ladder = rules.ladder_of(rungs, due, BUSINESS, district(), after=start)
    assert [(step["offset"], step["act"]) for step in ladder] == [(-9, "lapse"), (-1, "remind")]
    # One business day before Thursday is Tuesday: Wednesday was Veterans Day.
    assert ladder[1]["at"] == denver("2026-11-10 08:00").astimezone(UTC).isoformat()


def step(day: str, act: str = "remind", to: str = "holders") -> dict[str, str]:
    return {"at": denver(f"{day} 08:00").isoformat(), "act": act, "to": to}


def test_catching_up_tells_each_audience_once_and_moves_always() -> None:
    ladder = [
        step("2026-11-02"),
        step("2026-11-03", "escalate", "owner_lead"),
        step("2026-11-04", "overdue"),
        step("2026-11-05", "lapse", ""),
        step("2026-11-06", "escalate", "owner_lead"),
        step("2026-11-30"),
    ]
    firing = rules.firing_of(ladder, 0, denver("2026-11-09 08:00"))
    assert firing.sends == [(2, [0]), (3, []), (4, [1])]
    assert (firing.rung, firing.next_at) == (5, denver("2026-11-30 08:00"))


def test_a_ladder_that_is_climbed_asks_for_no_more() -> None:
    firing = rules.firing_of([step("2026-11-02")], 1, denver("2026-11-09 08:00"))
    assert (firing.rung, firing.next_at, firing.sends) == (1, None, [])


@pytest.mark.parametrize(
    ("due", "unit", "said"),
    [
        ("2026-11-20 23:59:59", BUSINESS, "in 8 business days"),
        ("2026-11-10 23:59:59", BUSINESS, "in 1 business day"),
        ("2026-11-09 23:59:59", BUSINESS, "today"),
        ("2026-11-05 23:59:59", BUSINESS, "2 business days late"),
        ("2026-11-09 09:00", CALENDAR, "late"),
        ("2026-11-19 23:59:59", CALENDAR, "in 10 calendar days"),
        ("2026-11-09 15:30", HOURS, "in 5 hours"),
        ("2026-11-09 10:20", HOURS, "within the hour"),
        ("2026-11-09 08:00", HOURS, "2 hours late"),
    ],
)
def test_how_far_away_it_is(due: str, unit: Unit, said: str) -> None:
    assert rules.away_words(denver(due), unit, district(), denver("2026-11-09 10:00")) == said
