"""Dates gathered by month, and a month as a picture of weeks."""

from calendar import SUNDAY, Calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")
SHOWN = 3
# Beside the first and the last month there are others to turn to.
YEARS = 2000, 2100


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    count: int

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}"

    @property
    def slug(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """One day of the picture: the first few of it, and how many more there are."""

    day: date
    inside: bool
    today: bool
    rows: tuple[T, ...]
    more: int


def first_of(day: date) -> date:
    return day.replace(day=1)


def months_of(days: Iterable[date]) -> list[Month]:
    counted = Counter(map(first_of, days))
    return [Month(first, counted[first]) for first in sorted(counted)]


def month_named(text: str) -> date | None:
    """ "2026-12"; None for anything else, and for years that no date of ours lies in."""
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
    return first if first and YEARS[0] <= first.year <= YEARS[1] else None


def picture(first: date, found: Iterable[tuple[date, T]], today: date) -> list[list[Cell[T]]]:
    """The weeks of a month, Sunday first; `found` stand on their days in their order."""
    on: dict[date, list[T]] = {}
    for day, one in found:
        on.setdefault(day, []).append(one)
    weeks = Calendar(SUNDAY).monthdatescalendar(first.year, first.month)
    return [[_cell(day, first, on.get(day, []), today) for day in week] for week in weeks]


def _cell(day: date, first: date, rows: Sequence[T], today: date) -> Cell[T]:
    inside = day.month == first.month
    told = tuple(rows[:SHOWN]) if inside else ()
    return Cell(day, inside, day == today, told, len(rows) - len(told) if inside else 0)
