"""Open dates by law reckoned again: a pack, an override or a school year is another one now.

What stands is the duty; here only its date may move. Whether a case has other duties by a new text
is asked case by case, in the job of `following`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from vetting.people.models import District
from vetting.policy import queries
from vetting.policy.commands.following import follow_later
from vetting.policy.models import RuleOverride, SchoolYear
from vetting.policy.rules import timing
from vetting.policy.rules.merging import Override, demanded
from vetting.policy.rules.overriding import with_reading
from vetting.policy.rules.packs import Pack, Rule, anchors_of, rule_at
from workflows.actors import Actor, system
from workflows.cases import Tenant
from workflows.clock.plans import PACK, Reckoned, Row
from workflows.clock.replanning import Preview, Result, apply, preview
from workflows.clock.rules import local_day
from workflows.clock.worlds import Change, reckons
from workflows.grammar import Unit

LAYERS = ("vendor", "district", "contract")
# What an explanation keeps beside the law's own words: from which record its event is known.
KEPT = ("anchored", "missing")
YEARLY = frozenset({"school_year_start", "school_year_midpoint"})
# A school year whose days lie further away is another one.
APART = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Law:
    """What counts for one district: as the tables have it, or as a preview would.

    `read_otherwise`: every rule that the district has ever overridden, for its date may follow an
    override that has ended.
    """

    packs: Sequence[Pack]
    overrides: Sequence[Override] = ()
    years: Sequence[timing.SchoolYear] = ()
    read_otherwise: frozenset[str] = frozenset()


def law_of(district: District) -> Law:
    ever = RuleOverride.objects.filter(district=district).values_list("rule", flat=True)
    years = SchoolYear.objects.filter(district=district).order_by("start")
    return Law(
        queries.packs_for(district),
        queries.overrides_of(district),
        [timing.SchoolYear(one.start, one.midpoint) for one in years],
        frozenset(ever),
    )


def preview_law(
    district: District, law: Law | None = None, *, now: datetime | None = None
) -> Preview:
    """Which open dates would move if this were the law here; None: by what is stored."""
    return preview(district.tenant, Change(PACK, packs=law), now=now)


def recompute_by_packs(*districts: District, by: Actor | None = None) -> Counter[str]:
    """After a pack, an override or a school year has changed: of these districts, or of all. What a
    case owes by it, and what no longer, follows in a job.

    Counts dates looked at and moved. A date whose pack has the digest it was reckoned by is passed
    over at once, so this may be asked at any time.
    """
    counts: Counter[str] = Counter()
    for district in districts or District.objects.select_related("tenant").order_by("pk"):
        done: Result = apply(district.tenant, Change(PACK), by=by or system("packs"))
        counts.update(looked=done.looked, moved=done.moved)
        follow_later(district)
    return counts


@reckons(*LAYERS)
def reckoner_of(tenant: Tenant, change: Change) -> "Reckoner":
    district = District.objects.filter(tenant=tenant).select_related("tenant").first()
    law = change.packs or (law_of(district) if district else Law(()))
    return Reckoner(law, tenant.zone, district.state if district else "")


@dataclass(eq=False, slots=True)
class Reckoner:
    """Works a date out from its stored explanation: its rule, what that counts from, and when."""

    law: Law
    zone: str
    state: str
    digests: Mapping[str, str] = field(init=False)
    versions: Mapping[str, list[Rule]] = field(init=False)
    known: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    spoken: dict[tuple[str, date], Rule | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digests = {pack.slug: pack.digest for pack in self.law.packs}
        versions: dict[str, list[Rule]] = {}
        for rule in (rule for pack in self.law.packs for rule in pack.rules):
            versions.setdefault(rule.id, []).append(rule)
        self.versions = versions

    def stands(self, row: Row) -> bool:
        """The text of its pack, and the calendar, are those it was reckoned by."""
        key = (row.kind, row.digest, row.calendar)
        if key not in self.known:
            self.known[key] = self._stands(row)
        return self.known[key]

    def _stands(self, row: Row) -> bool:
        """A rule that is gone leaves its dates to people; one read otherwise is reckoned each
        time, and so is one that counts from a school year."""
        versions = self.versions.get(row.kind, [])
        if any(YEARLY & set(anchors_of(rule)) for rule in versions):
            return False
        loose = row.kind in self.law.read_otherwise
        return all(self._is_by(rule, row) for rule in versions) and not (versions and loose)

    def _is_by(self, rule: Rule, row: Row) -> bool:
        day = date(2026, 1, 1)
        calendar = queries.calendar_for(rule, day, zone=self._zone(rule), state=self.state)
        same = row.calendar in ("", calendar.version)
        return same and self.digests[rule.pack] == row.digest

    def reckon(self, row: Row, why: Mapping[str, Any]) -> Reckoned | None:
        since, event = datetime.fromisoformat(why["anchor"]), str(why["event"])
        rule = self._rule(row.kind, local_day(since, self.zone))
        if rule is None:
            return None
        zone = self._zone(rule)
        year = self._year(since, event)
        # A school year says itself when it starts; everything else stays when it happened.
        known = {timing.ASKED: since} if year else {event: since}
        due = queries.due_by_law(
            rule, known, zone=zone, state=self.state, school_year=year, last=why.get("last")
        )
        if due is None or due.anchor != event:
            return None
        told = {key: why[key] for key in KEPT if key in why}
        told |= {"digest": self.digests[rule.pack], "status": rule.status}
        day = local_day(due.since, zone)
        calendar = queries.calendar_for(rule, day, zone=zone, state=self.state)
        written = rule_at(self.versions.get(row.kind, ()), local_day(since, self.zone))
        changed = demanded(written, frozenset(), self.law.overrides).overridden if written else ()
        why = with_reading({**due.explanation, **told}, changed)
        return Reckoned(due.at, _unit(rule), calendar, why, PACK)

    def _rule(self, name: str, day: date) -> Rule | None:
        """The version in effect when it happened, with the terms that count here."""
        key = (name, day)
        if key not in self.spoken:
            rule = rule_at(self.versions.get(name, ()), day)
            if rule and name in self.law.read_otherwise:
                rule = replace(rule, terms=demanded(rule, frozenset(), self.law.overrides).terms)
            self.spoken[key] = rule
        return self.spoken[key]

    def _zone(self, rule: Rule) -> str:
        return rule.zone or self.zone

    def _year(self, since: datetime, event: str) -> timing.SchoolYear | None:
        """The one from which it was counted, by whatever days it has now."""
        day = local_day(since, self.zone)
        if event not in YEARLY:
            return None
        near = [one for one in self.law.years if abs(_counted_from(one, event) - day) < APART]
        return min(near, key=lambda one: abs(_counted_from(one, event) - day), default=None)


def _counted_from(year: timing.SchoolYear, event: str) -> date:
    return year.start if event == "school_year_start" else year.midpoint


def _unit(rule: Rule) -> Unit:
    span: Mapping[str, Any] = rule.terms.get("limit") or rule.terms.get("relative") or {}
    return Unit(span.get("unit", Unit.CALENDAR_DAYS))
