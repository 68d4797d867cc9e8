"""A district's own service levels, on plain values: how long a step may take, who hears when."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from workflows.clock.rules import TELLING
from workflows.clock.words import counted
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


# Who can be told of a date, in the words of a district; a machine offers those it knows.
AUDIENCES: Mapping[str, str] = {
    "holders": "whoever's turn it is",
    "owner": "whoever looks after it",
    "owner_lead": "the lead of whoever looks after it",
    "requesters": "those who asked",
    "school_leaders": "the school leaders",
    "sourcing": "Strategic Sourcing",
    "privacy": "the privacy team",
    "privacy_lead": "the privacy lead",
    "legal": "the legal reviewers",
    "reviewers": "all reviewers, legal and privacy",
    "board_clerk": "the board's clerk",
    "next_signer": "whoever signs next",
    "superintendent": "the superintendent",
    "vendor": "the vendor",
}
FEWEST, MOST, MOST_RUNGS = 1, 400, 20


@dataclass(frozen=True, slots=True)
class Step:
    """Something whose level a district may set; `delivered` is what the lifecycle says."""

    machine: str
    kind: str
    label: str
    delivered: Level

    @property
    def slug(self) -> str:
        return f"{self.machine}.{self.kind}"

    @property
    def by_law(self) -> bool:
        return self.kind in LAW


class Proposal(NamedTuple):
    """A step and what it would be; None: as delivered."""

    step: Step
    level: Level | None


def steps_of(lifecycle: Lifecycle) -> list[Step]:
    """Every step that a case can reach in this release, and the ladders of dates by law."""
    live = {state for row in lifecycle.moves if not row.since for state in row.targets}
    steps = [
        Step(lifecycle.name, d.kind, d.label, Level(d.amount, d.unit, d.ladder))
        for d in lifecycle.dwells
        if live & set(d.runs_in)
    ]
    for kind, label, unit in (
        (LAW_DAYS, "Dates by law or contract, counted in days", Unit.CALENDAR_DAYS),
        (LAW_HOURS, "Dates by law or contract, counted in hours", Unit.HOURS),
    ):
        steps.append(Step(lifecycle.name, kind, label, Level(0, unit, LAW[kind])))
    return steps


def heard(level: Level) -> Level:
    """The same without reminders that lie before the step begins: they never go out."""
    fit = [rung for rung in level.ladder if not _too_early(rung, level.amount)]
    return replace(level, ladder=tuple(sorted(fit, key=lambda rung: (rung.offset, rung.to))))


def completed(step: Step, level: Level) -> Level:
    """With what Countersign itself does at the date: a district neither edits nor loses that."""
    own = tuple(rung for rung in step.delivered.ladder if rung.act not in TELLING)
    told = tuple(rung for rung in level.ladder if rung not in own)
    return heard(replace(level, ladder=told + own))


def _too_early(rung: Rung, amount: int) -> bool:
    return rung.act == "remind" and 0 < amount <= -rung.offset


def reasons_against(step: Step, level: Level, audiences: Collection[str]) -> list[str]:
    """Why a district may not set this; a case whose step nobody would notice waits for ever."""
    reasons = []
    if not step.by_law and not FEWEST <= level.amount <= MOST:
        reasons.append(f"A step may take from {FEWEST} to {MOST}: {level.amount} is none of these.")
    own = [rung for rung in step.delivered.ladder if rung.act not in TELLING]
    moving = [rung for rung in level.ladder if rung.act not in TELLING and rung not in own]
    reasons += [f"Only Countersign itself acts by “{rung.act}”, as delivered." for rung in moving]
    told = [rung for rung in level.ladder if rung.act in TELLING]
    reasons += [one for rung in told if (one := _against(rung, level, audiences))]
    for (offset, to), times in Counter((rung.offset, rung.to) for rung in told).items():
        if times > 1:
            when = when_words(offset, level.unit)
            reasons.append(f"Twice {when} to {AUDIENCES.get(to, to)}: once is enough.")
    if len(told) > MOST_RUNGS:
        reasons.append(f"{len(told)} lines are too many to be read: {MOST_RUNGS} at most.")
    # Where the date itself moves the case, nobody is late after it.
    if not own and not any(rung.act == "overdue" and rung.offset == 0 for rung in told):
        reasons.append("Somebody must hear on the date itself that it is late: add that line.")
    return reasons


def _against(rung: Rung, level: Level, audiences: Collection[str]) -> str:
    if rung.to not in audiences:
        return f"“{rung.to}” is nobody who hears of such a case."
    if abs(rung.offset) > MOST:
        return f"{abs(rung.offset)} is too far from the date: {MOST} at most."
    if rung.act == "remind" and rung.offset >= 0:
        return "A reminder goes out before the date: afterwards say that it is late."
    if rung.act != "remind" and rung.offset < 0:
        return "Nobody is late before the date: choose a reminder."
    if _too_early(rung, level.amount):
        before = when_words(rung.offset, level.unit)
        took = counted(level.amount, level.unit)
        return f"A reminder {before} would lie before the step begins: it takes {took} in all."
    return ""


def line(act: str, away: int, to: str) -> Rung:
    """What people write in one line: how far `away` from the date, before it for a reminder."""
    return Rung(-away if act == "remind" else away, act, to)


def when_words(offset: int, unit: Unit) -> str:
    """ "5 business days before the date", "on the date", "1 hour after the date"."""
    if not offset:
        return "on the date"
    return f"{counted(abs(offset), unit)} {'before' if offset < 0 else 'after'} the date"
