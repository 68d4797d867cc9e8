"""One plan of open dates, used twice: a preview shows it, a recompute writes it.

Pure: rows as they stand and a World go in, what is another now comes out. What begins on one day
under one rule is due on one day, so each such group is reckoned once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from workflows.clock import rules
from workflows.clock.ladders import STAMP
from workflows.clock.rules import Calendar
from workflows.grammar import Rung, Unit

CALENDAR, LEVEL, PACK = "calendar", "level", "pack"
Step = tuple[str, str]  # machine, kind
# Of an explanation: what is each row's own, and the versions by which it was reckoned. A date that
# other versions leave where it was is not written again for their sake.
STRIPPED = ("anchor", "calendar", STAMP)


class Row(NamedTuple):
    """An open date whose clock runs, as it was read; `version` is that of its case.

    `ladder` is JSON text, `why` that of its explanation without STRIPPED: texts alike are reckoned
    once. `digest` is that of a law's pack, or "".
    """

    id: int
    case_id: int
    machine: str
    version: int
    kind: str
    layer: str
    due_at: datetime
    armed_at: datetime
    rung: int
    anchor: str
    calendar: str
    digest: str
    ladder: str
    why: str


class Terms(Protocol):
    """How long a step may take, and who hears when: a Dwell, or a district's own level."""

    @property
    def amount(self) -> int: ...
    @property
    def unit(self) -> Unit: ...
    @property
    def ladder(self) -> tuple[Rung, ...]: ...


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A date by what counts now. `why` is its whole explanation, without `anchor` where that stays.

    The rungs count in `unit` on `calendar`; None of them: those that stand in the row.
    `because` is what changed, as the ledger keeps it.
    """

    due_at: datetime
    unit: Unit
    calendar: Calendar
    why: Mapping[str, Any]
    because: str
    rungs: tuple[Rung, ...] | None = None


class Reckoner(Protocol):
    """How one layer of the law works out its dates again."""

    def stands(self, row: Row) -> bool:
        """Whether nothing can have moved it: asked of every row, so it must be cheap."""
        ...

    def reckon(self, row: Row, why: Mapping[str, Any]) -> Reckoned | None:
        """`why`: its explanation, with `anchor` and `calendar`. None: it stays what it is."""
        ...


@dataclass(eq=False, slots=True)
class Written:
    """What rows of a group get alike: the columns, and whether they say something new.

    `text`: the columns as they were sent, kept by whoever writes them."""

    due_at: datetime
    ladder: Sequence[Mapping[str, Any]]
    next_at: datetime | None
    why: Mapping[str, Any]
    because: str
    news: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """One open date that is not what it was: its day, or only its reminders or explanation."""

    row: Row
    written: Written
    overdue: bool

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def case_id(self) -> int:
        return self.row.case_id

    @property
    def kind(self) -> str:
        return self.row.kind

    @property
    def layer(self) -> str:
        return self.row.layer

    @property
    def was(self) -> datetime:
        return self.row.due_at

    @property
    def now(self) -> datetime:
        return self.written.due_at

    @property
    def moves(self) -> bool:
        return self.row.due_at != self.written.due_at

    @property
    def ladder(self) -> Sequence[Mapping[str, Any]]:
        return self.written.ladder

    @property
    def next_at(self) -> datetime | None:
        return self.written.next_at

    @property
    def explanation(self) -> dict[str, Any]:
        return {"anchor": self.row.anchor, **self.written.why}


@dataclass(eq=False, slots=True)
class World:
    """By what dates are reckoned.

    `calendar`: the district's around a day. `terms`: the steps whose service level counts, in place
    of what stands in the rows. `laws`: a reckoner for each layer of the law; a date of a layer
    without one stays. `ladders`: those of the law, by machine and unit, for a date that moves;
    `relevel`: they may have changed, so they count for one that stays too. `levels`: the version of
    the district's own. `now` says what is late, and what lies ahead.
    """

    now: datetime
    calendar: Callable[[date], Calendar]
    terms: Mapping[Step, Terms] = field(default_factory=dict)
    laws: Mapping[str, Reckoner] = field(default_factory=dict)
    ladders: Callable[[str, Unit], tuple[Rung, ...]] | None = None
    relevel: bool = False
    levels: str = ""
    known: dict[Any, "Group | None"] = field(default_factory=dict)


def plan(
    rows: Iterable[Row], world: World, faults: MutableMapping[int, str] | None = None
) -> Iterator[Moved]:
    """What differs, in the order of the rows; what stays as it is does not come out.

    A row that cannot be read is noted in `faults` by its id, and keeps nobody.
    """
    for row in rows:
        try:
            moved = _moved(row, world)
        except Exception as error:
            if faults is not None:
                faults[row.id] = f"{type(error).__name__}: {error}"[:1000]
            continue
        if moved:
            yield moved


def _moved(row: Row, world: World) -> Moved | None:
    group = _law_group(row, world) if row.layer else _own_group(row, world)
    if group is None:
        return None
    written = group.written(row.armed_at)
    if row.due_at == written.due_at and not written.news:
        return None
    return Moved(row, written, written.due_at < world.now <= row.due_at)


def _law_group(row: Row, world: World) -> "Group | None":
    law = world.laws.get(row.layer)
    if law is None or (not world.relevel and law.stands(row)):
        return None
    was = json.loads(row.why)
    found = law.reckon(row, {**was, "anchor": row.anchor, "calendar": row.calendar})
    if found is None:
        return None
    moves = found.due_at != row.due_at
    if world.ladders and found.rungs is None and (moves or world.relevel):
        found = replace(found, rungs=world.ladders(row.machine, found.unit))
    group = _group(row, was, found)
    group.since = _ahead(row, world.now, moves)
    return group


def _ahead(row: Row, now: datetime, moves: bool) -> datetime:
    """From when on the rungs of a law's date lie ahead, for a recompute as for people: now. Where
    the date stays, what the sweep is about to say still is among them."""
    waits = rules.next_of(_ladder(row.ladder)[0], row.rung)
    return now if moves or waits is None else min(now, waits - timedelta(seconds=1))


def _own_group(row: Row, world: World) -> "Group | None":
    """Days count from midnight to midnight: of one day and one text, all are due alike."""
    calendar = world.calendar(row.armed_at.date())
    start = datetime.fromisoformat(row.anchor) if row.anchor else row.armed_at
    day = calendar.local_day(start)
    key = (row.machine, row.kind, row.rung, day, row.armed_at.year, row.ladder, row.why)
    if key in world.known:
        return world.known[key]
    was = json.loads(row.why)
    found = _by_service_level(row, was, start, calendar, world)
    group = _group(row, was, found) if found else None
    # What stood still goes on from an instant, and hours count from one: no other row's date.
    if not was.get("pauses") and (found is None or found.unit is not Unit.HOURS):
        world.known[key] = group
    return group


def _by_service_level(
    row: Row,
    was: Mapping[str, Any],
    start: datetime,
    calendar: Calendar,
    world: World,
) -> Reckoned | None:
    """None for a date that was set, and for hours, which no calendar moves."""
    given = world.terms.get((row.machine, row.kind))
    if "unit" not in was or (given is None and was["unit"] == Unit.HOURS):
        return None
    amount, unit = was["amount"], Unit(was["unit"])
    if given:
        amount, unit = given.amount, given.unit
    level = given and (amount, unit) != (was["amount"], was["unit"])
    said = rules.counted(start, amount, unit, calendar, rules.pauses_in(was))
    del said["anchor"]
    due = datetime.fromisoformat(said["due"])
    why = {**{key: was[key] for key in was.keys() - said.keys()}, **said}
    if world.levels:
        why[STAMP] = world.levels
    because = LEVEL if level else CALENDAR
    return Reckoned(due, unit, calendar, why, because, given.ladder if given else None)


@dataclass(eq=False, slots=True)
class Group:
    """Rows of one day and one text. Reminders that would lie before a clock began are dropped, so
    a group may be written in a few ways."""

    found: Reckoned
    fired: list[dict[str, Any]]
    later: list[tuple[datetime, Rung]]
    was: list[dict[str, Any]]
    news: bool
    since: datetime | None
    ways: dict[int, Written] = field(default_factory=dict)

    def written(self, armed_at: datetime) -> Written:
        after = self.since or armed_at
        dropped = 0
        while dropped < len(self.later) and self.later[dropped][0] <= after:
            dropped += 1
        if dropped not in self.ways:
            self.ways[dropped] = self._way(after)
        return self.ways[dropped]

    def _way(self, after: datetime) -> Written:
        found = self.found
        rest = [
            {"at": at.isoformat(), "act": rung.act, "to": rung.to, "offset": rung.offset}
            for at, rung in self.later
            if at > after or rung.act not in rules.TELLING
        ]
        ladder = [*self.fired, *rest]
        next_at = rules.next_of(ladder, len(self.fired))
        news = self.news or ladder != self.was
        return Written(found.due_at, ladder, next_at, found.why, found.because, news)


@lru_cache(maxsize=4096)
def _ladder(text: str) -> tuple[list[dict[str, Any]], tuple[Rung, ...]]:
    """Dates of one kind that are due on one day have one ladder."""
    ladder = json.loads(text)
    return ladder, tuple(Rung(step["offset"], step["act"], step["to"]) for step in ladder)


def _group(row: Row, was: Mapping[str, Any], found: Reckoned) -> Group:
    """Rungs that fired stay what they were: they are a prefix for ever."""
    ladder, rungs = _ladder(row.ladder)
    fired = ladder[: row.rung]
    wanted = rungs[row.rung :] if found.rungs is None else found.rungs
    unit = rules.ladder_unit(found.unit) if row.layer else found.unit
    term = (found.due_at, unit, found.calendar)
    later = rules.dated(rules.rungs_left(wanted, fired, *term, by_law=bool(row.layer)), *term)
    pauses = rules.pauses_in(found.why)
    told = {key: value for key, value in found.why.items() if key not in STRIPPED}
    moved_anchor = "anchor" in found.why and found.why["anchor"] != row.anchor
    resumed = pauses[-1].end if pauses else None
    return Group(found, fired, later, ladder, told != was or moved_anchor, resumed)
