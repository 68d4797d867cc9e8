"""The packs that count, read once in each process, and dates reckoned by them."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum

from vetting.people.models import District, School
from vetting.policy.models import Evaluated, PackVersion, RuleOverride
from vetting.policy.models import SchoolYear as SchoolYearRow
from vetting.policy.reading import Library, read_packs, read_stored, read_texts
from vetting.policy.rules.evaluation import REVISION
from vetting.policy.rules.merging import Override
from vetting.policy.rules.packs import Pack, Rule
from vetting.policy.rules.timing import Due, SchoolYear, due
from vetting.reference import Unfit
from workflows.clock.queries import legal_calendar
from workflows.clock.rules import Calendar, local_day

SHIPPED = Path(__file__).with_name("packs")


LOCAL = "local"
Texts = tuple[tuple[str, bytes], ...]  # a file's name, what stands in it
# By digest, once for each process: `evaluate` keeps what it made ready by the very objects.
_read: dict[str, Pack] = {}


class Faulty(Unfit):
    """Packs that cannot be used; one line for each fault, with its file and line."""


def library(folder: Path = SHIPPED) -> Library:
    """What the folder holds now."""
    return read_packs(folder.glob("*.yaml"))


def texts_in(folder: Path = SHIPPED) -> Texts:
    return tuple((file.name, file.read_bytes()) for file in sorted(folder.glob("*.yaml")))


@lru_cache(maxsize=2)
def sound(texts: Texts) -> tuple[Pack, ...]:
    """The packs of these texts, all of them. Raises Faulty."""
    found = read_texts(texts)
    if found.faults:
        raise Faulty("\n".join(map(str, found.faults)))
    return tuple(_read.setdefault(pack.digest, pack) for pack in found.packs)


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """Raises Faulty."""
    return sound(texts_in())


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
    last: Mapping[str, str] | None = None,
) -> Due | None:
    """`zone` and `state` are the district's, where the rule has none. None: there is no date.

    Raises ValueError where a limit reaches further than the calendar.
    """
    zone = zone or rule.zone
    day = local_day(min(anchors.values()), zone)
    calendar = calendar_for(rule, day, zone=zone, state=state)
    return due(rule, anchors, calendar, school_year=school_year, last=last)


def local_iso(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat()


def packs_for(district: District) -> tuple[Pack, ...]:
    """What counts for this district today; its own rules too, and no other's.

    Before anything is loaded, what is shipped counts; an example of a local pack never does.
    """
    newest = newest_versions(Q(district=None) | Q(district=district))
    rows = list(newest.values_list("digest", "district_id", "withdrawn"))
    counting = packs_at(digest for digest, _, withdrawn in rows if not withdrawn)
    if any(of is None for _, of, _ in rows):
        return counting
    return tuple(pack for pack in shipped_packs() if pack.layer != LOCAL) + counting


def newest_versions(whose: Q) -> "QuerySet[PackVersion]":
    """The newest row of each pack, a withdrawal among them."""
    of_each = PackVersion.objects.filter(whose).order_by().values("district", "slug")
    return PackVersion.objects.filter(pk__in=of_each.annotate(newest=Max("pk")).values("newest"))


def loaded_versions() -> "QuerySet[PackVersion]":
    """What counts in this installation, the districts' own packs after those of all."""
    rows = newest_versions(Q()).filter(withdrawn=False).select_related("district__tenant")
    return rows.order_by(F("district__tenant__code").asc(nulls_first=True), "slug").defer("text")


def packs_at(digests: Iterable[str]) -> tuple[Pack, ...]:
    """The very texts, as `evaluated_again` needs them; one that is nowhere is left out."""
    wanted = dict.fromkeys(digests)
    _read_rows([digest for digest in wanted if digest not in _read])
    if any(digest not in _read for digest in wanted):
        shipped_packs()
    return tuple(_read[digest] for digest in wanted if digest in _read)


def _read_rows(digests: Collection[str]) -> None:
    """A text is read once, however many rows hold it."""
    if digests:
        rows = PackVersion.objects.filter(digest__in=digests)
        for slug, digest, text in rows.values_list("slug", "digest", "text"):
            if digest not in _read:
                _read.setdefault(digest, read_stored(f"{slug}.yaml", text))


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


def law_digest(district: District) -> str:
    """Tells apart what a case's dates follow: the packs and how they are read here, what is known
    of the district, its school years, and the revision of our own reckoning."""
    years = SchoolYearRow.objects.filter(district=district).order_by("start")
    counts = {
        "packs": sorted((pack.slug, pack.digest) for pack in packs_for(district)),
        "overrides": [(one.rule, one.field, one.value) for one in overrides_of(district)],
        "agency": agency_facts(district),
        "years": [(one.start.isoformat(), one.midpoint.isoformat()) for one in years],
        "revision": REVISION,
    }
    return sha256(json.dumps(counts, sort_keys=True).encode()).hexdigest()


def last_evaluated(case_id: int) -> Evaluated | None:
    return Evaluated.objects.filter(case_id=case_id).order_by("-id").first()


def told_of_a_breach(case: str) -> Exists:
    """Beside rows whose field `case` is a case's number: whether it was last told of a breach."""
    later = Evaluated.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    told = Evaluated.objects.filter(case=OuterRef(case), facts__breach=True)
    return Exists(told.filter(~Exists(later)))


def override_rows(district: District) -> "QuerySet[RuleOverride]":
    """Those that count, in one order for all."""
    rows = RuleOverride.objects.filter(district=district, ended_at=None)
    return rows.order_by("rule", "field")


def overrides_of(district: District) -> list[Override]:
    return list(map(as_override, override_rows(district)))


def as_override(row: RuleOverride) -> Override:
    return Override(row.rule, row.field, row.value, row.reason, row.approver)
