"""The packs that are shipped, read once in each process, and dates reckoned by them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from vetting.policy.reading import Library, read_packs
from vetting.policy.rules.packs import Pack, Rule
from vetting.policy.rules.timing import Due, SchoolYear, due
from workflows.clock.queries import legal_calendar
from workflows.clock.rules import Calendar, local_day

SHIPPED = Path(__file__).with_name("packs")


class Faulty(ValueError):
    """Packs that cannot be used; one line for each fault, with its file and line."""


def library(folder: Path = SHIPPED) -> Library:
    """What the folder holds now."""
    return read_packs(folder.glob("*.yaml"))


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """Raises Faulty."""
    found = library()
    if found.faults:
        raise Faulty("\n".join(map(str, found.faults)))
    return found.packs


def calendar_for(rule: Rule, day: date, *, zone: str, state: str) -> Calendar:
    """The legal calendar of the rule's state; of the district's, for what no state has made."""
    return legal_calendar(rule.state or state, zone, day, rule.arguable)


def due_by_law(
    rule: Rule,
    anchors: Mapping[str, datetime],
    *,
    zone: str,
    state: str = "",
    school_year: SchoolYear | None = None,
) -> Due | None:
    """`zone` and `state` are the district's, where the rule has none. None: there is no date.

    Raises ValueError where a limit reaches further than the calendar.
    """
    zone = zone or rule.zone
    day = local_day(min(anchors.values()), zone)
    calendar = calendar_for(rule, day, zone=zone, state=state)
    return due(rule, anchors, calendar, school_year=school_year)


def local_iso(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat()
