"""A case's dates by law: what happened, what counts from that, and what would have to move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol, cast

from vetting.people.models import District
from vetting.policy import queries, yearly
from vetting.policy.models import Anchor, SchoolYear
from vetting.policy.rules import timing
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.facts import is_of_the_district
from vetting.policy.rules.holding import ASKED, LIFTED, Spell, spells
from vetting.policy.rules.merging import Demand, Override, demanded
from vetting.policy.rules.overriding import with_reading
from vetting.policy.rules.packs import Pack, Rule, anchors_of
from vetting.policy.rules.planning import (
    Step,
    is_of_a_case,
    is_yearly,
    layer_of,
    steps,
    unit_of,
)
from workflows.clock.ladders import Levels
from workflows.clock.models import Deadline
from workflows.clock.queries import levels_of, open_deadlines
from workflows.clock.rules import LAW_REF, Dated, local_day
from workflows.stateful import Stateful

HELD = "law enforcement asked to wait"
EXECUTED, ENDED = "agreement_executed", "contract_ended"


class OfADistrict(Protocol):
    district: District


def district_of(subject: Stateful) -> District:
    return cast(OfADistrict, subject).district


def recorded(case_id: int) -> list[Anchor]:
    """Everything that was ever recorded of a case, the newest first."""
    return list(Anchor.objects.filter(case_id=case_id).order_by("-id"))


def happened(case_id: int) -> dict[str, Anchor]:
    """What counts: of each event the newest row, unless that took it back."""
    newest = {row.event: row for row in reversed(recorded(case_id))}
    return {event: row for event, row in newest.items() if row.at is not None}


def holds_of(case_id: int) -> tuple[Spell, ...]:
    return spells((row.event, row.at) for row in reversed(recorded(case_id)))


def known_since(case_id: int) -> dict[str, datetime]:
    """When each event was first recorded after it was last taken back: a correction is no news."""
    known: dict[str, datetime] = {}
    for row in reversed(recorded(case_id)):
        if row.at is None:
            known.pop(row.event, None)
        else:
            known.setdefault(row.event, row.recorded_at)
    return known


def instants(anchors: Mapping[str, Anchor]) -> dict[str, datetime]:
    return {event: row.at for event, row in anchors.items() if row.at is not None}


@dataclass(frozen=True, slots=True)
class Law:
    """What counts for one district at one moment; `facts` are those of a case, its own among."""

    district: District
    machine: str
    levels: Levels
    facts: Mapping[str, Any]
    now: datetime
    packs: tuple[Pack, ...]
    overrides: list[Override]
    years: list[timing.SchoolYear] = field(default_factory=list)
    holds: tuple[Spell, ...] = ()
    known_since: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        return self.district.tenant.zone

    @property
    def state(self) -> str:
        return self.district.state

    @property
    def lifted(self) -> datetime | None:
        return self.holds[-1].lifted if self.holds else None

    def demands(self, on: date) -> tuple[Demand, ...]:
        return evaluate(self.facts, self.packs, on=on, overrides=self.overrides).demands

    def in_effect(self, on: date) -> dict[str, Rule]:
        rules = (rule for pack in self.packs for rule in pack.rules)
        return {rule.id: rule for rule in rules if rule.in_effect(on)}

    def counted(self, demand: Demand) -> Rule:
        """The rule with the terms that count here."""
        return replace(demand.rule, terms=demand.terms) if demand.overridden else demand.rule


def law_for(subject: Stateful, facts: Mapping[str, Any], now: datetime) -> Law:
    """`facts`: what was told of the case; they were checked then. Where they know of no hold, what
    was recorded of one counts for nothing."""
    district = district_of(subject)
    years = SchoolYear.objects.filter(district=district).order_by("start")
    return Law(
        district=district,
        machine=subject.lifecycle.name,
        levels=levels_of(subject.case.tenant),
        facts={**facts, **queries.agency_facts(district)},
        now=now,
        packs=queries.packs_for(district),
        overrides=queries.overrides_of(district),
        years=[timing.SchoolYear(one.start, one.midpoint) for one in years],
        holds=holds_of(subject.pk) if facts.get("on_hold") is True else (),
    )


def dates_by_law(
    law: Law,
    anchors: Mapping[str, datetime],
    rows: Mapping[str, Anchor] | None = None,
    last: Mapping[str, timing.Last] | None = None,
) -> dict[str, Dated]:
    """By kind, every date that these facts and events set. `rows`: where they were recorded.
    `last`: of the duties of each year, the ones that are over; the next follows.

    A duty is judged by the rules in effect on the day of what it counts from, so that a law which
    has ended since, or was not one yet, neither takes a date away nor makes one.
    """
    known, year = _with_years(law, _without_old_holds(law, anchors))
    today, closed = local_day(law.now, law.zone), last or {}
    counted_from = [*known.values(), *yearly.counted_from(law.years, closed, law.zone, law.state)]
    alone: dict[str, Dated] = {}
    instead: dict[str, Dated] = {}
    answered: set[str] = set()
    for day in sorted({min(local_day(at, law.zone), today) for at in counted_from}):
        for demand in law.demands(day):
            rule = law.counted(demand)
            due = _due(law, rule, known, year, closed) if is_of_a_case(rule) else None
            if due is None or not _is_asked(law, rule, due, known):
                continue
            if min(local_day(due.since, law.zone), today) != day:
                continue
            answered.add(rule.terms.get("hold", ""))
            if dated := _spoken(law, demand, due, rows or {}, day):
                (alone if dated.kind == rule.id else instead).setdefault(dated.kind, dated)
    # A rule that takes another's place applies by itself only where there is nothing to replace.
    return {kind: alone[kind] for kind in alone.keys() - answered} | instead


def _without_old_holds(law: Law, anchors: Mapping[str, datetime]) -> dict[str, datetime]:
    """Where no hold is known, none was asked for or lifted; a lift counts until the next one."""
    known = {event: at for event, at in anchors.items() if event != LIFTED}
    if not law.holds:
        known.pop(ASKED, None)
    return known | ({LIFTED: law.lifted} if law.lifted else {})


def _with_years(
    law: Law, anchors: Mapping[str, datetime]
) -> tuple[dict[str, datetime], timing.SchoolYear | None]:
    """A case's days of the year are the first ones after its agreement was executed."""
    known = dict(anchors)
    if EXECUTED not in known:
        return known, None
    known[timing.ASKED] = known[EXECUTED]
    day = local_day(known[EXECUTED], law.zone)
    year = next((one for one in law.years if one.start >= day), None)
    if year:
        calendar = queries.legal_calendar(law.district.state, law.zone, day, ())
        known |= timing.school_days(year, calendar)
    return known, year


def _is_asked(law: Law, rule: Rule, due: timing.Due, known: Mapping[str, datetime]) -> bool:
    """No duty of a later year outlives the contract that it is a date of, nor its law."""
    if not is_yearly(rule):
        return True
    day = local_day(due.at, law.zone)
    ended = known.get(ENDED)
    return rule.id in law.in_effect(day) and not (ended and local_day(ended, law.zone) < day)


def _due(
    law: Law,
    rule: Rule,
    known: Mapping[str, datetime],
    year: timing.SchoolYear | None,
    closed: Mapping[str, timing.Last],
) -> timing.Due | None:
    last = closed.get(rule.id) if is_yearly(rule) and timing.ASKED in known else None
    if last is None or known[timing.ASKED] > last.after:
        return _first(law, rule, known, year)
    zone = rule.zone or law.zone
    return yearly.next_of(rule, last, law.years, zone=zone, state=law.state)


def _first(
    law: Law, rule: Rule, known: Mapping[str, datetime], year: timing.SchoolYear | None
) -> timing.Due | None:
    names = anchors_of(rule) or (timing.ASKED,)
    mine = {name: known[name] for name in names if name in known}
    if not mine:
        return None
    zone = rule.zone or law.zone
    of_a_year = year if "relative" in rule.terms else None
    return queries.due_by_law(rule, mine, zone=zone, state=law.state, school_year=of_a_year)


@dataclass(frozen=True, slots=True)
class Duty:
    """Of one duty the rules that say when, and since when there is it."""

    kinds: tuple[str, ...] = ()
    begun: datetime | None = None


ALONE = Duty()


def _spoken(
    law: Law,
    demand: Demand,
    due: timing.Due,
    rows: Mapping[str, Anchor],
    day: date,
) -> Dated | None:
    """The date of the rule. While law enforcement asks to wait it stands still; and once that is
    over, the date of the rule that takes its place counts, where that one has a number. What was
    due before a hold was asked for stays due."""
    rule = law.counted(demand)
    if "hold" not in rule.terms:
        return _dated(law, demand, rule, due, rows)
    duty = Duty((rule.id, rule.terms["hold"]), _begun(law, due))
    for hold in law.holds:
        if due.at < hold.asked:
            break
        if hold.lifted is None:
            return _dated(law, demand, rule, due, rows, duty, held=HELD)
        demand = demanded(law.in_effect(day)[duty.kinds[1]], demand.missing, law.overrides)
        rule = law.counted(demand)
        later = _first(law, rule, {LIFTED: hold.lifted}, None)
        if later is None:
            return None
        due = later
    return _dated(law, demand, rule, due, rows, duty)


def _begun(law: Law, due: timing.Due) -> datetime:
    """Since when there is the duty: whoever did it had been told of the event, at whatever hour."""
    return min(due.since, law.known_since.get(due.anchor, due.since))


def _dated(
    law: Law,
    demand: Demand,
    rule: Rule,
    due: timing.Due,
    rows: Mapping[str, Anchor],
    duty: Duty = ALONE,
    held: str = "",
) -> Dated:
    zone, unit = rule.zone or law.zone, unit_of(rule)
    anchored = rows.get(due.anchor)
    told = {
        "digest": next((p.digest for p in law.packs if p.slug == rule.pack), ""),
        "anchored": anchored.pk if anchored and anchored.at == due.since else None,
        "status": rule.status,
        "missing": sorted(demand.missing),
    }
    day, found = local_day(due.since, zone), {**due.explanation, **told}
    return Dated(
        kind=rule.id,
        layer=layer_of(rule),
        due_at=due.at,
        unit=unit,
        calendar=queries.calendar_for(rule, day, zone=zone, state=law.district.state),
        basis=f"{rule.title}, {rule.citation}"[:200],
        ladder=law.levels.ladder(law.machine, unit),
        explanation=law.levels.stamped(with_reading(found, demand.overridden)),
        held=held,
        also=duty.kinds,
        begun=duty.begun or (None if is_yearly(rule) else _begun(law, due)),
    )


def plan_for(
    subject: Stateful,
    law: Law,
    anchors: Mapping[str, datetime],
    rows: Mapping[str, Anchor],
    standing: Iterable[Deadline],
) -> list[Step]:
    """What would have to become of the open dates by law of this case; nothing is written."""
    done = closed_by_people(subject.pk)
    if done:
        law = replace(law, known_since=known_since(subject.pk))
    wanted = dates_by_law(law, anchors, rows, yearly.last_of(over(subject.pk)))
    return list(steps(wanted, standing, done))


def preview(subject: Stateful, event: str, at: datetime | None, now: datetime) -> list[Step]:
    """What would become of the dates if this were recorded (None: taken back)."""
    rows = happened(subject.pk)
    rows.pop(event, None)
    anchors = instants(rows) | ({event: at} if at else {})
    law, standing = law_for(subject, facts_of(subject), now), open_deadlines(subject)
    if law.holds:
        told = [(row.event, row.at) for row in reversed(recorded(subject.pk))]
        law = replace(law, holds=spells([*told, (event, at)]))
    return plan_for(subject, law, anchors, rows, standing.exclude(layer=""))


def facts_of(subject: Stateful) -> dict[str, Any]:
    """What was last told of the case; nothing where it was never evaluated. What was known of the
    district then is not of the case: it may have changed, or be known no longer."""
    last = queries.last_evaluated(subject.pk)
    told = last.facts if last else {}
    return {name: fact for name, fact in told.items() if not is_of_the_district(name)}


def is_on_hold(subject: Stateful) -> bool:
    return facts_of(subject).get("on_hold") is True


def closed_by_people(case_id: int) -> dict[str, datetime]:
    """By kind of a law's date, when it was last done or let go; not what the law itself ended."""
    rows = Deadline.objects.filter(case_id=case_id).exclude(layer="")
    closed = rows.exclude(met_at=None, waived_at=None).exclude(waived_by=LAW_REF)
    moments: dict[str, datetime] = {}
    for kind, met, waived in closed.values_list("kind", "met_at", "waived_at"):
        if at := met or waived:
            moments[kind] = max(at, moments.get(kind, at))
    return moments


def over(case_id: int) -> list[Deadline]:
    """Dates by law that somebody met or let go, the latest first."""
    rows = Deadline.objects.filter(case_id=case_id).exclude(layer="").exclude(waived_by=LAW_REF)
    return list(rows.exclude(met_at=None, waived_at=None).order_by("-pk"))


def _counting(law: Law, events: Iterable[str]) -> set[str]:
    return {event for event in events if event != LIFTED or law.lifted}


def waiting_for(law: Law, anchors: Iterable[str]) -> list[Demand]:
    """Demands of the case that count from something which has not been recorded."""
    known = _counting(law, anchors)
    today = local_day(law.now, law.zone)
    return [
        demand
        for demand in law.demands(today)
        if "limit" in demand.terms and not known & set(anchors_of(law.counted(demand)))
    ]


def without_a_date(law: Law, anchors: Iterable[str]) -> list[Demand]:
    """Demands whose event has happened, and of which the law says no number."""
    known = _counting(law, anchors)
    today = local_day(law.now, law.zone)
    return [
        demand
        for demand in law.demands(today)
        if "promptly" in demand.terms and known & set(anchors_of(law.counted(demand)))
    ]
