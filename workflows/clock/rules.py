"""Reckoning of dates on plain values: when something is due, and why then.

Service levels count business days of the district's calendar; statutes count calendar days. The day
of the event is excluded and a day ends at 23:59:59 where the district is. Hours are elapsed hours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from workflows.clock.words import away, day_words, sentence_of
from workflows.grammar import Rung, Unit

DAY_ENDS = time(23, 59, 59)
# Reminders arrive when people start to work, not at midnight.
MORNING = time(8)
TELLING = frozenset({"remind", "overdue", "escalate"})
# Who ends a date that the law no longer asks for; it may come back, unlike one somebody closed.
LAW_REF = "system:law"


def local_day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The days one district works, or a law counts: sorted ordinals; the weekdays off, and why.

    `arguable` are days that count although somebody may call them holidays. There is one object per
    district and version, so what was reckoned with it is remembered by it.
    """

    zone: str
    version: str
    workdays: tuple[int, ...]
    closed: Mapping[date, str]
    arguable: Mapping[date, str] = field(default_factory=dict)

    def local_day(self, instant: datetime) -> date:
        return local_day(instant, self.zone)

    def at(self, day: date, clock: time = DAY_ENDS) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)

    def shift(self, day: date, days: int) -> date:
        """The `days`-th business day after `day` (before, when negative); 0: `day` or the next."""
        if days > 0:
            index = bisect_right(self.workdays, day.toordinal()) + days - 1
        else:
            index = bisect_left(self.workdays, day.toordinal()) + days
        if not 0 <= index < len(self.workdays):
            raise ValueError(f"The calendar does not reach {days} business days from {day}.")
        return date.fromordinal(self.workdays[index])

    def count(self, after: date, until: date) -> int:
        """Business days in (after, until]; negative when `until` lies before `after`."""
        ends = bisect_right(self.workdays, until.toordinal())
        return ends - bisect_right(self.workdays, after.toordinal())


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still; `end` is None while it still does. `why` reads after a comma."""

    start: datetime
    end: datetime | None = None
    why: str = ""


def calendar(
    zone: str,
    version: str,
    *,
    first: date,
    last: date,
    closed: Mapping[date, str],
    arguable: Mapping[date, str] | None = None,
) -> Calendar:
    """Monday to Friday from `first` to `last`, without the days in `closed`."""
    weekdays = [n for n in range(first.toordinal(), last.toordinal() + 1) if n % 7 not in (0, 6)]
    off = {day: why for day, why in closed.items() if day.weekday() < 5}
    ordinals = {day.toordinal() for day in off}
    workdays = tuple(n for n in weekdays if n not in ordinals)
    return Calendar(zone, version, workdays, off, arguable or {})


def due_on(
    start: datetime, amount: int, unit: Unit, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """The instant by which it must be done, reckoned from the last time the clock was started."""
    if not pauses and unit is not Unit.HOURS:
        return _due_from(calendar.local_day(start), amount, unit, calendar)
    left = left_of(start, amount, unit, calendar, pauses)
    resumed = [pause.end for pause in pauses if pause.end]
    return _after(resumed[-1] if resumed else start, left, unit, calendar)


@lru_cache(maxsize=1024)
def _due_from(day: date, amount: int, unit: Unit, calendar: Calendar) -> datetime:
    return calendar.at(_shifted(day, amount, unit, calendar))


def left_of(
    start: datetime, amount: int, unit: Unit, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> int:
    """Days (seconds where the unit is hours) that the closed spells have left of the amount.

    Negative when it was late before it was paused: a pause forgives nothing.
    """
    starts = [start, *[pause.end for pause in pauses if pause.end]]
    used = sum(
        _spell(begin, pause.start, unit, calendar)
        for begin, pause in zip(starts, pauses, strict=False)
    )
    return (amount * 3600 if unit is Unit.HOURS else amount) - used


def _spell(start: datetime, stop: datetime, unit: Unit, calendar: Calendar) -> int:
    if unit is Unit.HOURS:
        # Two instants of one zone would be told apart by its clock, which jumps twice a year.
        return int((stop.astimezone(UTC) - start.astimezone(UTC)).total_seconds())
    first, last = calendar.local_day(start), calendar.local_day(stop)
    return calendar.count(first, last) if unit is Unit.BUSINESS_DAYS else (last - first).days


def _after(start: datetime, left: int, unit: Unit, calendar: Calendar) -> datetime:
    if unit is Unit.HOURS:
        return (start.astimezone(UTC)) + timedelta(seconds=left)
    return calendar.at(_shifted(calendar.local_day(start), left, unit, calendar))


def _shifted(day: date, days: int, unit: Unit, calendar: Calendar) -> date:
    return calendar.shift(day, days) if unit is Unit.BUSINESS_DAYS else day + timedelta(days=days)


def ladder_of(
    rungs: Iterable[Rung], due_at: datetime, unit: Unit, calendar: Calendar, *, after: datetime
) -> list[dict[str, Any]]:
    """The whole schedule, soonest first: [{"at", "act", "to", "offset"}].

    Reminders at or before `after` are dropped: nobody is reminded of what has just begun. A system
    move is kept however late it is, because the case would otherwise wait for ever.
    """
    return [
        {"at": at.isoformat(), "act": rung.act, "to": rung.to, "offset": rung.offset}
        for at, rung in dated(tuple(rungs), due_at, unit, calendar)
        if at > after or rung.act not in TELLING
    ]


def rungs_left(
    rungs: Iterable[Rung],
    fired: Sequence[Mapping[str, Any]],
    due_at: datetime,
    unit: Unit,
    calendar: Calendar,
    *,
    by_law: bool,
) -> tuple[Rung, ...]:
    """What a date that was reckoned again has left of its rungs; those that fired are a prefix.

    A law's date: a rung has fired if it did for this very date. Once that moves, what lies ahead is
    told again: who heard of another day cannot know the one that counts.
    A service level's: what fired stays fired. A closure or a level moves hundreds of dates by a
    day, and the same reminder twice teaches people to read none.
    """
    rungs = tuple(rungs)
    if not by_law:
        gone = {(step["offset"], step["act"], step["to"]) for step in fired}
        return tuple(rung for rung in rungs if (rung.offset, rung.act, rung.to) not in gone)
    told = {(step["at"], step["offset"], step["act"], step["to"]) for step in fired}
    return tuple(
        rung
        for at, rung in dated(rungs, due_at, unit, calendar)
        if (at.isoformat(), rung.offset, rung.act, rung.to) not in told
    )


@lru_cache(maxsize=1024)
def dated(
    rungs: tuple[Rung, ...], due_at: datetime, unit: Unit, calendar: Calendar
) -> list[tuple[datetime, Rung]]:
    """When each rung is due, soonest first."""
    found = [(_rung_at(rung.offset, due_at, unit, calendar), rung) for rung in rungs]
    return sorted(found, key=lambda pair: pair[0])


def ladder_unit(unit: Unit) -> Unit:
    """In which a law's ladder is counted, as the settings say: calendar days, or hours."""
    return Unit.HOURS if unit is Unit.HOURS else Unit.CALENDAR_DAYS


def _rung_at(offset: int, due_at: datetime, unit: Unit, calendar: Calendar) -> datetime:
    if unit is Unit.HOURS:
        return due_at.astimezone(UTC) + timedelta(hours=offset)
    if offset == 0:
        return due_at.astimezone(UTC)
    return calendar.at(_shifted(calendar.local_day(due_at), offset, unit, calendar), MORNING)


@dataclass(frozen=True, slots=True)
class Firing:
    """What one sweep does to one deadline; `sends` are rungs with the rungs each stands for."""

    rung: int
    next_at: datetime | None
    sends: list[tuple[int, list[int]]]


def firing_of(ladder: Sequence[Mapping[str, Any]], rung: int, now: datetime) -> Firing:
    """Every rung due at `now`. After a missed night each audience is told once, the latest news.

    System moves are never skipped.
    """
    ahead = rung
    while ahead < len(ladder) and datetime.fromisoformat(ladder[ahead]["at"]) <= now:
        ahead += 1
    due = range(rung, ahead)
    latest = {ladder[i]["to"]: i for i in due if ladder[i]["act"] in TELLING}
    missed: dict[int, list[int]] = {i: [] for i in due}
    for i in due:
        if ladder[i]["act"] in TELLING and latest[ladder[i]["to"]] != i:
            missed[latest[ladder[i]["to"]]].append(i)
            del missed[i]
    return Firing(ahead, next_of(ladder, ahead), sorted(missed.items()))


def next_of(ladder: Sequence[Mapping[str, Any]], rung: int) -> datetime | None:
    return datetime.fromisoformat(ladder[rung]["at"]) if rung < len(ladder) else None


def counted(
    start: datetime, amount: int, unit: Unit, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> dict[str, Any]:
    """The explanation of a date, ready to be stored: what was counted, what was not, and why."""
    anchor = start.astimezone(UTC).isoformat()
    if pauses or unit is Unit.HOURS:
        return _counted(start, amount, unit, calendar, pauses) | {"anchor": anchor}
    # Days count from midnight to midnight, so all that began on one day is due on one day.
    same = _counted_from(calendar.local_day(start), amount, unit, calendar)
    return {"anchor": anchor, **{key: copy(value) for key, value in same.items()}}


@lru_cache(maxsize=1024)
def _counted_from(day: date, amount: int, unit: Unit, calendar: Calendar) -> dict[str, Any]:
    same = _counted(calendar.at(day), amount, unit, calendar, ())
    del same["anchor"]
    return same


def _counted(
    start: datetime, amount: int, unit: Unit, calendar: Calendar, pauses: Sequence[Pause]
) -> dict[str, Any]:
    due_at = due_on(start, amount, unit, calendar, pauses)
    days, skipped = (
        ([], []) if unit is Unit.HOURS else _tally(start, due_at, amount, unit, calendar, pauses)
    )
    explanation = {
        "anchor": start.astimezone(UTC).isoformat(),
        "unit": str(unit),
        "amount": amount,
        "due": due_at.isoformat(),
        "counted": [day.isoformat() for day in days],
        "skipped": [{"day": day.isoformat(), "why": why} for day, why in skipped],
        "pauses": [_stored(pause) for pause in pauses],
        "zone": calendar.zone,
        "calendar": calendar.version,
    }
    return explanation | {"sentence": sentence_of(explanation)}


def fixed(start: datetime, due_at: datetime, calendar: Calendar, *, by: str = "") -> dict[str, Any]:
    """The explanation of a date that was set, not counted; `by`: what sets it."""
    day = calendar.local_day(due_at)
    return {
        "anchor": start.astimezone(UTC).isoformat(),
        "due": due_at.astimezone(UTC).isoformat(),
        "zone": calendar.zone,
        "sentence": f"set for {day_words(day)}" + (f" by {by}" if by else ""),
    }


def _stored(pause: Pause) -> dict[str, str | None]:
    end = pause.end.astimezone(UTC).isoformat() if pause.end else None
    stored = {"from": pause.start.astimezone(UTC).isoformat(), "until": end}
    return stored | {"why": pause.why} if pause.why else stored


def pauses_in(explanation: Mapping[str, Any]) -> list[Pause]:
    return [
        Pause(
            datetime.fromisoformat(row["from"]),
            datetime.fromisoformat(row["until"]) if row["until"] else None,
            row.get("why", ""),
        )
        for row in explanation.get("pauses", [])
    ]


def _tally(
    start: datetime,
    due_at: datetime,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause],
) -> tuple[list[date], list[tuple[date, str]]]:
    """The days that counted and the weekdays that did not, while the clock ran."""
    starts = [start, *[pause.end for pause in pauses if pause.end]]
    stops = [*[pause.start for pause in pauses], due_at][: len(starts)]
    spells = [
        (calendar.local_day(a), calendar.local_day(b)) for a, b in zip(starts, stops, strict=True)
    ]
    ran = [
        date.fromordinal(n) for a, b in spells for n in range(a.toordinal() + 1, b.toordinal() + 1)
    ]
    if unit is Unit.CALENDAR_DAYS:
        return ran, []
    off = {*ran, *_gone_over(start, due_at, amount, calendar, pauses)}
    skipped = [(day, calendar.closed[day]) for day in sorted(off) if day in calendar.closed]
    return [day for day in ran if calendar.count(day - timedelta(days=1), day)], skipped


def _gone_over(
    start: datetime, due_at: datetime, amount: int, calendar: Calendar, pauses: Sequence[Pause]
) -> Iterable[date]:
    """Nothing was left when the clock was started: the days between that day and the date, which
    is the next business day, or an earlier one where it was late before it was paused."""
    if (amount and not pauses) or any(pause.end is None for pause in pauses):
        return []
    if left_of(start, amount, Unit.BUSINESS_DAYS, calendar, pauses) > 0:
        return []
    started = (pauses[-1].end if pauses else None) or start
    first, last = sorted((calendar.local_day(started), calendar.local_day(due_at)))
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def away_words(due_at: datetime, unit: Unit, calendar: Calendar, now: datetime) -> str:
    """How far away a date is, in its own unit: "in 9 business days", "today", "2 hours late"."""
    if unit is Unit.HOURS:
        hours = int(abs((due_at - now).total_seconds()) // 3600)
        return away(hours if due_at > now else -hours, unit) if hours else "within the hour"
    today, day = calendar.local_day(now), calendar.local_day(due_at)
    days = calendar.count(today, day) if unit is Unit.BUSINESS_DAYS else (day - today).days
    if days == 0 and day != today:
        # Nothing but days off lies between: it is another day all the same.
        days, unit = (day - today).days, Unit.CALENDAR_DAYS
    if days == 0:
        return "late" if due_at < now else "today"
    return away(days, unit)


@dataclass(frozen=True, slots=True)
class Dated:
    """How a date that a law or a contract sets should stand, reckoned by whoever knows the law.

    `held`: why its clock stands still, in words; "" while it runs. `calendar` is the law's own, in
    which the ladder's offsets are counted, in `unit`. `also`: the other kinds under which the same
    duty may have been done; `begun`: since when there is that duty, where its date counts from
    something later.
    """

    kind: str
    layer: str
    due_at: datetime
    unit: Unit
    calendar: Calendar
    basis: str
    ladder: tuple[Rung, ...] = ()
    explanation: Mapping[str, Any] = field(default_factory=dict)
    held: str = ""
    also: tuple[str, ...] = ()
    begun: datetime | None = None


def explained(dated: Dated, since: datetime | None) -> dict[str, Any]:
    """The reckoning as it is stored; a clock that stands still says since when, and why."""
    if not dated.held or since is None:
        return dict(dated.explanation)
    still = {"from": since.astimezone(UTC).isoformat(), "until": None, "why": dated.held}
    return {**dated.explanation, "pauses": [still]}
