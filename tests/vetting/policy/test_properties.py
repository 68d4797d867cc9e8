"""What holds for every date of every law, over random instants, states, amounts and facts."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.people import ada
from tests.vetting.policy.test_timing import INSTANTS, found, iso, limit
from vetting.people.queries import actor_of
from vetting.policy.queries import calendar_for, due_by_law, shipped_packs
from vetting.policy.rules.evaluating import evaluate, evaluated_again
from vetting.policy.rules.facts import FACTS, RESIDENTS_BY_STATE, STATES, Fact, complaints_about
from vetting.policy.rules.packs import Rule, anchors_of
from vetting.policy.rules.timing import ASKED
from workflows.clock import calendars
from workflows.clock.queries import calendar_of, legal_calendar

# Every zone that has a clock of its own in the states and territories.
ZONES = {
    "America/New_York": True,
    "America/Detroit": True,
    "America/Indiana/Indianapolis": True,
    "America/Kentucky/Louisville": True,
    "America/Chicago": True,
    "America/Menominee": True,
    "America/Denver": True,
    "America/Boise": True,
    "America/Phoenix": False,
    "America/Los_Angeles": True,
    "America/Anchorage": True,
    "America/Adak": True,
    "Pacific/Honolulu": False,
    "America/Puerto_Rico": False,
    "America/St_Thomas": False,
}
DAYS = ("calendar_days", "business_days")
RULES = [rule for pack in shipped_packs() for rule in pack.rules if "limit" in rule.terms]
BUSINESS = [rule for rule in RULES if rule.terms["limit"]["unit"] == "business_days"]
PLACES = st.tuples(st.sampled_from(["", *STATES]), st.sampled_from(list(ZONES)))
KNOWN = "vendor_discovered"


def instant(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("unit", ["hours", *DAYS])
@given(anchor=INSTANTS, amount=st.integers(1, 120), more=st.integers(1, 30), place=PLACES)
def test_a_longer_limit_ends_later_everywhere(
    unit: str, anchor: datetime, amount: int, more: int, place: tuple[str, str]
) -> None:
    state, zone = place
    less = due_by_law(limit(amount, unit, state=state), {KNOWN: anchor}, zone=zone)
    longer = due_by_law(limit(amount + more, unit, state=state), {KNOWN: anchor}, zone=zone)
    assert less
    assert longer
    assert anchor < less.at < longer.at


@given(anchor=INSTANTS, law=st.sampled_from(BUSINESS), state=st.sampled_from(STATES))
def test_a_law_s_business_days_end_on_a_business_day_of_its_own_calendar(
    anchor: datetime, law: Rule, state: str
) -> None:
    zone = law.zone or "America/Chicago"
    event = anchors_of(law)[0]
    reckoned = due_by_law(law, {event: anchor}, zone=zone, state=state)
    assert reckoned
    day = reckoned.at.astimezone(ZoneInfo(zone)).date()
    own = calendar_for(law, anchor.astimezone(ZoneInfo(zone)).date(), zone=zone, state=state)
    assert day.weekday() < 5
    assert day not in own.closed
    assert own.count(day - timedelta(days=1), day) == 1
    assert len(reckoned.explanation["counted"]) == law.terms["limit"]["amount"]


@given(
    anchor=INSTANTS,
    amount=st.integers(1, 120),
    zone=st.sampled_from(list(ZONES)),
    one=st.sampled_from(["", *STATES]),
    other=st.sampled_from(["", *STATES]),
    unit=st.sampled_from(["hours", "calendar_days"]),
)
def test_calendar_days_and_hours_depend_on_no_calendar(
    anchor: datetime, amount: int, zone: str, one: str, other: str, unit: str
) -> None:
    names = ("Columbus Day", "Good Friday", "Juneteenth National Independence Day")
    plain = due_by_law(limit(amount, unit, state=one), {KNOWN: anchor}, zone=zone)
    argued = due_by_law(
        limit(amount, unit, state=other, arguable=names), {KNOWN: anchor}, zone=zone
    )
    assert plain
    assert argued
    assert plain.at == argued.at
    if unit == "calendar_days":
        local = anchor.astimezone(ZoneInfo(zone)).date()
        assert plain.at.astimezone(ZoneInfo(zone)).date() == local + timedelta(days=amount)
    else:
        assert plain.at - anchor == timedelta(hours=amount)


@pytest.mark.parametrize(("zone", "changes"), ZONES.items())
def test_hours_are_those_that_pass_when_the_clocks_change(zone: str, changes: bool) -> None:
    """From noon before each change, in 2026 and 2027: one o'clock in spring, eleven in fall."""
    spring, fall = ("13:00", "11:00") if changes else ("12:00", "12:00")
    for day, after, clock in [
        ("2026-03-07", "2026-03-08", spring),
        ("2026-10-31", "2026-11-01", fall),
        ("2027-03-13", "2027-03-14", spring),
        ("2027-11-06", "2027-11-07", fall),
    ]:
        noon = instant(f"{day}T12:00", zone)
        reckoned = found(limit(24, "hours"), noon.isoformat(), zone)
        local = reckoned.at.astimezone(ZoneInfo(zone))
        assert (f"{local:%Y-%m-%d}", f"{local:%H:%M}") == (after, clock)
        assert reckoned.at - noon.astimezone(UTC) == timedelta(hours=24)
        assert ("the clocks changed" in reckoned.explanation["sentence"]) is changes


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    """1:30 on November 1, 2026 comes twice in Albany; from each of them the hours are its own."""
    first = found(limit(24, "hours"), "2026-11-01T01:30-04:00", "America/New_York")
    second = found(limit(24, "hours"), "2026-11-01T01:30-05:00", "America/New_York")
    assert iso(first) == "2026-11-02T00:30:00-05:00"
    assert iso(second) == "2026-11-02T01:30:00-05:00"


# A law's own case of each awkward kind: the rule, what happened and when, when it is due, and where
# it stands. Worked out on a calendar.
AWKWARD = {
    "a leap day in between": (
        "ct.dd_info",
        "vendor_discovered",
        "2028-02-28T23:59-05:00",
        "2028-03-29T23:59:59-04:00",
        "CGS 10-234dd: Feb 29 is the first day, 29 more end on Mar 29",
    ),
    "no leap day in between": (
        "ct.dd_info",
        "vendor_discovered",
        "2027-02-28T23:59-05:00",
        "2027-03-30T23:59:59-04:00",
        "CGS 10-234dd: the thirtieth day after Feb 28",
    ),
    "a year ends": (
        "ny.121_10_d",
        "district_discovered",
        "2026-12-22T09:00-05:00",
        "2027-01-01T23:59:59-05:00",
        "8 NYCRR 121.10(d): New Year's Day is the tenth day and stays it",
    ),
    "72 hours over a long weekend": (
        "ndpa.v1.breach",
        "vendor_confirmed",
        "2026-05-22T18:00-06:00",
        "2026-05-25T18:00:00-06:00",
        "NDPA Article V, section 4: Friday evening to the evening of Memorial Day",
    ),
    "two business days before winter break": (
        "ct.dd_parent",
        "vendor_notice_received",
        "2026-12-22T15:30-05:00",
        "2026-12-24T23:59:59-05:00",
        "CGS 10-234dd, PA 18-125: Dec 23 and 24, whether or not anybody is at school",
    ),
    "a minute before midnight": (
        "ny.121_10_a",
        "vendor_discovered",
        "2026-11-03T23:59-05:00",
        "2026-11-10T23:59:59-05:00",
        "8 NYCRR 121.10(a): Nov 3 is not counted",
    ),
    "a minute after midnight": (
        "ny.121_10_a",
        "vendor_discovered",
        "2026-11-04T00:01-05:00",
        "2026-11-11T23:59:59-05:00",
        "8 NYCRR 121.10(a): Nov 4 is not counted, and Veterans Day counts as a calendar day",
    ),
    "found out on the Pacific coast, under an Eastern law": (
        "ny.121_10_a",
        "vendor_discovered",
        "2026-04-14T21:30-07:00",
        "2026-04-22T23:59:59-04:00",
        "8 NYCRR 121.10(a): it is Apr 15 in Albany already",
    ),
    "found out in the East, under a Pacific law": (
        "ca.1798_82",
        "vendor_discovered",
        "2026-06-10T01:00-04:00",
        "2026-07-09T23:59:59-07:00",
        "Civil Code 1798.82: it is still Jun 9 in Sacramento",
    ),
    "received on a Friday evening": (
        "pa.da",
        "district_determined",
        "2026-10-09T18:00-04:00",
        "2026-10-15T23:59:59-04:00",
        "Act 151 of 2022: Columbus Day is left out, then Oct 13, 14 and 15",
    ),
}


@pytest.mark.parametrize("case", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_instant_of_a_law(case: tuple[str, ...]) -> None:
    name, event, anchor, due, why = case
    (law,) = [rule for rule in RULES if rule.id == name]
    reckoned = found(law, anchor, law.zone or "America/Denver", event)
    assert iso(reckoned) == due, why


@pytest.mark.django_db
def test_a_closure_of_the_district_moves_no_law_s_date() -> None:
    """Whoever closes for all of December still has the contractor's two business days."""
    lead = ada()
    tenant, received = lead.district.tenant, datetime.fromisoformat("2026-12-23T16:00-05:00")

    def dates() -> list[datetime]:
        dated = [
            due_by_law(
                law, {anchors_of(law)[0]: received}, zone=law.zone or tenant.zone, state="CO"
            )
            for law in RULES
        ]
        return [one.at for one in dated if one]

    before = dates()
    assert len(before) == len(RULES)
    days = {"day": date(2026, 12, 1), "until": date(2026, 12, 31)}
    calendars.add_closure(tenant, name="Closed", by=actor_of(lead), **days)
    tenant.refresh_from_db()
    assert calendar_of(tenant, days["day"]).count(date(2026, 11, 30), days["until"]) == 0
    assert dates() == before


def holidays_of(state: str) -> dict[date, str]:
    """The weekdays of a state's legal calendar, in the years around 2026."""
    closed = legal_calendar(state, "America/Denver", date(2026, 6, 1), ()).closed
    return {day: name for day, name in closed.items() if day.weekday() < 5}


@pytest.mark.parametrize("state", STATES)
def test_an_arguable_holiday_is_counted_and_the_earlier_date_stands(state: str) -> None:
    """Each holiday of each state: certain, it is left out; arguable, it counts, and it is said."""
    for day, name in holidays_of(state).items():
        eve = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=1)
        names = tuple(name.split("; "))
        certain = found(limit(1, "business_days", state=state), eve.isoformat(), "America/Denver")
        argued = limit(1, "business_days", state=state, arguable=names)
        earlier = found(argued, eve.isoformat(), "America/Denver")
        assert earlier.at < certain.at
        assert iso(earlier)[:10] == day.isoformat()
        (argued_day,) = earlier.explanation["arguable"]
        assert argued_day["day"] == day.isoformat()
        # Another one that is only observed on that day may be named beside it.
        assert set(names) <= set(argued_day["why"].split("; "))
        assert "the earlier date stands" in earlier.explanation["sentence"]


# In the Virgin Islands July 3 is a holiday of its own, Emancipation Day.
@pytest.mark.parametrize("state", [state for state in STATES if state != "VI"])
def test_a_holiday_that_is_only_observed_on_a_day_is_arguable_there(state: str) -> None:
    """July 4, 2026 is a Saturday: what is due a business day after Thursday is due on Friday."""
    told = found(
        limit(1, "business_days", state=state), "2026-07-02T12:00-04:00", "America/New_York"
    )
    assert iso(told)[:10] == "2026-07-03"


def answers(fact: Fact) -> st.SearchStrategy[Any]:
    """Null means that nobody knows yet."""
    known: dict[str, st.SearchStrategy[Any]] = {
        "yes_no": st.booleans(),
        "number": st.sampled_from([0, 10, 12, 13, 250, 499, 500, 501, 1000, 1001]),
        "one_of": st.sampled_from(fact.values or [""]),
        "some_of": st.lists(st.sampled_from(fact.values or [""]), unique=True),
    }
    if fact.name in {"youngest_age", "percent_of_enrollment"}:
        return st.none() | st.integers(0, 100)
    return st.none() | known[fact.kind]


PEOPLE = st.dictionaries(st.sampled_from(STATES), st.integers(0, 2000), max_size=4)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={name: answers(fact) for name, fact in FACTS.items()} | {RESIDENTS_BY_STATE: PEOPLE},
)


@given(facts=ANSWERS, on=st.dates(date(2015, 1, 1), date(2040, 1, 1)))
def test_what_was_evaluated_comes_out_the_same_from_what_was_stored(
    facts: dict[str, Any], on: date
) -> None:
    assert complaints_about(facts) == []
    first = evaluate(facts, shipped_packs(), on=on).as_json()
    stored = json.loads(json.dumps(first))
    assert stored == first
    assert evaluated_again(stored, reversed(shipped_packs())).as_json() == stored


DATED = [
    rule
    for pack in shipped_packs()
    for rule in pack.rules
    if {"limit", "each_year", "relative"} & rule.terms.keys()
]


@given(law=st.sampled_from(DATED), anchor=INSTANTS, place=PLACES)
def test_a_date_comes_out_the_same_from_its_explanation(
    law: Rule, anchor: datetime, place: tuple[str, str]
) -> None:
    state, zone = place
    event = next(iter(anchors_of(law)), ASKED)
    first = due_by_law(law, {event: anchor}, zone=law.zone or zone, state=state)
    assert first
    stored = json.loads(json.dumps(first.explanation))
    assert stored == first.explanation
    since = datetime.fromisoformat(stored["anchor"])
    again = due_by_law(law, {stored["event"]: since}, zone=stored["zone"], state=state)
    assert again
    assert again.explanation == stored
    assert again.at == first.at == datetime.fromisoformat(stored["due"])
    assert (stored["rule"], stored["citation"]) == (law.id, law.citation)
