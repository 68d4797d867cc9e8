"""Calendars and deadlines, read."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import holidays
from django.db.models import (
    DateTimeField,
    FilteredRelation,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)

from workflows import providers
from workflows.cases import Tenant
from workflows.clock import ladders, rules, words
from workflows.clock.ladders import AS_DELIVERED, Levels, level_of
from workflows.clock.models import Beat, Closure, Deadline
from workflows.grammar import Dwell, Lifecycle, Unit
from workflows.prefetching import is_read
from workflows.stateful import Stateful

OPEN = Q(met_at=None, waived_at=None)
# A row that the sweep cannot read is looked at again after this.
POSTPONED = timedelta(hours=1)
# A case that waits longer than this is reckoned again when its clock moves.
YEARS_BACK, YEARS_AHEAD = 3, 5


def calendar_of(tenant: Tenant, day: date) -> rules.Calendar:
    """The district's working days around `day`: its state's holidays and its own closures.

    `tenant` may have been read before somebody changed the days: then the newer ones are told,
    under their own version.
    """
    version = tenant.calendar_version
    while True:
        try:
            return _calendar(tenant.pk, tenant.zone, tenant.region, version, day.year)
        except _Turned as turned:
            version = turned.version


def calendar_with(
    tenant: Tenant, day: date, *, closes: Mapping[date, str], opens: Collection[date]
) -> rules.Calendar:
    """As `calendar_of` would be with these days closed, and those no closures any more."""
    first, last = reach_of(day.year)
    version = tenant.calendar_version
    own: dict[date, str] = {}
    while version:
        try:
            own = _closures(tenant.pk, version, first, last)
            break
        except _Turned as turned:
            version = turned.version
    closed = {one: name for one, name in (own | dict(closes)).items() if one not in opens}
    public = _public_holidays(tenant.region, first.year, last.year)
    return rules.calendar(tenant.zone, "preview", first=first, last=last, closed=public | closed)


def legal_calendar(state: str, zone: str, day: date, arguable: Iterable[str]) -> rules.Calendar:
    """What a statute counts around `day`: weekends and its state's holidays ("": the federal ones).

    A district's closures are never in it. A day that is a holiday only by arguable names (those
    given, and every one that is observed on another day than its own) counts: the earlier date.
    """
    return _legal(state, zone, day.year, frozenset(arguable))


@lru_cache(maxsize=256)
def _legal(state: str, zone: str, year: int, arguable: frozenset[str]) -> rules.Calendar:
    first, last = reach_of(year)
    closed: dict[date, str] = {}
    doubtful: dict[date, str] = {}
    for day, name in _public_holidays(state or None, first.year, last.year).items():
        certain = [one for one in name.split("; ") if not _is_arguable(one, arguable)]
        (closed if certain else doubtful)[day] = "; ".join(certain) or name
    version = f"legal {state or 'US'}, holidays {holidays.__version__}"
    return rules.calendar(zone, version, first=first, last=last, closed=closed, arguable=doubtful)


def _is_arguable(name: str, arguable: frozenset[str]) -> bool:
    return name in arguable or name.endswith("(observed)")


def reach_of(year: int) -> tuple[date, date]:
    """The first and the last day that a calendar read in this year knows."""
    return date(year - YEARS_BACK, 1, 1), date(year + YEARS_AHEAD, 12, 31)


class _Turned(Exception):
    """The days asked for under a version are those of another one; no cache keeps an exception."""

    def __init__(self, version: str) -> None:
        self.version = version


@lru_cache(maxsize=64)
def _calendar(tenant_id: int, zone: str, region: str, version: str, year: int) -> rules.Calendar:
    first, last = reach_of(year)
    own = _closures(tenant_id, version, first, last) if version else {}
    closed = _public_holidays(region, first.year, last.year) | own
    return rules.calendar(zone, version, first=first, last=last, closed=closed)


def _closures(tenant_id: int, version: str, first: date, last: date) -> dict[date, str]:
    """Version and days in one statement: two could be parted by a change. Raises _Turned."""
    near = FilteredRelation("closures", condition=Q(closures__day__range=(first, last)))
    rows = Tenant.objects.filter(pk=tenant_id).annotate(near=near)
    found = list(rows.values_list("calendar_version", "near__day", "near__name"))
    for now, _, _ in found[:1]:
        if now != version:
            raise _Turned(now)
    return {day: name for _, day, name in found if day}


def levels_of(tenant: Tenant) -> Levels:
    """The district's own service levels; a district without any costs no query.

    Under their version, as its calendar: also where `tenant` was read before somebody changed them.
    """
    version = tenant.levels_version
    while version:
        try:
            return _levels(tenant.pk, version)
        except _Turned as turned:
            version = turned.version
    return AS_DELIVERED


@lru_cache(maxsize=64)
def _levels(tenant_id: int, version: str) -> Levels:
    """Version and rows in one statement, as closures; the newest row of a step counts."""
    steps = [f"service_levels__{name}" for name in ("machine", "kind", "amount", "unit", "ladder")]
    rows = Tenant.objects.filter(pk=tenant_id).order_by("service_levels__id")
    newest = {}
    for now, machine, kind, *terms in rows.values_list("levels_version", *steps):
        if now != version:
            raise _Turned(now)
        newest[machine, kind] = terms
    own = {step: level_of(*terms) for step, terms in newest.items()}
    return Levels(version, {step: level for step, level in own.items() if level})


def audiences_of(lifecycle: Lifecycle) -> dict[str, str]:
    """Who can be told of such a case, with the words for them."""
    known = providers.audience_names(lifecycle) | {"holders"}
    return {name: words for name, words in ladders.AUDIENCES.items() if name in known}


def dwells_for(tenant: Tenant, lifecycle: Lifecycle) -> tuple[Dwell, ...]:
    """The service levels that count: the lifecycle's, or the district's own in their place."""
    return levels_of(tenant).dwells(lifecycle)


@lru_cache(maxsize=64)
def _public_holidays(region: str | None, first: int, last: int) -> dict[date, str]:
    return dict(holidays.country_holidays("US", subdiv=region, years=range(first, last + 1)))


def holiday_names(state: str, *, year: int) -> frozenset[str]:
    """Every legal holiday of a state, by the names that a legal calendar read in this year has."""
    first, last = reach_of(year)
    days = _public_holidays(state or None, first.year, last.year).values()
    return frozenset(name for names in days for name in names.split("; "))


def closures_from(tenant: Tenant, day: date) -> list[Closure]:
    """The district's own closed days from this day on."""
    return list(Closure.objects.filter(tenant=tenant, day__gte=day))


# With what a page reads a case's dates.
def dates_by(way: str = "") -> "Prefetch[Any]":
    """`way`: the relation that leads to the case's subject, with its underscores."""
    return Prefetch(f"{way}case__deadlines", Deadline.objects.filter(OPEN).order_by("due_at", "id"))


DATES = (dates_by(),)


def dates_of(subject: Stateful) -> list[Deadline]:
    """Open deadlines, the soonest first; they may have been read with the case."""
    known = is_read(subject.case, "deadlines")
    return list(subject.case.deadlines.all() if known else open_deadlines(subject))


def open_deadlines(subject: Stateful) -> QuerySet[Deadline]:
    return Deadline.objects.filter(OPEN, case_id=subject.pk).order_by("due_at", "id")


def bases_of(deadlines: Collection[int]) -> dict[int, str]:
    """What each of these dates is called where people read it."""
    return dict(Deadline.objects.filter(pk__in=deadlines).values_list("pk", "basis"))


def soonest_due(case: str) -> Subquery:
    """Beside rows whose field `case` is a case's number: its soonest running date."""
    due = Deadline.objects.filter(OPEN, case_id=OuterRef(case), paused_at=None)
    soonest = due.order_by().values("case").annotate(soonest=Min("due_at")).values("soonest")
    return Subquery(soonest, output_field=DateTimeField())


def away_in_words(deadline: Deadline, tenant: Tenant, now: datetime) -> str:
    """How far away it is, in its own unit: "in 9 business days", or that its clock stands still."""
    if deadline.paused_at:
        return "the clock stands still"
    unit = Unit(deadline.explanation.get("unit", Unit.CALENDAR_DAYS))
    return rules.away_words(deadline.due_at, unit, _counting(deadline, tenant, now), now)


def _counting(deadline: Deadline, tenant: Tenant, now: datetime) -> rules.Calendar:
    """The law's own calendar and zone for a date by law: our closures are no days off there."""
    told = deadline.explanation
    legal, _, state = told.get("calendar", "").partition(",")[0].partition(" ")
    if not deadline.layer or legal != "legal":
        return calendar_of(tenant, now.date())
    argued = {name for row in told.get("arguable", ()) for name in row["why"].split("; ")}
    return legal_calendar("" if state == "US" else state, told["zone"], now.date(), argued)


def business_days_since(since: datetime, tenant: Tenant, now: datetime) -> int:
    """How many of the district's working days have begun since then; 0 on the same day."""
    calendar = calendar_of(tenant, now.date())
    return calendar.count(calendar.local_day(since), calendar.local_day(now))


def waited_in_words(subject: Stateful, since: datetime, now: datetime) -> str:
    """How long a case has been where it is, in the unit of the service level of its state."""
    dwells = dwells_for(subject.case.tenant, subject.lifecycle)
    units = {dwell.unit for dwell in dwells if subject.state in dwell.runs_in}
    if units == {Unit.CALENDAR_DAYS}:
        days, unit = (now - since).days, Unit.CALENDAR_DAYS
    else:
        days, unit = business_days_since(since, subject.case.tenant, now), Unit.BUSINESS_DAYS
    return words.counted(days, unit) if days > 0 else f"under {words.counted(1, unit)}"


def still_in_words(deadline: Deadline) -> str:
    """What a page says of a clock that stands still, with the reason where one was given."""
    pauses = rules.pauses_in(deadline.explanation)
    why = pauses[-1].why if pauses else ""
    return f"{deadline.basis}: the clock stands still{f', {why}' if why else ''}."


def last_beat(name: str) -> datetime | None:
    """When drain, sweep or reconcile last finished."""
    return Beat.objects.filter(name=name).values_list("at", flat=True).first()
