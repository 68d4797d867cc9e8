"""The sum behind a date as one sentence that can be checked with a pencil."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.clock.explaining import Day, Mark, Reckoning, months_of
from workflows.clock.rules import Pause, local_day
from workflows.clock.words import counted, day_words, off_words
from workflows.grammar import Unit

DAY = timedelta(days=1)
MINUS = "\N{MINUS SIGN}"


def sum_of(one: Reckoning) -> str:
    """Nothing where nothing was counted: the row's own sentence says it all."""
    if one.unit is Unit.HOURS:
        return _of_hours(one)
    if one.unit is None:
        return _of_fixed(one) if one.fixed else _of_set(one)
    if one.stands_still:
        return _so_far(one)
    if used_up(one):
        return _of_nothing_left(one)
    return f"{_tally(one, one.due_day)}. {_ends(one)}"


def used_up(one: Reckoning) -> bool:
    """Whether nothing was left when the clock was last started."""
    return went_on(one) >= one.due_day or any(day.mark is Mark.NEXT for day in one.days)


def went_on(one: Reckoning) -> date:
    ends = [local_day(pause.end, one.zone) for pause in one.pauses if pause.end]
    return max([one.first_day, *ends])


def _tally(one: Reckoning, last: date) -> str:
    """ "From Tue, Nov 10 to Thu, Dec 10, 2026 there are 31 days: 31 - 8 (weekends) ... = 20"."""
    days = [day for day in one.days if day.day <= last]
    first = one.first_day + DAY
    span = f"From {day_words(first)} to {day_words(last)} there are {_days(len(days))}"
    said = [
        _named(days, Mark.PAUSED, "on which the clock stood still"),
        _named(days, Mark.WEEKEND, "on weekends"),
        _named(days, Mark.CLOSED, f"closed: {_closed(one, days)}"),
    ]
    left = [words for words in said if words]
    total = sum(day.mark is Mark.COUNTED for day in days)
    if not left:
        return f"{span}{_by_months(one)}, and every one counts"
    return f"{span}; {len(days)} {MINUS} {f' {MINUS} '.join(left)} = {total}"


def _named(days: Iterable[Day], mark: Mark, words: str) -> str:
    number = sum(day.mark is mark for day in days)
    return f"{number} ({words})" if number else ""


def _closed(one: Reckoning, days: Iterable[Day]) -> str:
    off = [(day.day, day.why) for day in days if day.mark is Mark.CLOSED]
    return ", ".join(off_words(off, one.first_day.year))


def _by_months(one: Reckoning) -> str:
    months = months_of(one)
    parts = [f"{month.counted} in {month.first:%B}" for month in months]
    return f" ({' + '.join(parts)})" if len(months) > 1 else ""


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _ends(one: Reckoning) -> str:
    return f"The day it starts is not counted, and the last day ends at {clock(one.due_at, one)}."


def clock(instant: datetime, one: Reckoning) -> str:
    local = instant.astimezone(ZoneInfo(one.zone))
    exact = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{exact} ({one.zone})"


def moment(instant: datetime, zone: str) -> str:
    """ "Mon, Nov 9, 2026 at 16:30 (MST)": with the name of the clock there."""
    local = instant.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{day_words(local.date())} at {clock} ({local:%Z})"


def _so_far(one: Reckoning) -> str:
    stopped: Pause = one.pauses[-1]
    day, left = local_day(stopped.start, one.zone), one.left or 0
    unit = one.unit or Unit.CALENDAR_DAYS
    before = f"{_tally(one, day)}. " if one.days else ""
    used = f"{one.counted} of {counted(one.amount, unit)} had been used when the clock was stopped"
    if left <= 0:
        return f"{before}{used}: nothing is left."
    rest = f"when it starts again, it is due at the end of the {ordinal(left)} {_unit(unit)}"
    return f"{before}{used}, {left} are left: {rest} after that day."


def _unit(unit: Unit) -> str:
    return counted(1, unit).removeprefix("1 ")


def ordinal(number: int) -> str:
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _of_nothing_left(one: Reckoning) -> str:
    unit, day = one.unit or Unit.CALENDAR_DAYS, went_on(one)
    used = sum(d.mark is Mark.COUNTED for d in one.days if d.day <= day)
    at = f"{day_words(one.due_day)}, at {clock(one.due_at, one)}"
    if not one.amount and not one.pauses:
        return f"It is due on the day it starts, or on the next day that counts: {at}."
    said = f"{used} of {counted(one.amount, unit)} had been used when the clock started again"
    late, on = used - one.amount, day_words(day)
    if late > 0:
        rest = f"that is {late} too many, so it is due {counted(late, unit)} before that day"
    else:
        then = f"on the next {_unit(unit)}" if one.due_day > day else "on that day"
        rest = f"none is left, so it is due {then}"
    return f"{said} on {on}: {rest}, {at}."


def _of_hours(one: Reckoning) -> str:
    parts = [f"{_hours(day.seconds)} on {_short(day.day)}" for day in one.days if day.seconds]
    total = _hours(sum(day.seconds for day in one.days))
    end = one.pauses[-1].start if one.stands_still else one.due_at
    span = f"From {moment(one.since, one.zone)} until {moment(end, one.zone)}"
    said = f"{span}: {' + '.join(parts)} = {total}."
    if changed := clocks_changed(one):
        said += f" {changed}."
    if one.stands_still:
        said += f" {one.left} of {one.amount} hours are left while the clock stands still."
    return said


def clocks_changed(one: Reckoning) -> str:
    """Why a day between had 23 or 25 hours."""
    days = [day.day for day in one.days]
    shifted = [day for day in days if _length(day, one.zone) != timedelta(days=1)]
    said = [
        f"{_short(day)} had {_length(day, one.zone) // timedelta(hours=1)} hours, because the "
        f"clocks were put {'back' if _length(day, one.zone) > DAY else 'forward'}"
        for day in shifted
    ]
    return " and ".join(said)


def _length(day: date, zone: str) -> timedelta:
    starts, ends = (
        datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC) for one in (day, day + DAY)
    )
    return ends - starts


def _hours(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{number} {name}" for number, name in parts if number) or "0 h"


def _short(day: date) -> str:
    return f"{day:%a, %b} {day.day}"


def _of_fixed(one: Reckoning) -> str:
    named = [date.fromisoformat(f"2000-{day}") for day in one.fixed]
    each = " or ".join(f"{day:%B} {day.day}" for day in named)
    after = day_words(one.first_day)
    found = f"{day_words(one.due_day)}, which ends at {clock(one.due_at, one)}"
    return f"The first {each} after {after} is {found}."


def _of_set(one: Reckoning) -> str:
    said = one.sentence or f"set for {day_words(one.due_day)}"
    return f"{said[0].upper()}{said[1:].rstrip('.')}: at {clock(one.due_at, one)}."
