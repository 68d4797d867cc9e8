"""A district's own service levels, on plain values: how long a step may take, who hears when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.grammar import Dwell, Lifecycle, Rung, Unit
from workflows.lifecycles import ladders

# Dates that a law or a contract sets have a ladder of the district's, never an amount.
LAW_DAYS, LAW_HOURS = "law.days", "law.hours"
LAW: Mapping[str, tuple[Rung, ...]] = {
    LAW_DAYS: ladders.LAW_DAYS,
    LAW_HOURS: ladders.LAW_HOURS,
}


# In the explanation of a date that was reckoned while the district had its own: their version. The
# night finds by it what an arming that read the older ones has left behind.
STAMP = "levels"


def law_kind(unit: Unit) -> str:
    return LAW_HOURS if unit is Unit.HOURS else LAW_DAYS


@dataclass(frozen=True, slots=True)
class Level:
    """How long one step may take, and its ladder; a ladder of the law has no amount (0)."""

    amount: int
    unit: Unit
    ladder: tuple[Rung, ...]

    def over(self, dwell: Dwell) -> Dwell:
        return replace(dwell, amount=self.amount, unit=self.unit, ladder=self.ladder)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What one district has set, by (machine, kind); what is not in it is as delivered.

    There is one object per district and version, as of its Calendar.
    """

    version: str = ""
    own: Mapping[tuple[str, str], Level] = field(default_factory=dict)

    def dwells(self, lifecycle: Lifecycle) -> tuple[Dwell, ...]:
        if not self.own:
            return lifecycle.dwells
        return tuple(self.dwell(lifecycle, dwell) for dwell in lifecycle.dwells)

    def dwell(self, lifecycle: Lifecycle, dwell: Dwell) -> Dwell:
        level = self.own.get((lifecycle.name, dwell.kind))
        return level.over(dwell) if level else dwell

    def ladder(self, machine: str, unit: Unit) -> tuple[Rung, ...]:
        """Who hears of a date by law; `unit`: that in which the law counts."""
        kind = law_kind(unit)
        level = self.own.get((machine, kind))
        return level.ladder if level else LAW[kind]

    def stamped(self, explanation: Mapping[str, Any]) -> dict[str, Any]:
        return {**explanation, STAMP: self.version} if self.version else dict(explanation)

    def changed(self, machine: str, kind: str, level: Level | None) -> "Levels":
        """The same with one step otherwise, as a preview wants it; None: as delivered."""
        rest = {key: own for key, own in self.own.items() if key != (machine, kind)}
        return replace(self, own=rest | ({(machine, kind): level} if level else {}))


AS_DELIVERED = Levels()


def level_of(amount: int | None, unit: str, ladder: Sequence[Mapping[str, Any]]) -> Level | None:
    """A stored row; None where it ends the district's own."""
    if amount is None:
        return None
    return Level(amount, Unit(unit), tuple(Rung(r["offset"], r["act"], r["to"]) for r in ladder))


def stored(ladder: Sequence[Rung]) -> list[dict[str, Any]]:
    return [{"offset": rung.offset, "act": rung.act, "to": rung.to} for rung in ladder]
