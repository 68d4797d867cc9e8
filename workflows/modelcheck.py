"""Model checking of the tables: one by one, and together. Pure data in, sentences out.

Asked at every start, so it is quick; the request and the agreement as one product, with the
reactions between them, is `workflows.productcheck`, which the tests ask.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from workflows.actors import Role
from workflows.grammar import Lifecycle, Move, faults_of
from workflows.lifecycles.couplings import COUPLINGS

T = TypeVar("T")

TELLS = {"remind", "overdue", "escalate"}


def faults(lifecycles: Iterable[Lifecycle]) -> list[str]:
    """Everything wrong with the machines, each alone and all as one."""
    machines = list(lifecycles)
    found = [f"{m.name}: {fault}" for m in machines for fault in _alone(m)]
    return found + list(_together(machines))


def reachable(machine: Lifecycle, *, live: bool = False) -> set[str]:
    """States that the moves can reach from the first; `live` leaves out those still to come."""
    return _closure({machine.initial}, lambda state: _targets(machine, state, live=live))


def _alone(machine: Lifecycle) -> Iterable[str]:
    yield from faults_of(machine)
    yield from (
        f"{state} cannot be reached" for state in machine.states.keys() - reachable(machine)
    )
    for state in machine.states:
        onward = _closure({state}, lambda s: _targets(machine, s))
        if not onward & machine.ends:
            yield f"{state} never reaches an end"
    yield from _clock_faults(machine)
    for row in machine.moves:
        if Role.SUPERINTENDENT in row.by:
            yield f"{row.name}: the superintendent hears and never acts"


def _clock_faults(machine: Lifecycle) -> Iterable[str]:
    for dwell in machine.dwells:
        if machine.ends & {*dwell.runs_in, *dwell.paused_in}:
            yield f"dwell {dwell.kind} runs in an end"
        for rung in dwell.ladder:
            if rung.act not in TELLS:
                yield from _rung_faults(machine, dwell.kind, rung.act, dwell.runs_in)


def _rung_faults(
    machine: Lifecycle, kind: str, name: str, states: tuple[str, ...]
) -> Iterable[str]:
    rows = [row for row in machine.rows(name) if Role.SYSTEM in row.by]
    if not any(set(row.sources) & set(states) for row in rows):
        yield f"dwell {kind} makes the move {name}, which the clock may not make there"


def _together(machines: list[Lifecycle]) -> Iterable[str]:
    named = [machine.name for machine in machines]
    yield from (f"two machines are named {n}" for n in sorted(set(named)) if named.count(n) > 1)
    states = {state for machine in machines for state in machine.states}
    moves = {row.name for machine in machines for row in machine.moves}
    yield from (f"{word} is a state and a move" for word in sorted(states & moves))
    by_name = {machine.name: machine for machine in machines}
    for (waiter, move), (other, needed) in COUPLINGS.waits.items():
        if waiter in by_name and other in by_name:
            yield from _waiting_faults(by_name[waiter], move, by_name[other], needed)


def _waiting_faults(
    waiter: Lifecycle, move: str, other: Lifecycle, needed: frozenset[str]
) -> Iterable[str]:
    """The product of two machines by the moves of this release: does the wait ever end?"""

    def onward(pair: tuple[str, str]) -> set[tuple[str, str]]:
        first, second = pair
        steps = {(first, target) for target in _targets(other, second, live=True)}
        for row in _rows(waiter, first, live=True):
            if row.name != move or second in needed:
                steps |= {(target, second) for target in row.targets}
        return steps

    pairs = _closure({(waiter.initial, other.initial)}, onward)
    targets = {target for row in waiter.rows(move) for target in row.targets}
    if not any(first in targets and second in needed for first, second in pairs):
        yield f"{waiter.name} never gets past {move}: {other.name} never reaches what it waits for"
    stuck = {p for p in pairs if p[0] not in waiter.ends and not onward(p)}
    yield from (f"{waiter.name} {a} with {other.name} {b} cannot go on" for a, b in sorted(stuck))


def _rows(machine: Lifecycle, state: str, *, live: bool = False) -> list[Move]:
    return [row for row in machine.leaving(state) if not (live and row.since)]


def _targets(machine: Lifecycle, state: str, *, live: bool = False) -> set[str]:
    return {target for row in _rows(machine, state, live=live) for target in row.targets}


def _closure(start: set[T], onward: Callable[[T], set[T]]) -> set[T]:
    seen, ahead = set(start), list(start)
    while ahead:
        new = onward(ahead.pop()) - seen
        seen |= new
        ahead += new
    return seen
