"""By what open dates are reckoned: what the tables say, or what somebody thinks of changing."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from workflows.cases import Tenant
from workflows.clock import queries, rules
from workflows.clock.ladders import LAW, law_kind, level_of
from workflows.clock.models import ServiceLevel
from workflows.clock.plans import CALENDAR, LEVEL, PACK, Reckoner, Step, Terms, World
from workflows.grammar import Dwell, Rung, Unit
from workflows.stateful import model_of


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changes, or changed: which dates it may touch, and for a preview what would be.

    `why`: "calendar" (closed days; our own dates in business days), "level" (service levels and
    ladders), "pack" (dates by law), or "" for whatever stands otherwise than it should.
    The rest are candidates; `apply` never reads them, it goes by what is stored:
    `closes` {day: name}, `opens`, `levels` {(machine, kind): its new terms; the Dwell where a
    district's own level ends; None for a ladder of the law as delivered}, and `packs`, which
    the reckoners of the law's layers understand.
    """

    why: str = ""
    closes: Mapping[date, str] = field(default_factory=dict)
    opens: Collection[date] = ()
    levels: Mapping[Step, Terms | None] = field(default_factory=dict)
    packs: Any = None

    @property
    def stored(self) -> "Change":
        return Change(self.why)

    def touches(self, layer: str) -> bool:
        if self.why == PACK or (self.why == CALENDAR and layer):
            return self.why == PACK and bool(layer)
        return True


Maker = Callable[[Tenant, Change], Reckoner]
_makers: dict[str, Maker] = {}


def reckons(*layers: str) -> Callable[[Maker], Maker]:
    """Register who reckons the dates of these layers: called once for each plan."""

    def register(maker: Maker) -> Maker:
        for layer in layers:
            if _makers.setdefault(layer, maker) is not maker:
                raise ValueError(f"Two reckoners claim the layer {layer}.")
        return maker

    return register


def world_of(tenant: Tenant, change: Change, *, now: datetime) -> World:
    terms = _ever_set(tenant) | dict(change.levels)
    return World(
        now,
        _calendars(tenant, change),
        {} if change.why in (CALENDAR, PACK) else _steps(terms),
        {layer: make(tenant, change) for layer, make in _makers.items() if change.touches(layer)},
        _ladders(terms),
        change.why in ("", LEVEL) and any(kind in LAW for _, kind in terms),
        tenant.levels_version,
    )


def _steps(terms: Mapping[Step, Terms | None]) -> dict[Step, Terms]:
    """None: the district's own has ended, so what was delivered counts again."""
    known: dict[Step, Terms] = {}
    for (machine, kind), own in terms.items():
        found = own or _delivered(machine, kind)
        if found and kind not in LAW:
            known[machine, kind] = found
    return known


def _delivered(machine: str, kind: str) -> Dwell | None:
    dwells = model_of(machine).lifecycle.dwells
    return next((dwell for dwell in dwells if dwell.kind == kind), None)


def _ever_set(tenant: Tenant) -> dict[Step, Terms | None]:
    """The newest row of each step, None where that ended the district's own: what was reckoned by
    it is to be reckoned by what was delivered."""
    if not tenant.levels_version:
        return {}
    rows = ServiceLevel.objects.filter(tenant=tenant).order_by("id")
    return {(r.machine, r.kind): level_of(r.amount, r.unit, r.ladder) for r in rows}


def _ladders(terms: Mapping[Step, Terms | None]) -> Callable[[str, Unit], tuple[Rung, ...]]:
    def rungs(machine: str, unit: Unit) -> tuple[Rung, ...]:
        kind = law_kind(unit)
        own = terms.get((machine, kind))
        return own.ladder if own else LAW[kind]

    return rungs


def _calendars(tenant: Tenant, change: Change) -> Callable[[date], rules.Calendar]:
    """One object for each year: what is reckoned with it is remembered by it."""

    @cache
    def of_year(year: int) -> rules.Calendar:
        day = date(year, 7, 1)
        if change.closes or change.opens:
            return queries.calendar_with(tenant, day, closes=change.closes, opens=change.opens)
        return queries.calendar_of(tenant, day)

    return lambda day: of_year(day.year)
