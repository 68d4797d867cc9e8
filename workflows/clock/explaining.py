"""A date taken apart, from nothing but its stored row: each day that counted, each that did not and
why, so that somebody with paper and pencil comes to the same instant.

Read, never stored: rows of any age are explained alike, and no row grows by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from workflows.clock.rules import Pause, local_day, pauses_in
from workflows.grammar import Unit

DAY = timedelta(days=1)


class Mark(StrEnum):
    """What became of one day."""

    COUNTED = "counted"
    WEEKEND = "weekend"
    CLOSED = "closed"
    PAUSED = "paused"
    # All days had been used up: it is due on the next one that is worked on.
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Day:
    """One day after the anchor's. `number`: how many have counted up to and with it.

    Where hours are counted, `seconds` are those of this day in which the clock ran.
    """

    day: date
    mark: Mark
    number: int = 0
    why: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbors that did not count for one reason."""

    first: date
    last: date
    days: int
    why: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """`unit` is None where nothing was counted: `fixed` then are the days of the year that were
    looked through ("01-31"), and with none of them the date was set.

    `left`: days (hours) that remain of a clock that stands still; None while it runs. `held`: why
    a date of the law does not run; nothing of its count is given back by that.
    """

    zone: str
    since: datetime
    due_at: datetime
    unit: Unit | None = None
    amount: int = 0
    days: tuple[Day, ...] = ()
    pauses: tuple[Pause, ...] = ()
    fixed: tuple[str, ...] = ()
    left: int | None = None
    held: Pause | None = None
    calendar: str = ""
    arguable: tuple[tuple[date, str], ...] = ()
    sentence: str = ""

    @property
    def method(self) -> str:
        return str(self.unit) if self.unit else "days_of_the_year" if self.fixed else "set"

    @property
    def first_day(self) -> date:
        return local_day(self.since, self.zone)

    @property
    def due_day(self) -> date:
        return local_day(self.due_at, self.zone)

    @property
    def stands_still(self) -> bool:
        return self.left is not None

    @property
    def counted(self) -> int:
        return sum(day.mark is Mark.COUNTED for day in self.days)

    def skipped(self) -> list[Run]:
        """In the order of the days; those that only passed while the clock stood still are not
        among them."""
        off = [day for day in self.days if day.why and day.mark is not Mark.COUNTED]
        runs: list[list[Day]] = []
        for day in off:
            if runs and runs[-1][-1].why == day.why and day.day - runs[-1][-1].day == DAY:
                runs[-1].append(day)
            else:
                runs.append([day])
        return [Run(run[0].day, run[-1].day, len(run), run[0].why) for run in runs]

    def as_json(self) -> dict[str, Any]:
        """All that is needed to reckon it again; instants with their offset, `due_at` in UTC."""
        told: dict[str, Any] = {
            "due_at": self.due_at.astimezone(UTC).isoformat(),
            "due": iso_in(self.due_at, self.zone),
            "zone": self.zone,
            "method": self.method,
            "unit": str(self.unit) if self.unit else None,
            "amount": self.amount if self.unit else None,
            "since": iso_in(self.since, self.zone),
            "calendar": self.calendar or None,
            "days": [_day_as_json(day, self.unit) for day in self.days],
            "skipped": [_run_as_json(run) for run in self.skipped()],
            "pauses": [self._pause_as_json(pause) for pause in self.pauses],
            "arguable": [{"day": day.isoformat(), "why": why} for day, why in self.arguable],
            "days_of_the_year": list(self.fixed),
        }
        held = self._pause_as_json(self.held) if self.held else None
        return told | {"stands_still": self.stands_still, "left": self.left, "held": held}

    def _pause_as_json(self, pause: Pause) -> dict[str, Any]:
        end = iso_in(pause.end, self.zone) if pause.end else None
        return {"from": iso_in(pause.start, self.zone), "until": end, "why": pause.why}


def iso_in(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat()


def _day_as_json(day: Day, unit: Unit | None) -> dict[str, Any]:
    told: dict[str, Any] = {"day": day.day.isoformat(), "mark": str(day.mark)}
    if day.mark is Mark.COUNTED:
        told["number"] = day.number
    if unit is Unit.HOURS:
        told["seconds"] = day.seconds
    return told | {"why": day.why} if day.why else told


def _run_as_json(run: Run) -> dict[str, Any]:
    ends = {"from": run.first.isoformat(), "to": run.last.isoformat()}
    return {**ends, "days": run.days, "why": run.why}


def reckoning_of(
    stored: Mapping[str, Any],
    *,
    due_at: datetime,
    armed_at: datetime,
    zone: str,
    left: int | None = None,
) -> Reckoning:
    """`stored`: a deadline's explanation, of any age; `zone` and `armed_at` where it has none.

    `left`: what remained when the clock was stopped, where it stands still.
    """
    zone = stored.get("zone") or zone
    since = datetime.fromisoformat(stored["anchor"]) if "anchor" in stored else armed_at
    unit = Unit(stored["unit"]) if "unit" in stored else None
    known = pauses_in(stored)
    pauses = tuple(pause for pause in known if pause.end or left is not None)
    until = pauses[-1].start if left is not None and pauses else due_at
    days = _days(stored, since, until, unit, pauses, zone) if unit else ()
    return Reckoning(
        zone=zone,
        since=since,
        due_at=due_at,
        unit=unit,
        amount=stored.get("amount", 0),
        days=tuple(days),
        pauses=pauses,
        fixed=tuple(stored.get("fixed", ())),
        left=left,
        held=next((pause for pause in known if pause not in pauses), None),
        calendar=stored.get("calendar", ""),
        arguable=tuple(_dated(stored.get("arguable", ()))),
        sentence=stored.get("sentence", ""),
    )


def _dated(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[date, str]]:
    for row in rows:
        yield date.fromisoformat(row["day"]), row["why"]


def _days(
    stored: Mapping[str, Any],
    since: datetime,
    until: datetime,
    unit: Unit,
    pauses: Sequence[Pause],
    zone: str,
) -> Iterator[Day]:
    if unit is Unit.HOURS:
        return _by_hours(since, until, pauses, zone)
    closed = dict(_dated(stored.get("skipped", ())))
    still = [
        (local_day(pause.start, zone), local_day(pause.end, zone)) for pause in pauses if pause.end
    ]
    first, last = local_day(since, zone), local_day(until, zone)
    went_on = max([first, *[start for _, start in still]])
    # Late before it was stopped: the date lies before the day on which the clock went on.
    days = _by_days(first, max(last, went_on), unit, closed, still)
    return _used_up(list(days), went_on, stored["amount"], still)


def _used_up(
    days: list[Day], went_on: date, amount: int, still: Sequence[tuple[date, date]]
) -> Iterator[Day]:
    used = sum(day.mark is Mark.COUNTED for day in days if day.day <= went_on)
    for day in days:
        over = day.day > went_on and day.mark is Mark.COUNTED and used >= amount
        yield Day(day.day, Mark.NEXT) if over and (still or not amount) else day


def _by_days(
    first: date,
    last: date,
    unit: Unit,
    closed: Mapping[date, str],
    still: Sequence[tuple[date, date]],
) -> Iterator[Day]:
    number = 0
    if first in closed:
        # Due on the day itself, which is closed: so it is the next one.
        yield Day(first, Mark.CLOSED, why=closed[first])
    for ordinal in range(first.toordinal() + 1, last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if any(stop < day <= start for stop, start in still):
            yield Day(day, Mark.PAUSED, why=closed.get(day, ""))
        elif day in closed:
            yield Day(day, Mark.CLOSED, why=closed[day])
        elif unit is Unit.BUSINESS_DAYS and day.weekday() >= 5:
            yield Day(day, Mark.WEEKEND, why="weekend")
        else:
            number += 1
            yield Day(day, Mark.COUNTED, number)


def _by_hours(
    since: datetime, until: datetime, pauses: Sequence[Pause], zone: str
) -> Iterator[Day]:
    """Each day with the time that really passed in it: 23 or 25 hours when the clocks change."""
    starts = [since, *[pause.end for pause in pauses if pause.end]]
    stops = [*[pause.start for pause in pauses], until][: len(starts)]
    day, last = local_day(since, zone), max(local_day(until, zone), local_day(starts[-1], zone))
    number = 0
    while day <= last:
        opens, shuts = _midnight(day, zone), _midnight(day + DAY, zone)
        spells = zip(starts, stops, strict=True)
        ran = sum(_overlap(opens, shuts, start, stop) for start, stop in spells)
        number += bool(ran)
        yield Day(day, Mark.COUNTED if ran else Mark.PAUSED, number if ran else 0, seconds=ran)
        day += DAY


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _overlap(opens: datetime, shuts: datetime, start: datetime, stop: datetime) -> int:
    """In whole seconds of the clock on the wall: together they are what it showed."""
    start, stop = (one.astimezone(UTC).replace(microsecond=0) for one in (start, stop))
    first, last = max(opens, start), min(shuts, stop)
    return max(0, int((last - first).total_seconds()))


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the picture; `day` is None before the first and after the last."""

    day: date
    known: Day | None
    starts: bool = False
    due: bool = False


def weeks_of(reckoning: Reckoning) -> list[list[Cell]]:
    """From the anchor's week to that of the last day, Monday to Sunday."""
    known = {day.day: day for day in reckoning.days}
    days = [reckoning.first_day, *known, *([] if reckoning.stands_still else [reckoning.due_day])]
    first, last = min(days), max(days)
    monday = first - timedelta(days=first.weekday())
    cells = []
    while monday <= last:
        week = [monday + timedelta(days=n) for n in range(7)]
        cells.append([_cell(day, known.get(day), reckoning) for day in week])
        monday += timedelta(days=7)
    return cells


def _cell(day: date, known: Day | None, reckoning: Reckoning) -> Cell:
    due = day == reckoning.due_day and not reckoning.stands_still
    return Cell(day, known, day == reckoning.first_day, due)


@dataclass(frozen=True, slots=True)
class Month:
    """A line of the sum of a long count: its days that counted, and how many there are so far."""

    first: date
    counted: int
    sum: int


def months_of(reckoning: Reckoning) -> list[Month]:
    counted = [day.day.replace(day=1) for day in reckoning.days if day.mark is Mark.COUNTED]
    months, total = [], 0
    for first in dict.fromkeys(counted):
        total += counted.count(first)
        months.append(Month(first, counted.count(first), total))
    return months
