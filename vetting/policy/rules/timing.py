"""When a rule's duty is due, on plain values, and why then: checkable on paper.

Hours are elapsed hours. Days exclude the day of the event and end at 23:59:59 where the law is;
calendar days never roll past a weekend, business days are those of the legal calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vetting.policy.rules.packs import ANCHORS, Rule, anchors_of
from workflows.clock import words
from workflows.clock.rules import Calendar, counted, due_on, fixed
from workflows.grammar import Unit

# What a fixed day is looked for after, where its rule names no event.
ASKED = "asked"
ARGUED = "counted: whether it is a legal holiday is arguable, so the earlier date stands"
_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()


@dataclass(frozen=True, slots=True)
class SchoolYear:
    start: date
    midpoint: date


@dataclass(frozen=True, slots=True)
class Last:
    """The last day of a duty of each year that people closed: the day it was, and when they did.

    What was done late was done for every day that had passed by then; whoever lets one day go
    lets that one go, and no later one.
    """

    since: datetime
    due_at: datetime
    at: datetime
    waived: bool = False

    @property
    def after(self) -> datetime:
        return self.due_at if self.waived else max(self.due_at, self.at)

    def told(self) -> dict[str, str]:
        return {"at": self.at.isoformat(), "how": "let go" if self.waived else "done"}


@dataclass(frozen=True, slots=True)
class Due:
    """The instant in UTC, what it was counted from, and the explanation as it is stored."""

    at: datetime
    anchor: str
    since: datetime
    explanation: dict[str, Any]


def due(
    rule: Rule,
    anchors: Mapping[str, datetime],
    calendar: Calendar,
    *,
    school_year: SchoolYear | None = None,
    last: Mapping[str, str] | None = None,
) -> Due | None:
    """None where the rule has no number, or nothing has happened yet that it counts from.

    `last`: of a duty of each year, when the one before was closed and how (`Last.told`).
    """
    known = {**anchors, **(school_days(school_year, calendar) if school_year else {})}
    event = first_of(anchors_of(rule), known)
    if event is None:
        return None
    since = known[event]
    if "each_year" in rule.terms:
        return _fixed(rule, event, since, calendar, last)
    span = rule.terms.get("limit") or rule.terms.get("relative")
    if span is None:
        return None
    return _counted(rule, event, since, span, calendar, last)


def undated(rule: Rule) -> dict[str, Any]:
    """The explanation where there is no date: the law's own words, and that they are no number."""
    if "promptly" in rule.terms:
        said = f"“{rule.terms['promptly']}”. It names no number, so there is no date"
    elif "standing" in rule.terms:
        said = "always, so there is no date"
    else:
        said = "It does not say by when, so there is no date"
    told = {"rule": rule.id, "citation": rule.citation, "pack": rule.pack, "version": rule.version}
    return told | {"due": None, "sentence": f"{rule.citation}: {said}."}


def first_of(names: Iterable[str], known: Mapping[str, datetime]) -> str | None:
    """Whichever came first of what has happened; of two at one instant, the one named first."""
    happened = [name for name in tuple(names) or (ASKED,) if name in known]
    return min(happened, key=lambda name: known[name], default=None)


def next_day(days: Iterable[str], after: date) -> date:
    """The next of the fixed days ("01-31"), strictly after a day."""
    years = (after.year, after.year + 1)
    dated = (date.fromisoformat(f"{year}-{day}") for year in years for day in days)
    return min(day for day in dated if day > after)


def school_days(school_year: SchoolYear, calendar: Calendar) -> dict[str, datetime]:
    return {
        "school_year_start": calendar.at(school_year.start, time()),
        "school_year_midpoint": calendar.at(school_year.midpoint, time()),
    }


def _counted(
    rule: Rule,
    event: str,
    since: datetime,
    span: Mapping[str, Any],
    calendar: Calendar,
    last: Mapping[str, str] | None,
) -> Due:
    unit, amount = Unit(span["unit"]), span["amount"]
    explanation = counted(since, amount, unit, calendar)
    at = datetime.fromisoformat(explanation["due"])
    argued = _argued(explanation["counted"], calendar) if unit is Unit.BUSINESS_DAYS else []
    span_words = explanation["sentence"] if amount else "On the day itself"
    told = f"{span_words}; due on {_instant(at, calendar, unit)}"
    if unit is Unit.HOURS and _offset(since, calendar) != _offset(at, calendar):
        told += "; the clocks changed in between, and hours are those that really pass"
    told += "".join(f"; {_day(row['day'])} ({row['why']}) {ARGUED}" for row in argued)
    explanation |= {"arguable": argued}
    if "extension" in rule.terms:
        explanation |= {"extension": _extension(rule.terms["extension"], at, calendar)}
        told += f"; {_more(explanation['extension'], calendar)}"
    told += _after_last(last, calendar)
    explanation |= {"last": last} if last else {}
    return _due(rule, event, since, calendar, explanation | {"sentence": told})


def _after_last(last: Mapping[str, str] | None, calendar: Calendar) -> str:
    if not last:
        return ""
    day = calendar.local_day(datetime.fromisoformat(last["at"]))
    return f"; the last was {last['how']} on {words.day_words(day)}"


def _extension(extension: Mapping[str, Any], at: datetime, calendar: Calendar) -> dict[str, Any]:
    """How much longer it may take, for what, and until when. The date itself never waits for it."""
    until = due_on(at, extension["amount"], Unit(extension["unit"]), calendar)
    return {**extension, "due": until.isoformat()}


def _more(extension: Mapping[str, Any], calendar: Calendar) -> str:
    unit = Unit(extension["unit"])
    until = _instant(datetime.fromisoformat(extension["due"]), calendar, unit)
    return (
        f"up to {words.counted(extension['amount'], unit)} more for {extension['why']}, to {until}"
    )


def _argued(days: Iterable[str], calendar: Calendar) -> list[dict[str, str]]:
    found = ((day, calendar.arguable.get(date.fromisoformat(day))) for day in days)
    return [{"day": day, "why": why} for day, why in found if why]


def _fixed(
    rule: Rule,
    event: str,
    since: datetime,
    calendar: Calendar,
    last: Mapping[str, str] | None,
) -> Due:
    fixed_days: list[str] = rule.terms["each_year"]
    at = calendar.at(next_day(fixed_days, calendar.local_day(since)))
    each = " and ".join(map(_each_year, fixed_days))
    after = words.day_words(calendar.local_day(since))
    told = f"{each} of each year; due on {_instant(at, calendar)}, the next of them after {after}"
    told += _after_last(last, calendar)
    explanation = fixed(since, at, calendar) | {"fixed": fixed_days, "sentence": told}
    explanation |= {"last": last} if last else {}
    return _due(rule, event, since, calendar, explanation)


def _due(
    rule: Rule, event: str, since: datetime, calendar: Calendar, explanation: Mapping[str, Any]
) -> Due:
    said = explanation["sentence"]
    # The fixed days after the first are looked for after the one before, not after the event.
    if event in ANCHORS and not {"fixed", "last"} <= explanation.keys():
        happened = ANCHORS[event]
        said = f"{happened[0].upper()}{happened[1:]} on {_instant(since, calendar, None)}. {said}"
    told = {
        "rule": rule.id,
        "citation": rule.citation,
        "pack": rule.pack,
        "version": rule.version,
        "event": event,
        **explanation,
        "sentence": f"{rule.citation}: {said}.",
    }
    return Due(datetime.fromisoformat(explanation["due"]), event, since, told)


def _instant(instant: datetime, calendar: Calendar, unit: Unit | None = Unit.CALENDAR_DAYS) -> str:
    """ "Thu, Mar 12, 2026 at 23:59:59 (America/New_York)"; to the minute where no day ends."""
    local = instant.astimezone(ZoneInfo(calendar.zone))
    exact = unit in {Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS} or local.second
    clock = f"{local:%H:%M:%S}" if exact else f"{local:%H:%M}"
    return f"{words.day_words(local.date())} at {clock} ({calendar.zone})"


def _offset(instant: datetime, calendar: Calendar) -> timedelta | None:
    return instant.astimezone(ZoneInfo(calendar.zone)).utcoffset()


def _day(text: str) -> str:
    return words.day_words(date.fromisoformat(text))


def _each_year(day: str) -> str:
    month, number = day.split("-")
    return f"{MONTHS[int(month) - 1]} {int(number)}"
