"""What a lifecycle is made of: frozen rows that say who may move a case, when, and what follows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from django_fsm import GET_STATE, transition

from workflows import door
from workflows.actors import Role

T = TypeVar("T")


class Unit(StrEnum):
    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Move:
    """One decision. `choose` names the model's method that picks among several targets.

    `since` names the room that is still missing: the engine then refuses the move with a sentence.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    by: frozenset[Role]
    label: str
    told: str
    needs: tuple[str, ...] = ()
    note: bool = False
    choose: str = ""
    since: str = ""


def move(
    name: str,
    sources: str | tuple[str, ...],
    targets: str | tuple[str, ...],
    *,
    by: Role | tuple[Role, ...],
    label: str,
    told: str,
    **rest: Any,
) -> Move:
    """A row, with single values written without their commas."""
    return Move(name, _many(sources), _many(targets), frozenset(_many(by)), label, told, **rest)


def _many(value: T | tuple[T, ...]) -> tuple[T, ...]:
    return value if isinstance(value, tuple) else (value,)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation ladder, `offset` days from the due day (in the dwell's unit).

    `act` is remind, overdue, escalate (all tell `to`, an audience) or a system move's name.
    """

    offset: int
    act: str
    to: str


@dataclass(frozen=True, slots=True)
class Dwell:
    """A service level: how long the case may stay in `runs_in`; the clock stops in `paused_in`."""

    kind: str
    label: str
    amount: int
    runs_in: tuple[str, ...]
    ladder: tuple[Rung, ...]
    paused_in: tuple[str, ...] = ()
    unit: Unit = Unit.BUSINESS_DAYS


@dataclass(frozen=True, slots=True)
class Todo:
    """What a reminder asks for: "choose the path for {subject}", and the audience it falls to."""

    words: str
    of: str = "holders"


@dataclass(frozen=True, slots=True)
class Notice:
    """Mail that follows a move: `<mail folder>/<name>.txt` and `.subject.txt`, to an audience.

    `into`: only where the move ends in that state.
    """

    move: str
    name: str
    to: str
    into: str = ""


@dataclass(frozen=True)
class Lifecycle:
    """One machine. `states` maps each code name to the words people read.

    `todo`: what is to be done in each state with a service level, and by the kind of each date
    that a room arms beside those.
    """

    name: str
    states: Mapping[str, str]
    initial: str
    ends: frozenset[str]
    moves: tuple[Move, ...]
    turn: Mapping[str, str]
    mail: str = ""
    dwells: tuple[Dwell, ...] = ()
    work: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    todo: Mapping[str, Todo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = list(faults_of(self))
        if faults:
            raise ValueError(f"Lifecycle {self.name}: " + "; ".join(faults))

    def rows(self, name: str) -> list[Move]:
        return [row for row in self.moves if row.name == name]

    def row(self, name: str, state: str) -> Move | None:
        return next((row for row in self.rows(name) if state in row.sources), None)

    def leaving(self, state: str) -> list[Move]:
        return [row for row in self.moves if state in row.sources]

    def pairs(self) -> set[tuple[str, str]]:
        """Every (from, to) the table allows; the database triggers are made of these."""
        return {(s, t) for row in self.moves for s in row.sources for t in row.targets}

    def move(self, method: Callable[..., None]) -> Callable[..., None]:
        """Bind a model's method to the rows of its name; outside the engine it raises."""
        name = method.__name__
        rows = self.rows(name)
        if not rows:
            raise ValueError(f"Lifecycle {self.name} has no move named {name}.")

        @wraps(method)
        def guarded(subject: Any, **given: Any) -> None:
            door.must_be_open(f"{self.name}.{name} was called")
            method(subject, **given)

        bound: Callable[..., None] = guarded
        for row in rows:
            bound = transition(field="state", source=list(row.sources), target=_target(row))(bound)
        return bound


def _target(row: Move) -> Any:
    if not row.choose:
        return row.targets[0]
    chosen = row.choose
    return GET_STATE(lambda subject, **_: getattr(subject, chosen)(), states=list(row.targets))


def faults_of(lifecycle: Lifecycle) -> Iterable[str]:
    """What is wrong with a table, in sentences; none when it is sound."""
    states = set(lifecycle.states)
    if lifecycle.initial not in states:
        yield f"its initial state {lifecycle.initial} is not a state"
    yield from (f"end {end} is not a state" for end in lifecycle.ends - states)
    yield from _move_faults(lifecycle, states)
    for state in states - lifecycle.ends:
        if not lifecycle.leaving(state):
            yield f"{state} has no exit"
    named = [s for d in lifecycle.dwells for s in (*d.runs_in, *d.paused_in)]
    for state in {*named, *lifecycle.work, *lifecycle.turn} - states:
        yield f"{state} is named but is not a state"
    telling = [d for d in lifecycle.dwells if any(rung.to for rung in d.ladder)]
    for state in {s for d in telling for s in d.runs_in} - lifecycle.todo.keys():
        yield f"people are reminded of {state}, and nothing says what they are to do"
    moves = {row.name for row in lifecycle.moves}
    yield from (
        f"notice {n.name} follows no move {n.move}"
        for n in lifecycle.notices
        if n.move not in moves
    )
    targets = {(row.name, target) for row in lifecycle.moves for target in row.targets}
    yield from (
        f"notice {n.name} waits for {n.move} to end in {n.into}, which it never does"
        for n in lifecycle.notices
        if n.into and (n.move, n.into) not in targets
    )


def _move_faults(lifecycle: Lifecycle, states: set[str]) -> Iterable[str]:
    seen: set[tuple[str, str]] = set()
    for row in lifecycle.moves:
        for state in {*row.sources, *row.targets} - states:
            yield f"{row.name} names {state}, which is not a state"
        for source in row.sources:
            if (row.name, source) in seen:
                yield f"{row.name} leaves {source} twice"
            seen.add((row.name, source))
        if not row.by:
            yield f"{row.name} may be done by nobody"
        if bool(row.choose) != (len(row.targets) > 1):
            yield f"{row.name} must choose among its targets, and only then"
