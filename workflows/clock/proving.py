"""A date reckoned again from nothing but what its explanation tells: day by day, on the fingers.

It shares no line with the code that counts, so the two can only agree by being right.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MOST = 20_000  # days; further than any law or term reaches
Told = Mapping[str, Any]


def faults_of(told: Told) -> list[str]:
    """Why somebody with paper and pencil would not come to the date; nothing when they would.

    `told`: the JSON of a date as its page publishes it.
    """
    if promise := told.get("promise"):
        return [*faults_of({**told, "promise": None}), *faults_of(promise)]
    if told["method"] == "business_days" or told["method"] == "calendar_days":
        return [*_badly_skipped(told), *_of_days(told)]
    if told["method"] == "hours":
        return list(_of_hours(told))
    return list(_of_fixed(told) if told["method"] == "days_of_the_year" else _of_set(told))


def _local(told: Told, instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(told["zone"]))


def _off(told: Told) -> dict[date, str]:
    off = {}
    for run in told["skipped"]:
        day, last = date.fromisoformat(run["from"]), date.fromisoformat(run["to"])
        while day <= last:
            off[day] = run["why"]
            day += DAY
    return off


def _badly_skipped(told: Told) -> Iterator[str]:
    for day, why in _off(told).items():
        if told["method"] == "calendar_days":
            yield f"{day} is left out, but calendar days count every day."
        elif not why:
            yield f"{day} is left out, and nothing says why."
        elif (why == "weekend") != (day.weekday() >= 5):
            yield f"{day} is left out as {why}, but it is a {day:%A}."
    if told["method"] == "business_days":
        for row in told["days"]:
            day = date.fromisoformat(row["day"])
            if row["mark"] == "counted" and day.weekday() >= 5:
                yield f"{day} is a {day:%A} and counts as a business day."


def _of_days(told: Told) -> Iterator[str]:
    off, still = _off(told), list(_still(told))
    day = _local(told, told["since"]).date()
    went_on = max([day, *[start for _, start in still if start]])
    until = still[-1][0] if told["stands_still"] else went_on
    used = 0
    while day < until:
        day += DAY
        stood = any(stop < day and (start is None or day <= start) for stop, start in still)
        used += not stood and day not in off
    left = told["amount"] - used
    if told["stands_still"]:
        if left != told["left"]:
            yield f"{left} days are left, not {told['left']}."
        return
    day = _forth(until, left, off) if left > 0 else _back(until, -left, told, off)
    yield from _differs(told, datetime.combine(day, time(23, 59, 59), ZoneInfo(told["zone"])))


def _still(told: Told) -> Iterator[tuple[date, date | None]]:
    for pause in told["pauses"]:
        until = _local(told, pause["until"]).date() if pause["until"] else None
        yield _local(told, pause["from"]).date(), until


def _forth(day: date, days: int, off: Mapping[date, str]) -> date:
    while days:
        day += DAY
        days -= day not in off
    return day


def _back(day: date, days: int, told: Told, off: Mapping[date, str]) -> date:
    """It was late, or used up, before it was stopped: back from the day on which it went on."""

    def works(one: date) -> bool:
        return told["method"] == "calendar_days" or (one.weekday() < 5 and one not in off)

    while days == 0 and not works(day):
        day += DAY
    while days:
        day -= DAY
        days -= works(day)
    return day


def _of_hours(told: Told) -> Iterator[str]:
    """Second by second would take long; from one stop to the next is the same sum."""
    left = told["amount"] * 3600
    at = datetime.fromisoformat(told["since"])
    for pause in told["pauses"]:
        left -= int((datetime.fromisoformat(pause["from"]) - at).total_seconds())
        at = datetime.fromisoformat(pause["until"] or pause["from"])
    shown = sum(day["seconds"] for day in told["days"])
    if told["stands_still"]:
        if left // 3600 != told["left"]:
            yield f"{left // 3600} hours are left, not {told['left']}."
        return
    # Each spell may have begun and ended within a second.
    if left >= 0 and abs(shown - told["amount"] * 3600) > len(told["pauses"]):
        yield f"the days shown add up to {shown / 3600:g} hours, not {told['amount']}."
    yield from _differs(told, at.astimezone(UTC) + timedelta(seconds=left))


def _of_fixed(told: Told) -> Iterator[str]:
    day = _local(told, told["since"]).date() + DAY
    for _ in range(MOST):
        if f"{day:%m-%d}" in told["days_of_the_year"]:
            break
        day += DAY
    yield from _differs(told, datetime.combine(day, time(23, 59, 59), ZoneInfo(told["zone"])))


def _of_set(told: Told) -> Iterator[str]:
    """A date that was set has no sum; where it comes from a term, the term has."""
    ground = told.get("set") or {}
    day = _local(told, told["due_at"]).date()
    if ground.get("day") not in (None, day.isoformat()):
        yield f"It was set for {ground['day']}, but falls on {day}."
    if ground.get("months"):
        last = _months_later(date.fromisoformat(ground["from"]), ground["months"])
        last -= DAY if ground["whole"] else timedelta(0)
        if last != day:
            yield f"{ground['months']} months from {ground['from']} end on {last}, not on {day}."


def _months_later(day: date, months: int) -> date:
    """The same day of the month; where there is none, the first of the next month comes first."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    number = day.day
    while True:
        try:
            return date(year, month + 1, number)
        except ValueError:
            number -= 1


def _differs(told: Told, found: datetime) -> Iterator[str]:
    said = datetime.fromisoformat(told["due_at"])
    if abs(said - found) >= timedelta(seconds=1):
        there = found.astimezone(ZoneInfo(told["zone"]))
        yield f"It is due at {_local(told, told['due_at'])}, but counting gives {there}."
