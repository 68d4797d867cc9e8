"""What a statute counts: its state's own days, never a district's closures."""

from datetime import date, timedelta

import pytest

from tests.workflows.clock.test_calendars import AFTER_THANKSGIVING, lead
from tests.workflows.toy.story import district
from workflows.clock.calendars import add_closure
from workflows.clock.queries import calendar_of, legal_calendar

NY, DENVER = "America/New_York", "America/Denver"
MID_2026 = date(2026, 6, 1)


def test_a_state_has_its_own_holidays() -> None:
    colorado = legal_calendar("CO", DENVER, MID_2026, ())
    assert colorado.closed[date(2026, 10, 5)] == "Frances Xavier Cabrini Day"
    assert date(2026, 10, 12) not in colorado.closed  # no Columbus Day
    connecticut = legal_calendar("CT", NY, MID_2026, ())
    assert connecticut.closed[date(2026, 4, 3)] == "Good Friday"
    assert connecticut.shift(date(2026, 4, 2), 1) == date(2026, 4, 6)


def test_without_a_state_the_federal_days_count() -> None:
    federal = legal_calendar("", DENVER, MID_2026, ())
    assert [day.isoformat() for day in sorted(federal.closed) if day.year == 2026] == [
        "2026-01-01",
        "2026-01-19",
        "2026-02-16",
        "2026-05-25",
        "2026-06-19",
        "2026-09-07",
        "2026-10-12",
        "2026-11-11",
        "2026-11-26",
        "2026-12-25",
    ]
    assert federal.version.startswith("legal US, holidays 0.")


def test_a_day_that_is_only_observed_counts() -> None:
    """July 4, 2026 is a Saturday; whether Friday is then a legal holiday can be argued."""
    federal = legal_calendar("", DENVER, MID_2026, ())
    assert federal.arguable[date(2026, 7, 3)] == "Independence Day (observed)"
    assert federal.shift(date(2026, 7, 2), 1) == date(2026, 7, 3)


def test_an_arguable_holiday_counts_and_others_of_its_month_do_not() -> None:
    certain = legal_calendar("CT", NY, MID_2026, ())
    argued = legal_calendar("CT", NY, MID_2026, ("Lincoln's Birthday",))
    assert certain.shift(date(2026, 2, 11), 2) == date(2026, 2, 17)
    assert argued.shift(date(2026, 2, 11), 2) == date(2026, 2, 13)
    assert argued.arguable[date(2026, 2, 12)] == "Lincoln's Birthday"
    assert argued.closed[date(2026, 2, 16)] == "Washington's Birthday"


@pytest.mark.django_db
def test_a_districts_closure_is_none_of_the_laws_business() -> None:
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    assert AFTER_THANKSGIVING in calendar_of(district(), AFTER_THANKSGIVING).closed
    legal = legal_calendar("CO", DENVER, AFTER_THANKSGIVING, ())
    assert legal.shift(date(2026, 11, 25), 1) == AFTER_THANKSGIVING


def test_one_calendar_is_made_for_one_year_and_law() -> None:
    first = legal_calendar("NY", NY, date(2026, 1, 1), ("Election Day",))
    assert legal_calendar("NY", NY, date(2026, 12, 31), ["Election Day"]) is first
    assert legal_calendar("NY", NY, date(2027, 1, 1), ("Election Day",)) is not first


def test_winter_break_is_no_holiday() -> None:
    """Only Christmas and New Year's Day lie between Dec 23, 2026 and Jan 4, 2027."""
    legal = legal_calendar("CO", DENVER, date(2026, 12, 1), ())
    days = [date(2026, 12, 23) + timedelta(days=n) for n in range(1, 13)]
    assert [day.day for day in days if legal.count(day - timedelta(days=1), day)] == [
        24,
        28,
        29,
        30,
        31,
        4,
    ]
