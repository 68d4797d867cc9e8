"""The packs that are shipped, read once in each process, and dates reckoned by them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from vetting.people.models import District, School
from vetting.policy.models import Evaluated, RuleOverride
from vetting.policy.reading import Library, read_packs
from vetting.policy.rules.merging import Override
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


def packs_for(district: District) -> tuple[Pack, ...]:
    """What counts for this district today. A local pack counts only where it was adopted."""
    return tuple(pack for pack in shipped_packs() if pack.layer != "local")


def agency_facts(district: District) -> dict[str, Any]:
    """What the packs may ask about the district itself; what is not known is left out."""
    enrolled = School.objects.filter(district=district, closed=False).aggregate(Sum("students"))
    known = {
        "agency_state": district.state,
        "federal_funds": district.federal_funds,
        "e_rate": district.e_rate,
        "enrollment": enrolled["students__sum"],
    }
    return {name: value for name, value in known.items() if value is not None}


def last_evaluated(case_id: int) -> Evaluated | None:
    return Evaluated.objects.filter(case_id=case_id).order_by("-id").first()


def overrides_of(district: District) -> list[Override]:
    rows = RuleOverride.objects.filter(district=district, ended_at=None).order_by("rule", "field")
    return [Override(r.rule, r.field, r.value, r.reason, r.approver) for r in rows]
