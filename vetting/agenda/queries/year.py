"""The fixed duties of a district's next twelve months, by the packs that count for it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from vetting.agenda.rules.duties import (
    Dated,
    Duty,
    Undated,
    Year,
    counts_from_school_year,
    days_within,
    has_fixed_days,
    pace_of,
    to_whom,
)
from vetting.people.models import District
from vetting.policy import models
from vetting.policy.queries import agency_facts, due_by_law, overrides_of, packs_for
from vetting.policy.rules.classifying import NOT_VERIFIED
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import is_draft
from vetting.policy.rules.facts import FACTS
from vetting.policy.rules.merging import Demand
from vetting.policy.rules.packs import Rule
from vetting.policy.rules.timing import ASKED, Due, SchoolYear
from workflows.cases import Tenant
from workflows.clock.rules import DAY_ENDS, local_day

A_YEAR = timedelta(days=365)
# The day before the first one that is shown is found too: a date is told as the next after it.
BEFORE = timedelta(days=366)
JULY = 7
NOT_SET = "the school year {year} is not entered, so there is no day yet"


def year_of(district: District, today: date) -> Year:
    """From today on. Four queries, however many rules there are."""
    last = today + A_YEAR
    found = evaluate(
        agency_facts(district), packs_for(district), on=today, overrides=overrides_of(district)
    )
    years = _school_years(district, today - A_YEAR)
    dated: list[Dated] = []
    undated: list[Undated] = []
    unset: list[Undated] = []
    for demand in found.demands:
        rule, duty = _as_read(demand), _duty(demand)
        if has_fixed_days(rule.terms):
            dated += _each_year(rule, duty, district, today, last)
        elif counts_from_school_year(rule):
            days = list(_by_school_year(rule, duty, district, years, today, last))
            dated += days
            unset += [] if days else [Undated(duty, NOT_SET.format(year=_missing(years, today)))]
        elif pace := pace_of(rule):
            undated.append(Undated(duty, pace))
    dated.sort(key=lambda one: (one.at, one.duty.rule))
    return Year(today, last, tuple(dated), tuple(undated), tuple(unset))


def _as_read(demand: Demand) -> Rule:
    """The rule with what the district reads otherwise, where it does."""
    return replace(demand.rule, terms=demand.terms) if demand.overridden else demand.rule


def _duty(demand: Demand) -> Duty:
    rule = demand.rule
    return Duty(
        rule=rule.id,
        title=rule.title,
        citation=rule.citation,
        address=rule.source.address if rule.source else "",
        of=str(demand.terms.get("duty_of", "district")),
        to=to_whom(demand.terms),
        mark=NOT_VERIFIED if is_draft(rule) else "",
        open=tuple(FACTS[fact].words for fact in sorted(demand.missing) if fact in FACTS),
        note=rule.note,
    )


def _each_year(
    rule: Rule, duty: Duty, district: District, first: date, last: date
) -> Iterator[Dated]:
    tenant = district.tenant
    after = partial(_after, rule, district)
    since = _ends(first - BEFORE, tenant)
    for due in days_within(last, since, after, partial(local_day, zone=tenant.zone)):
        yield from _within(rule, duty, due, tenant, first, last)


def _after(rule: Rule, district: District, since: datetime) -> Due | None:
    return due_by_law(rule, {ASKED: since}, zone=district.tenant.zone, state=district.state)


def _by_school_year(
    rule: Rule,
    duty: Duty,
    district: District,
    years: Iterable[SchoolYear],
    first: date,
    last: date,
) -> Iterator[Dated]:
    tenant = district.tenant
    for year in years:
        due = due_by_law(
            rule,
            {ASKED: _ends(year.start, tenant)},
            zone=tenant.zone,
            state=district.state,
            school_year=year,
        )
        if due:
            yield from _within(rule, duty, due, tenant, first, last)


def _within(
    rule: Rule, duty: Duty, due: Due, tenant: Tenant, first: date, last: date
) -> Iterator[Dated]:
    day = local_day(due.at, tenant.zone)
    if first <= day <= last and rule.in_effect(day):
        sentence = due.explanation["sentence"]
        yield Dated(duty, day, due.at, sentence, rule.last_verified)


def _ends(day: date, tenant: Tenant) -> datetime:
    return datetime.combine(day, DAY_ENDS, ZoneInfo(tenant.zone))


def _missing(years: Sequence[SchoolYear], today: date) -> str:
    """ "2027-28": the one after the last that is entered, or the one that runs now."""
    running = today.year if today.month >= JULY else today.year - 1
    first = max([running, *(year.start.year + 1 for year in years)])
    return f"{first}-{(first + 1) % 100:02}"


def _school_years(district: District, since: date) -> list[SchoolYear]:
    rows = models.SchoolYear.objects.filter(district=district, start__gte=since)
    return [SchoolYear(row.start, row.midpoint) for row in rows.order_by("start")]
