"""Which events of a school calendar are days without work, on plain values."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

A_DAY = timedelta(days=1)
LONGEST = 100
_CLOSED = (
    r"no (school|class(es)?|students?)|closed|closures?|"
    r"holidays?|break|vacation|recess|day off|snow day|staff (work ?)?days?|teacher (work ?)?days?|"
    r"work ?days?|in-?service|pd day|professional (development|learning)|non-?(student|school|"
    r"contact|instructional|attendance)( days?)?|thanksgiving|christmas|labor day|memorial day|"
    r"independence day|juneteenth|veterans day|presidents['\u2019]? day|new year['\u2019]?s( day)?"
)
CLOSED = re.compile(rf"\b({_CLOSED})\b", re.IGNORECASE)
# "Holiday concert", "Classes resume after winter break", "Early release before fall break".
_OPEN = (
    r"concerts?|part(y|ies)|sales?|market|parade|assembly|performance|registration|deadline|due|"
    r"camp|sign-?ups?|early (release|dismissal)|half[- ]day|delayed|late start|resumes?|returns?|"
    r"before|after|last day|first day|reopens?|captioning|breakfast|fundraiser|conferences?"
)
OPEN = re.compile(rf"\b({_OPEN})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """An event of whole days, the last one included."""

    name: str
    first: date
    last: date

    def days(self) -> list[date]:
        return [self.first + n * A_DAY for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Offered:
    """`new`: its days that are not closed yet, none where nothing would change; `likely`: ticked
    already."""

    span: Span
    new: tuple[date, ...]
    likely: bool


def is_closure(name: str) -> bool:
    return bool(CLOSED.search(name)) and not OPEN.search(name)


def offered(spans: Iterable[Span], off: Mapping[date, str], own: Collection[date]) -> list[Offered]:
    """`off`: the weekdays without work, whoever closed them; `own`: the days closed here."""
    return [_offered(span, off, own) for span in spans]


def _offered(span: Span, off: Mapping[date, str], own: Collection[date]) -> Offered:
    days = span.days()
    works = any(day.weekday() < 5 and day not in off for day in days)
    new = tuple(day for day in days if day not in own) if works else ()
    return Offered(span, new, bool(new) and is_closure(span.name))


def chosen_days(chosen: Iterable[Offered]) -> dict[date, str]:
    """Each day once, under the name that came first."""
    found: dict[date, str] = {}
    for one in chosen:
        for day in one.new:
            found.setdefault(day, one.span.name)
    return found


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, each once; days in a row under one name are one span, unless it grows too long."""
    rows: dict[str, list[Span]] = {}
    for span in sorted(set(spans), key=lambda one: (one.first, one.last, one.name)):
        mine = rows.setdefault(span.name, [])
        if mine and _follows(mine[-1], span):
            mine[-1] = Span(span.name, mine[-1].first, max(mine[-1].last, span.last))
        else:
            mine.append(span)
    found = [span for mine in rows.values() for span in mine]
    return sorted(found, key=lambda one: (one.first, one.last, one.name))


def _follows(before: Span, span: Span) -> bool:
    length = (max(before.last, span.last) - before.first).days + 1
    return span.first <= before.last + A_DAY and length <= LONGEST
