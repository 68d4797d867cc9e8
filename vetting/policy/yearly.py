"""The duties that come back each year: what follows the last, and what that is counted from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from vetting.policy import queries
from vetting.policy.rules import timing
from vetting.policy.rules.packs import Rule, anchors_of
from vetting.policy.rules.timing import Due, Last, SchoolYear
from workflows.clock.models import Deadline

SCHOOL_DAYS = frozenset({"school_year_start", "school_year_midpoint"})
# The next school year begins at least so long after the one before, however its days are moved.
APART = timedelta(days=120)


def last_of(closed: Sequence[Deadline]) -> dict[str, Last]:
    """By kind, the last of each duty of a year. `closed`: by people, the latest first."""
    last: dict[str, Last] = {}
    for row in reversed(closed):
        told, at = row.explanation, row.met_at or row.waived_at
        if at and comes_back(told):
            since = datetime.fromisoformat(told["anchor"])
            last[row.kind] = Last(since, row.due_at, at, waived=row.met_at is None)
    return last


def comes_back(told: Mapping[str, Any]) -> bool:
    """Whether a date's explanation is that of a duty of each year."""
    return "fixed" in told or told.get("event") in SCHOOL_DAYS


def next_of(
    rule: Rule, last: Last, years: Iterable[SchoolYear], *, zone: str, state: str
) -> Due | None:
    """The first after the last; where it counts from a school year, None until that is entered."""
    names = anchors_of(rule) or (timing.ASKED,)
    if "each_year" in rule.terms:
        since = {names[0]: last.after}
        return queries.due_by_law(rule, since, zone=zone, state=state, last=last.told())
    for year in years:
        days = _school_days(year, zone, state)
        due = queries.due_by_law(
            rule,
            {name: days[name] for name in names},
            zone=zone,
            state=state,
            school_year=year,
            last=last.told(),
        )
        if due and due.at > last.after and due.since - last.since > APART:
            return due
    return None


def counted_from(
    years: Iterable[SchoolYear], last: Mapping[str, Last], zone: str, state: str
) -> list[datetime]:
    """Whatever a duty of each year may count from once one was closed."""
    if not last:
        return []
    days = [at for year in years for at in _school_days(year, zone, state).values()]
    return [*days, *(one.after for one in last.values())]


def _school_days(year: SchoolYear, zone: str, state: str) -> dict[str, datetime]:
    return timing.school_days(year, queries.legal_calendar(state, zone, year.start, ()))
