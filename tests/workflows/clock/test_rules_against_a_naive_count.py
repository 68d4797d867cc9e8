"""The bisect against a count on the fingers, for days and closures that nobody thought of."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.toy.story import DENVER
from workflows.clock import rules
from workflows.clock.rules import Calendar, Pause, counted, due_on
from workflows.grammar import Unit

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
days = st.dates(date(2026, 6, 1), date(2027, 12, 31))
instants = st.datetimes(datetime(2026, 6, 1), datetime(2027, 6, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=DENVER)
)
closures = st.dictionaries(days, st.sampled_from(["Snow", "Break"]), max_size=40)


def calendar_with(closed: dict[date, str]) -> Calendar:
    return rules.calendar("America/Denver", "v", first=FIRST, last=LAST, closed=closed)


def on_the_fingers(start: date, amount: int, closed: dict[date, str]) -> date:
    day = start
    while amount:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            amount -= 1
    return day


@settings(max_examples=200, deadline=None)
@given(start=instants, amount=st.integers(1, 60), closed=closures)
def test_the_same_day_as_counting_one_by_one(
    start: datetime, amount: int, closed: dict[date, str]
) -> None:
    due = due_on(start, amount, Unit.BUSINESS_DAYS, calendar_with(closed)).astimezone(DENVER)
    assert due.date() == on_the_fingers(start.date(), amount, closed)
    assert (due.hour, due.minute, due.second) == (23, 59, 59)


@settings(max_examples=200, deadline=None)
@given(
    start=instants,
    amount=st.integers(5, 60),
    gaps=st.lists(st.integers(0, 20), min_size=2, max_size=6).filter(lambda g: len(g) % 2 == 0),
    closed=closures,
)
def test_pauses_neither_give_nor_take_a_day(
    start: datetime, amount: int, gaps: list[int], closed: dict[date, str]
) -> None:
    calendar, moment, pauses = calendar_with(closed), start, []
    for ran, stood in zip(gaps[::2], gaps[1::2], strict=True):
        stop = moment + timedelta(days=ran)
        moment = stop + timedelta(days=stood)
        pauses.append(Pause(stop, moment))
    explanation = counted(start, amount, Unit.BUSINESS_DAYS, calendar, pauses)
    used = [date.fromisoformat(day) for day in explanation["counted"]]
    left = rules.left_of(start, amount, Unit.BUSINESS_DAYS, calendar, pauses)
    assert all(day.weekday() < 5 and day not in closed for day in used)
    # What counted before the last pause and what counts after it is the amount, unless it was late.
    assert len(used) == (
        amount if left > 0 else amount - left + _today_counts(moment, calendar, left)
    )


def _today_counts(resumed: datetime, calendar: Calendar, left: int) -> int:
    """With nothing left on a day off, the next business day is given."""
    day = resumed.date()
    return int(left == 0 and calendar.shift(day, 0) != day)
