"""Whoever counts the days that an explanation names, one by one, comes to its date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workflows.clock.test_rules_against_a_naive_count import calendar_with, closures, instants
from workflows.clock import rules
from workflows.clock.explaining import Mark, Reckoning, reckoning_of
from workflows.clock.proving import faults_of
from workflows.clock.rules import Calendar, Pause
from workflows.grammar import Unit

gaps = st.lists(st.integers(0, 20), max_size=6).filter(lambda g: len(g) % 2 == 0)
units = st.sampled_from(list(Unit))


def paused_at(start: datetime, gaps: list[int]) -> list[Pause]:
    pauses, moment = [], start
    for ran, stood in zip(gaps[::2], gaps[1::2], strict=True):
        stop = moment + timedelta(days=ran)
        moment = stop + timedelta(days=stood)
        pauses.append(Pause(stop, moment))
    return pauses


def reckoned(
    start: datetime, amount: int, unit: Unit, calendar: Calendar, pauses: list[Pause]
) -> Reckoning:
    stored = rules.counted(start, amount, unit, calendar, pauses)
    due_at = rules.due_on(start, amount, unit, calendar, pauses)
    return reckoning_of(stored, due_at=due_at, armed_at=start, zone="UTC")


@settings(max_examples=400, deadline=None)
@given(start=instants, amount=st.integers(0, 80), unit=units, gaps=gaps, closed=closures)
@example(datetime(2026, 11, 21, 9, tzinfo=UTC), 0, Unit.BUSINESS_DAYS, [], {})
@example(
    datetime(2026, 11, 27, 9, tzinfo=UTC), 0, Unit.BUSINESS_DAYS, [], {date(2026, 11, 27): "x"}
)
def test_every_date_is_found_again_on_paper(
    start: datetime, amount: int, unit: Unit, gaps: list[int], closed: dict[date, str]
) -> None:
    found = reckoned(start, amount, unit, calendar_with(closed), paused_at(start, gaps))
    assert faults_of(found.as_json()) == []


@settings(max_examples=100, deadline=None)
@given(start=instants, amount=st.integers(1, 80), unit=units, gaps=gaps, closed=closures)
def test_what_is_left_of_a_clock_that_stands_still_is_found_again(
    start: datetime, amount: int, unit: Unit, gaps: list[int], closed: dict[date, str]
) -> None:
    calendar, ended = calendar_with(closed), paused_at(start, gaps)
    pauses = [*ended, Pause((ended[-1].end if ended else start) + timedelta(days=3))]
    stored = rules.counted(start, amount, unit, calendar, pauses)
    left = rules.left_of(start, amount, unit, calendar, pauses)
    left = left // 3600 if unit is Unit.HOURS else left
    due_at = rules.due_on(start, amount, unit, calendar, pauses[:-1])
    found = reckoning_of(stored, due_at=due_at, armed_at=start, zone="UTC", left=left)
    assert faults_of(found.as_json()) == []


def changed(**other: Any) -> list[str]:
    start = datetime(2026, 11, 20, 16, tzinfo=UTC)
    calendar = calendar_with({date(2026, 11, 26): "Thanksgiving"})
    found = reckoned(start, 5, Unit.BUSINESS_DAYS, calendar, [])
    assert [day.mark for day in found.days].count(Mark.COUNTED) == 5
    return faults_of(found.as_json() | other)


def test_whatever_is_told_wrong_is_found() -> None:
    assert changed() == []
    assert changed(amount=6) == [
        "It is due at 2026-11-30 23:59:59-07:00, but counting gives 2026-12-01 23:59:59-07:00."
    ]
    assert len(changed(since="2026-11-19T16:00:00+00:00")) == 1
    assert len(changed(zone="Pacific/Auckland")) == 1
    skipped = [{"from": "2026-11-28", "to": "2026-11-29", "days": 2, "why": "weekend"}]
    assert len(changed(skipped=skipped)) == 1
    holiday = {"from": "2026-11-26", "to": "2026-11-26", "days": 1}
    before = [{"from": "2026-11-21", "to": "2026-11-22", "days": 2, "why": "weekend"}, *skipped]
    assert changed(skipped=[*before, {**holiday, "why": ""}]) == [
        "2026-11-26 is left out, and nothing says why."
    ]
    assert changed(skipped=[*before, {**holiday, "why": "weekend"}]) == [
        "2026-11-26 is left out as weekend, but it is a Thursday."
    ]
