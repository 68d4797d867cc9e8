"""The request and the agreement for its tool as one machine: every pair of states there can be.

Pure. A pair holds what the tables do not: the path the request is on, how it was approved, whether
the agreement serves it, and which reactions still wait in the outbox; they may run in any order,
late, and between anybody's moves. Dates are choices: a term may be over at any time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from workflows.actors import Role
from workflows.grammar import Lifecycle, Move
from workflows.lifecycles.agreement import (
    AGREEMENT,
    BEFORE_SIGNATURE,
    DRAFTING,
    EXECUTED,
    LIVE,
    SIGNED,
)
from workflows.lifecycles.couplings import COUPLINGS, Couplings, News, Reaction
from workflows.lifecycles.request import (
    AWAITING_AGREEMENT,
    DRAFT,
    OPEN,
    REQUEST,
    RETURNED,
    SCREENING,
    TRIAGE,
    WITH_SCHOOL,
)

ARMED, OVER = "armed", "over"  # the first day lies ahead; the last day has passed
UNDER_WAY = frozenset({*BEFORE_SIGNATURE, *EXECUTED})
WRITTEN = UNDER_WAY - {DRAFTING}
CHANCE = "chance"  # what may happen to a request, and what nobody who waits may count on
TELLS = frozenset({"remind", "overdue", "escalate"})


class Effect(NamedTuple):
    """What a reaction does; those of one effect are one, so that there are fewer pairs."""

    opens: str
    makes: str
    only: str


Waiting = frozenset[Effect]
NOTHING: Waiting = frozenset()


class Pair(NamedTuple):
    """`path`: contract, exempt (attested), on_demand, unattested or "". `kind`: full, dated or "".

    `agreement` is "" while there is none; `term`: "", armed or over. `covers`: its text, once it is
    written, holds all the data that the request asks for. `waiting`: reactions promised.
    """

    request: str
    agreement: str
    left: str = ""
    path: str = ""
    kind: str = ""
    term: str = ""
    served: bool = False
    covers: bool = False
    waiting: Waiting = NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step: what makes it (a person, a command, a clock, a job, a reaction, time, chance), in
    words, and where it leads. `move` is "machine.move", or "" where no case moves. Pairs that
    differ only in what waits share their steps: `to` leaves that out, `promises` is added to it."""

    by: str
    words: str
    move: str
    to: Pair
    promises: Waiting = NOTHING


START = Pair(DRAFT, "")
ANYBODY, ELSEWHERE = "anybody", "elsewhere"  # causes of steps, beside the reactions that wait
# What the choices of a path and of an approval may be; the guards decide which of them go.
PATHS: dict[str, tuple[str, ...]] = {
    "route_contract": ("contract",),
    "route_consent": ("on_demand",),
    "route_exempt": ("exempt",),
    "route_covered": ("contract", "on_demand", "unattested"),
    "approve_covered": ("contract", "on_demand", "unattested"),
    "reroute": ("",),
}
KINDS = dict.fromkeys(("approve", "approve_without", "approve_covered"), ("full", "dated"))
WITHOUT_PATH = frozenset({DRAFT, WITH_SCHOOL, TRIAGE})
Condition = Callable[[Pair], bool]


def is_in_force(pair: Pair) -> bool:
    """By date too: nobody waits for the sweep."""
    return pair.agreement in LIVE and pair.term != OVER


def is_covered(pair: Pair) -> bool:
    return is_in_force(pair) and pair.covers


def may_be_joined(pair: Pair) -> bool:
    """A draft takes up what is asked for; a written text holds it or does not."""
    return pair.agreement == DRAFTING or (pair.agreement in UNDER_WAY and pair.covers)


def is_served(pair: Pair) -> bool:
    return pair.served and may_be_joined(pair)


def needs_an_agreement(pair: Pair) -> bool:
    """On the contract path, before its decision."""
    return (pair.left or pair.request) in (SCREENING, AWAITING_AGREEMENT)


def has_basis(pair: Pair, *, agreement_first: bool) -> bool:
    """What an approval may rest on (lifecycles.md, approve); the rules have it in sentences."""
    if pair.path == "exempt" or is_covered(pair):
        return True
    return pair.kind == "dated" and not agreement_first and pair.path != "unattested"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as steps need it: its guards as conditions, what follows it by target."""

    name: str
    told: str
    targets: tuple[str, ...]
    people: str
    guards: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Product:
    """Both tables and their couplings. `agreement_first`: the law of the district's state asks for
    a signed agreement before any data moves, so no exception is a basis there."""

    request: Lifecycle = REQUEST
    agreement: Lifecycle = AGREEMENT
    couplings: Couplings = COUPLINGS
    agreement_first: bool = False
    # Worked out once: a hundred thousand steps ask for the same.
    _steps: dict[tuple[Effect | str, Pair], list[Step]] = field(default_factory=dict)
    _after: dict[tuple[str, Waiting, Waiting], Waiting] = field(default_factory=dict)
    _leaving: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    _system: dict[tuple[str, str], Row] = field(default_factory=dict)
    _rungs: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    _names: dict[Effect, str] = field(default_factory=dict)
    _follow: dict[tuple[str, str, str], Waiting] = field(default_factory=dict)
    _matter: dict[tuple[Effect, str], bool] = field(default_factory=dict)
    _known: dict[str, Condition] = field(default_factory=dict)
    _ours: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._known.update(self.conditions())
        self._ours.update(f"{self.request.name}.{row.name}" for row in self.request.moves)
        for machine in (self.request, self.agreement):
            for state in machine.states:
                rows = [(m, self._row(machine, m)) for m in machine.leaving(state) if not m.since]
                self._leaving[machine.name, state] = [row for _, row in rows if row.people]
                for move, row in rows:
                    if Role.SYSTEM in move.by:
                        self._system[f"{machine.name}.{row.name}", state] = row
                self._rungs[machine.name, state] = list(_moving_rungs(machine, state))
        heard: list[Reaction | News] = [*self.couplings.reactions, *self.couplings.news]
        for effect in {effect_of(r) for r in heard}:
            same = [r.name for r in heard if effect_of(r) == effect]
            self._names[effect] = f"the reaction {' or '.join(same)}"
            for state in self.request.states:
                self._matter[effect, state] = self._can_matter(effect, state)

    def _row(self, machine: Lifecycle, move: Move) -> Row:
        people = " or ".join(sorted(move.by - {Role.SYSTEM}))
        return Row(move.name, move.told, move.targets, people, self.asked(machine, move))

    def asked(self, machine: Lifecycle, move: Move) -> tuple[Condition, ...]:
        """The guards of a row that are conditions of a pair."""
        asks = {g.name: g.asks for g in self.couplings.guards if g.machine == machine.name}
        return tuple(self._known[a] for name in move.needs if (a := asks.get(name)))

    def conditions(self) -> dict[str, Condition]:
        """What guards, reactions and clocks may ask for: never what waits, which steps leave out.
        None holds the product, so that it goes at once with all its steps when it is let go."""
        ends, rests = self.request.ends, partial(has_basis, agreement_first=self.agreement_first)
        return {
            "": lambda p: True,
            "is_covered": is_covered,
            "is_served": is_served,
            "has_basis": rests,
            "basis_is_lost": lambda p: not rests(p),
            "needs_no_new_agreement": lambda p: p.path in ("on_demand", "exempt") or is_covered(p),
            "is_contract": lambda p: p.path == "contract",
            "is_attested": lambda p: p.path == "exempt",
            "needs_an_agreement": needs_an_agreement,
            "is_asked_for": lambda p: p.request not in ends,
            "approval_has_an_end": lambda p: p.kind == "dated",
            "start_is_armed": lambda p: p.agreement == SIGNED and p.term == ARMED,
            "term_is_over": lambda p: p.term == OVER,
        }

    def has_basis(self, pair: Pair) -> bool:
        return has_basis(pair, agreement_first=self.agreement_first)

    # --- steps ------------------------------------------------------------------------------------

    def steps(self, pair: Pair) -> Iterator[tuple[Step, Waiting]]:
        """Everything that can happen next, each with what waits after it. What waits may run at any
        time, and changes nothing of what else can happen."""
        here = pair._replace(waiting=NOTHING)
        causes: list[Effect | str] = [ANYBODY, *sorted(pair.waiting), ELSEWHERE]
        for cause in causes:
            steps = self._steps.get((cause, here))
            if steps is None:
                steps = self._steps[cause, here] = list(self._caused(cause, here))
            waiting = pair.waiting - {cause}
            for step in steps:
                yield step, self._waiting_after(step, waiting)

    def _waiting_after(self, step: Step, waiting: Waiting) -> Waiting:
        """What waited and what the step promises; where the request moves, what matters there."""
        moved = step.to.request if step.move in self._ours else ""
        after = self._after.get((moved, step.promises, waiting))
        if after is None:
            both = waiting | step.promises
            after = frozenset(e for e in both if not moved or self._matter[e, moved])
            self._after[moved, step.promises, waiting] = after
        return after

    def _caused(self, cause: Effect | str, pair: Pair) -> Iterator[Step]:
        if isinstance(cause, Effect):
            yield from self._reacted(cause, pair)
        elif cause == ANYBODY:
            for place in self._places(pair):
                for row in self._leaving.get(place, ()):
                    yield from self._made(place, row, pair, "person", row.people)
            yield from self._commands(pair)
            yield from self._clocks(pair)
        # Only one request per tool is open: while ours is not, another may get an agreement.
        elif pair.request not in OPEN and pair.agreement not in UNDER_WAY:
            words = "another request for the tool had an agreement drafted"
            to = pair._replace(agreement=DRAFTING, served=False, covers=False, term="")
            yield Step("command", words, "", to)

    def _places(self, pair: Pair) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.request.name, pair.request), (self.agreement.name, pair.agreement)

    def _commands(self, pair: Pair) -> Iterator[Step]:
        for command in self.couplings.commands:
            if pair.request in command.within and not is_served(pair):
                to = with_one_under_way(pair)
                yield Step("command", f"somebody's {command.name}", "", to)

        for told in (effect_of(n) for n in self.couplings.news if pair.request in n.within):
            yield Step(CHANCE, "more data came along", "", with_more_data(pair), frozenset({told}))

    def _clocks(self, pair: Pair) -> Iterator[Step]:
        for driver in self.couplings.drivers:
            if self._known[driver.only](pair):
                who = f"the {driver.kind} {driver.name}"
                yield from self._by_system(driver.makes, pair, driver.kind, who)
        for place in self._places(pair):
            for kind, makes in self._rungs.get(place, ()):
                yield from self._by_system(makes, pair, "clock", f"the clock {kind}")
        if is_in_force(pair):
            yield Step("time", "the agreement's last day passed", "", pair._replace(term=OVER))

    def _reacted(self, effect: Effect, pair: Pair) -> Iterator[Step]:
        who = self._names[effect]
        if not self._known[effect.only](pair):
            yield Step("reaction", who, "", pair)
            return
        here = with_one_under_way(pair) if effect.opens and not is_served(pair) else pair
        moves = list(self._by_system(effect.makes, here, "reaction", who))
        yield from moves or [Step("reaction", who, "", here)]
        if moves and moves[0].move == "agreement.take_effect":
            yield Step("reaction", f"{who}: it starts later", "", here._replace(term=ARMED))

    def _by_system(self, makes: str, pair: Pair, by: str, who: str) -> Iterator[Step]:
        for place in self._places(pair):
            if row := self._system.get((makes, place[1])):
                yield from self._made(place, row, pair, by, who)

    def _made(
        self, place: tuple[str, str], row: Row, pair: Pair, by: str, who: str
    ) -> Iterator[Step]:
        machine, source = place
        ours = machine == self.request.name
        for target in row.targets:
            for decided in decisions(row.name, target, pair) if ours else self._written(row, pair):
                if all(holds(decided) for holds in row.guards):
                    to = self._arrived(machine, source, target, decided)
                    said, move = f"{who} {row.told} ({row.name})", f"{machine}.{row.name}"
                    promises = self._following(machine, row.name, source, target)
                    yield Step(by, said, move, to, promises)

    def _arrived(self, machine: str, source: str, target: str, pair: Pair) -> Pair:
        if machine == self.agreement.name:
            term = pair.term if target in LIVE and source in LIVE else ""
            return pair._replace(
                agreement=target, term=term, covers=pair.covers and target in WRITTEN
            )
        if target in self.request.ends:
            return Pair(target, pair.agreement, term=pair.term)
        if target in WITHOUT_PATH:
            return pair._replace(request=target, left="", path="", kind="")
        return pair._replace(request=target)

    def _written(self, row: Row, pair: Pair) -> Iterable[Pair]:
        """A text is written: it holds what the requests it serves ask for (a guard), and of what
        another one will ask for, all or less."""
        if row.name != "issue" or pair.request in self.request.ends:
            return (pair,)
        known = pair._replace(covers=True)
        return (known,) if pair.served else (known, pair)

    def _following(self, machine: str, move: str, source: str, target: str) -> Waiting:
        """What the reactions to a move will do, those that move or open something."""
        key = (move, source, target)
        if key not in self._follow:
            here = (r for r in self.couplings.reactions if r.machine == machine)
            self._follow[key] = frozenset(
                effect_of(r)
                for r in here
                if (r.makes or r.opens)
                and (r.move == move or (r.enters == target and source != target))
            )
        return self._follow[key]

    def _can_matter(self, effect: Effect, state: str) -> bool:
        """Whether the request can still come to where a waiting reaction would move it."""
        name, _, move = effect.makes.partition(".")
        if name != self.request.name:
            return True
        sources = {source for row in self.request.rows(move) for source in row.sources}
        return bool(reachable_from(self.request, state) & sources)


def effect_of(reaction: Reaction | News) -> Effect:
    return Effect(reaction.opens, reaction.makes, reaction.only)


def with_more_data(pair: Pair) -> Pair:
    """No text that is written holds it, and nobody has confirmed that it is not about students."""
    path = "unattested" if pair.path == "exempt" else pair.path
    return pair._replace(path=path, covers=False)


def with_one_under_way(pair: Pair) -> Pair:
    """The request joins what is under way for its tool; else an agreement is opened for it. It is
    opened beside a text, too, that holds less than is asked for: that one then no longer counts
    here, for it is no basis of this request."""
    joined = pair._replace(served=True)
    if may_be_joined(pair):
        return joined
    return joined._replace(agreement=DRAFTING, covers=False, term="")


def _moving_rungs(machine: Lifecycle, state: str) -> Iterable[tuple[str, str]]:
    """(dwell, "machine.move") of the service levels of a state that move the case."""
    for dwell in machine.dwells:
        for rung in dwell.ladder if state in dwell.runs_in else ():
            if rung.act not in TELLS:
                yield dwell.kind, f"{machine.name}.{rung.act}"


def reachable_from(machine: Lifecycle, state: str) -> set[str]:
    """The states that moves of this release lead to, `state` among them."""
    found, ahead = {state}, [state]
    for place in ahead:
        new = {t for r in machine.leaving(place) if not r.since for t in r.targets} - found
        found |= new
        ahead += sorted(new)
    return found


def decisions(move: str, target: str, pair: Pair) -> list[Pair]:
    """The pair with what a move decides: a path, a kind of approval, the place to return to."""
    if move == "answer":
        return [pair._replace(left="")] if target == pair.left else []
    if target == RETURNED:
        return [pair._replace(left=pair.request)]
    if move not in PATHS and move not in KINDS:
        return [pair]
    paths, kinds = PATHS.get(move, (pair.path,)), KINDS.get(move, (pair.kind,))
    return [pair._replace(path=path, kind=kind) for path in paths for kind in kinds]
