"""What stands for one district today: its rules, what it reads otherwise, its school years."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from vetting.people.models import District
from vetting.policy import models, queries
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.merging import Overridden, demanded
from vetting.policy.rules.packs import Pack, Rule, rule_named
from vetting.policy.rules.timing import Due, SchoolYear
from workflows.actors import resolve_names

# Of anything else no text is searched.
NAME_OF_A_RULE = re.compile(r"[a-z0-9_.]+")


@dataclass(frozen=True, slots=True)
class Read:
    """A rule where it stands, or last stood. `since`: the day from which it is not in force.

    `dropped`: no pack that counts here has it any more; what was evaluated by it still names it.
    """

    rule: Rule
    pack: Pack
    since: date | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One field that the district reads otherwise: the row, who approved it, what it changes.

    `changed` is None where the rule, or the field, is in no pack any more.
    """

    row: models.RuleOverride
    approver: str
    rule: Rule | None
    changed: Overridden | None


def evaluated_here(district: District, *, on: date) -> tuple[Evaluation, tuple[Pack, ...]]:
    """What reaches the district as such: of no tool and no breach anything is said."""
    packs, facts = queries.packs_for(district), queries.agency_facts(district)
    return evaluate(facts, packs, on=on, overrides=queries.overrides_of(district)), packs


def rule_and_pack(packs: Iterable[Pack], name: str, on: date) -> tuple[Rule, Pack] | None:
    """The version that is in effect on the day; else its latest."""
    holding = [pack for pack in packs if any(rule.id == name for rule in pack.rules)]
    rule = rule_named(holding, name, on)
    return (rule, holding[0]) if rule else None


def rule_ever(district: District, name: str, on: date) -> Read | None:
    """As `rule_and_pack`; of a rule that was dropped, the newest text that counted here."""
    found = rule_and_pack(queries.packs_for(district), name, on)
    if found is None:
        return _dropped(district, name, on) if NAME_OF_A_RULE.fullmatch(name) else None
    rule, pack = found
    last = min(filter(None, (rule.effective_to, pack.effective_to)), default=on)
    return Read(rule, pack, last + timedelta(days=1) if last < on else None)


def _dropped(district: District, name: str, on: date) -> Read | None:
    holding = _texts_here(district).filter(withdrawn=False, text__contains=name)
    for row in holding.order_by("-pk").defer("text"):
        if found := rule_and_pack(queries.packs_at([row.digest]), name, on):
            later = models.PackVersion.objects.filter(
                district=row.district_id, slug=row.slug, pk__gt=row.pk
            )
            ended = later.order_by("pk").values_list("loaded_at", flat=True)[0]
            return Read(*found, district.tenant.day_of(ended), dropped=True)
    return None


def texts_of(slug: str, district: District) -> "QuerySet[models.PackVersion]":
    """Every text of a pack that counted here, the newest first."""
    return _texts_here(district).filter(slug=slug).order_by("-pk").defer("text")


def _texts_here(district: District) -> "QuerySet[models.PackVersion]":
    return models.PackVersion.objects.filter(Q(district=None) | Q(district=district))


def otherwise(
    packs: Iterable[Pack], district: District, *, on: date, rule: str = ""
) -> list[Otherwise]:
    """What the district reads otherwise now, in all rules or in one."""
    rows = list(queries.override_rows(district).filter(**({"rule": rule} if rule else {})))
    names = resolve_names({row.approver for row in rows}) if rows else {}
    known = tuple(packs)
    return [_otherwise(row, names[row.approver], rule_named(known, row.rule, on)) for row in rows]


def _otherwise(row: models.RuleOverride, approver: str, rule: Rule | None) -> Otherwise:
    if rule is None or row.field not in rule.terms:
        return Otherwise(row, approver, rule, None)
    (changed,) = demanded(rule, frozenset(), [queries.as_override(row)]).overridden
    return Otherwise(row, approver, rule, changed)


def school_years_of(district: District) -> list[models.SchoolYear]:
    return list(models.SchoolYear.objects.filter(district=district))


def school_year_of(years: Sequence[models.SchoolYear], day: date) -> SchoolYear | None:
    """The one that runs on the day; before the first has begun, the first that is known."""
    begun = [year for year in years if year.start <= day]
    running = begun[-1] if begun else next(iter(years), None)
    return SchoolYear(running.start, running.midpoint) if running else None


def zone_of(rule: Rule, district: District) -> str:
    return rule.zone or district.tenant.zone


def due_here(
    rule: Rule,
    anchors: Mapping[str, datetime],
    district: District,
    *,
    school_year: SchoolYear | None = None,
) -> Due | None:
    """None where there is no date, or where no calendar reaches."""
    if school_year:
        start = datetime.combine(school_year.start, time(), ZoneInfo(zone_of(rule, district)))
        anchors = {**anchors, "school_year_start": start}
    told: dict[str, Any] = {"zone": zone_of(rule, district), "state": district.state}
    try:
        return queries.due_by_law(rule, anchors, **told, school_year=school_year)
    except (ValueError, OverflowError):
        return None
