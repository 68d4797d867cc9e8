"""Awkward instants, each worked out on a calendar, and laws that hold for every date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.policy.queries import due_by_law
from vetting.policy.rules.packs import ALWAYS, Rule
from vetting.policy.rules.timing import ASKED, Due, SchoolYear, due, next_day, undated
from workflows.clock.queries import legal_calendar

NEW_YORK, DENVER, PACIFIC = "America/New_York", "America/Denver", "America/Los_Angeles"


def rule(state: str = "", zone: str = "", arguable: tuple[str, ...] = (), **terms: Any) -> Rule:
    return Rule(
        id="zz.rule",
        kind="deadline",
        title="The vendor tells the district",
        citation="Section 1",
        source=None,
        nexus="agency_state",
        state=state,
        effective_from=ALWAYS,
        effective_to=None,
        last_verified=date(2026, 11, 21),
        confidence="medium",
        status="draft",
        when=None,
        note="",
        terms={"anchor": "vendor_discovered"} | terms,
        pack="zz",
        line=1,
        version="7",
        zone=zone,
        arguable=arguable,
    )


def limit(amount: int, unit: str, **more: Any) -> Rule:
    return rule(**more, limit={"amount": amount, "unit": unit})


def found(law: Rule, anchor: str, zone: str, event: str = "vendor_discovered") -> Due:
    reckoned = due_by_law(law, {event: datetime.fromisoformat(anchor)}, zone=zone)
    assert reckoned is not None
    return reckoned


def iso(reckoned: Due) -> str:
    zone = ZoneInfo(reckoned.explanation["zone"])
    return reckoned.at.astimezone(zone).isoformat()


CASES = {
    "daylight saving begins": (
        "2026-03-05T16:30-05:00",
        7,
        "calendar_days",
        "2026-03-12T23:59:59-04:00",
    ),
    "daylight saving ends": (
        "2026-10-30T09:00-04:00",
        7,
        "calendar_days",
        "2026-11-06T23:59:59-05:00",
    ),
    "24 hours over the short night": (
        "2026-03-07T12:00-05:00",
        24,
        "hours",
        "2026-03-08T13:00:00-04:00",
    ),
    "24 hours over the long night": (
        "2026-10-31T12:00-04:00",
        24,
        "hours",
        "2026-11-01T11:00:00-05:00",
    ),
    "to the leap day": ("2028-02-22T10:00-05:00", 7, "calendar_days", "2028-02-29T23:59:59-05:00"),
    "over the leap day": (
        "2028-02-28T10:00-05:00",
        2,
        "calendar_days",
        "2028-03-01T23:59:59-05:00",
    ),
    "no leap day": ("2027-02-28T10:00-05:00", 2, "calendar_days", "2027-03-02T23:59:59-05:00"),
    "year end": ("2026-12-29T10:00-05:00", 7, "calendar_days", "2027-01-05T23:59:59-05:00"),
    "72 hours over a long weekend": (
        "2026-09-04T18:00-04:00",
        72,
        "hours",
        "2026-09-07T18:00:00-04:00",
    ),
    "two days before winter break": (
        "2026-12-23T15:00-05:00",
        2,
        "business_days",
        "2026-12-28T23:59:59-05:00",
    ),
    "a minute before midnight": (
        "2026-03-16T23:59-04:00",
        1,
        "calendar_days",
        "2026-03-17T23:59:59-04:00",
    ),
    "a minute after midnight": (
        "2026-03-17T00:01-04:00",
        1,
        "calendar_days",
        "2026-03-18T23:59:59-04:00",
    ),
    "late here, tomorrow in UTC": (
        "2026-07-15T23:30-04:00",
        1,
        "calendar_days",
        "2026-07-16T23:59:59-04:00",
    ),
    "Friday evening": ("2026-05-22T18:00-04:00", 2, "business_days", "2026-05-27T23:59:59-04:00"),
    "on a Saturday it does not roll": (
        "2026-05-09T10:00-04:00",
        7,
        "calendar_days",
        "2026-05-16T23:59:59-04:00",
    ),
}


@pytest.mark.parametrize(("anchor", "amount", "unit", "at"), CASES.values(), ids=CASES)
def test_an_awkward_instant(anchor: str, amount: int, unit: str, at: str) -> None:
    assert iso(found(limit(amount, unit, state="NY", zone=NEW_YORK), anchor, "")) == at


def test_a_pacific_evening_is_another_day_in_new_york() -> None:
    """21:30 in California is half past midnight in New York: it counts whose law it is."""
    anchor = "2026-04-14T21:30-07:00"
    seven = limit(7, "calendar_days")
    assert iso(found(seven, anchor, PACIFIC)) == "2026-04-21T23:59:59-07:00"
    assert iso(found(seven, anchor, NEW_YORK)) == "2026-04-22T23:59:59-04:00"


def test_the_state_of_the_rule_makes_its_calendar() -> None:
    """Columbus Day is a holiday in New York, Cabrini Day a week before in Colorado."""
    friday = "2026-10-09T10:00-06:00"
    assert iso(found(limit(1, "business_days", state="CO"), friday, DENVER))[:10] == "2026-10-12"
    assert iso(found(limit(1, "business_days", state="NY"), friday, DENVER))[:10] == "2026-10-13"


def test_the_explanation_can_be_checked_on_paper() -> None:
    law = limit(5, "business_days", state="CT", zone=NEW_YORK, arguable=("Lincoln's Birthday",))
    told = found(law, "2026-02-11T10:00-05:00", "").explanation
    assert told["counted"] == [f"2026-02-{day}" for day in (12, 13, 17, 18, 19)]
    assert told["skipped"] == [{"day": "2026-02-16", "why": "Washington's Birthday"}]
    assert told["arguable"] == [{"day": "2026-02-12", "why": "Lincoln's Birthday"}]
    assert (told["rule"], told["citation"], told["pack"]) == ("zz.rule", "Section 1", "zz")
    assert (told["version"], told["event"]) == ("7", "vendor_discovered")
    assert (told["anchor"], told["unit"]) == ("2026-02-11T15:00:00+00:00", "business_days")
    assert (told["amount"], told["due"]) == (5, "2026-02-20T04:59:59+00:00")
    assert told["sentence"] == (
        "Section 1: The vendor discovered it on Wed, Feb 11, 2026 at 10:00 (America/New_York). "
        "5 business days from Wed, Feb 11, skipping Feb 16 (Washington's Birthday); due on "
        "Thu, Feb 19, 2026 at 23:59:59 (America/New_York); Thu, Feb 12, 2026 (Lincoln's Birthday) "
        "counted: whether it is a legal holiday is arguable, so the earlier date stands."
    )


def test_hours_over_a_change_of_the_clocks_say_so() -> None:
    told = found(limit(72, "hours"), "2026-03-06T15:00-08:00", PACIFIC).explanation
    assert told["sentence"] == (
        "Section 1: The vendor discovered it on Fri, Mar 6, 2026 at 15:00 (America/Los_Angeles). "
        "72 hours from Fri, Mar 6 at 15:00; due on Mon, Mar 9, 2026 at 16:00 "
        "(America/Los_Angeles); the clocks changed in between, and hours are those that really "
        "pass."
    )


def test_promptly_is_no_date() -> None:
    law = rule(promptly="without unreasonable delay")
    known = {"vendor_discovered": datetime(2026, 3, 5, tzinfo=UTC)}
    assert due_by_law(law, known, zone=DENVER) is None
    told = undated(law)
    assert told["due"] is None
    assert told["sentence"] == (
        "Section 1: “without unreasonable delay”. It names no number, so there is no date."
    )
    assert undated(rule(standing=True))["sentence"] == "Section 1: always, so there is no date."


def test_nothing_has_happened_yet() -> None:
    calendar = legal_calendar("", DENVER, date(2026, 3, 5), ())
    law = limit(7, "calendar_days")
    assert due(law, {}, calendar) is None
    assert due(law, {"occurred": datetime(2026, 3, 5, tzinfo=UTC)}, calendar) is None


def test_of_two_anchors_the_earlier_counts() -> None:
    law = limit(30, "calendar_days", anchor=["district_determined", "vendor_notice_received"])
    known = {
        "district_determined": datetime(2026, 4, 10, 15, tzinfo=UTC),
        "vendor_notice_received": datetime(2026, 4, 1, 15, tzinfo=UTC),
    }
    reckoned = due_by_law(law, known, zone=DENVER)
    assert reckoned
    assert (reckoned.anchor, iso(reckoned)) == (
        "vendor_notice_received",
        "2026-05-01T23:59:59-06:00",
    )


@pytest.mark.parametrize(
    ("after", "day"),
    [
        ("2026-01-30", "2026-01-31"),
        ("2026-01-31", "2026-07-31"),
        ("2026-07-30", "2026-07-31"),
        ("2026-07-31", "2027-01-31"),
        ("2026-12-31", "2027-01-31"),
    ],
)
def test_a_fixed_day_is_the_next_strictly_after(after: str, day: str) -> None:
    assert next_day(["07-31", "01-31"], date.fromisoformat(after)).isoformat() == day


def test_a_fixed_day_is_looked_for_after_the_local_day() -> None:
    """23:30 on January 30 in New York is January 31 in UTC."""
    law = rule(each_year=["01-31", "07-31"]).terms | {"anchor": []}
    fixed_days = rule(**law)
    told = found(fixed_days, "2026-01-30T23:30-05:00", NEW_YORK, event=ASKED)
    assert iso(told) == "2026-01-31T23:59:59-05:00"
    assert told.explanation["sentence"] == (
        "Section 1: January 31 and July 31 of each year; due on Sat, Jan 31, 2026 at 23:59:59 "
        "(America/New_York), the next of them after Fri, Jan 30, 2026."
    )


@pytest.mark.parametrize(
    ("to", "amount", "day"),
    [
        ("school_year_start", 0, "2026-08-17"),
        ("school_year_start", 30, "2026-09-16"),
        ("school_year_midpoint", 0, "2027-01-15"),
    ],
)
def test_days_relative_to_the_school_year(to: str, amount: int, day: str) -> None:
    law = rule(relative={"to": to, "amount": amount, "unit": "calendar_days"}, anchor=[])
    year = SchoolYear(date(2026, 8, 17), date(2027, 1, 15))
    calendar = legal_calendar("", DENVER, date(2026, 8, 17), ())
    reckoned = due(law, {}, calendar, school_year=year)
    assert reckoned
    assert (reckoned.anchor, iso(reckoned)[:19]) == (to, f"{day}T23:59:59")


# From 2024 to 2030, to the minute.
INSTANTS = st.integers(0, 7 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
UNITS = st.sampled_from(["business_days", "calendar_days", "hours"])
PLACES = st.sampled_from([("NY", NEW_YORK), ("CO", DENVER), ("CA", PACIFIC), ("", DENVER)])


@given(anchor=INSTANTS, amount=st.integers(1, 90), unit=UNITS, place=PLACES)
def test_one_more_is_later(anchor: datetime, amount: int, unit: str, place: Any) -> None:
    state, zone = place
    known = {"vendor_discovered": anchor}
    less = due_by_law(limit(amount, unit, state=state), known, zone=zone)
    more = due_by_law(limit(amount + 1, unit, state=state), known, zone=zone)
    assert less
    assert more
    assert anchor < less.at < more.at


@given(anchor=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(9)), unit=UNITS, place=PLACES)
def test_what_happens_later_is_due_no_earlier(
    anchor: datetime, later: timedelta, unit: str, place: Any
) -> None:
    state, zone = place
    law = limit(5, unit, state=state)
    first = due_by_law(law, {"vendor_discovered": anchor}, zone=zone)
    second = due_by_law(law, {"vendor_discovered": anchor + later}, zone=zone)
    assert first
    assert second
    assert first.at <= second.at


@given(anchor=INSTANTS, amount=st.integers(1, 30), place=PLACES)
def test_a_business_day_limit_ends_on_a_business_day(
    anchor: datetime, amount: int, place: Any
) -> None:
    state, zone = place
    law = limit(amount, "business_days", state=state)
    reckoned = due_by_law(law, {"vendor_discovered": anchor}, zone=zone)
    assert reckoned
    day = reckoned.at.astimezone(ZoneInfo(zone)).date()
    assert day.weekday() < 5
    assert day not in legal_calendar(state, zone, anchor.date(), ()).closed
    assert len(reckoned.explanation["counted"]) == amount
    assert reckoned.explanation["counted"][-1] == day.isoformat()


@given(anchor=INSTANTS, amount=st.integers(1, 30), place=PLACES)
def test_an_arguable_holiday_never_gives_a_later_date(
    anchor: datetime, amount: int, place: Any
) -> None:
    state, zone = place
    known = {"vendor_discovered": anchor}
    argued = ("Lincoln's Birthday", "Columbus Day", "Cesar Chavez Day", "Election Day")
    certain = due_by_law(limit(amount, "business_days", state=state), known, zone=zone)
    doubtful = limit(amount, "business_days", state=state, arguable=argued)
    earlier = due_by_law(doubtful, known, zone=zone)
    assert certain
    assert earlier
    assert earlier.at <= certain.at
