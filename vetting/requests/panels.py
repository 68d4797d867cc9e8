"""What other rooms add to a request's page and to the answers about a tool.

    @panel(ToolRequest, order=30)
    def screening(request: ToolRequest, actor: Actor) -> Panel | None: ...

Registered from ready(); `None` leaves the panel away.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string

from vetting.people.middleware import PersonRequest
from vetting.people.models import District
from workflows.actors import Actor, Role
from workflows.clock.queries import DATES
from workflows.desk.queries import OPEN_ACTS
from workflows.ledger.queries import HISTORY
from workflows.prefetching import branches, is_read
from workflows.providers import Recipient
from workflows.stateful import Stateful
from workflows.together import prefetch_together


@dataclass(frozen=True, slots=True)
class Panel:
    """A folding part of a case's page; `template` is drawn with `context` alone."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Pen:
    """The case behind a request that waits for it, and whom a mail asks there.

    `ours`: where that is somebody outside, those of the district who see to it."""

    subject: Stateful
    waits_for: str
    recipients: tuple[Recipient, ...]
    ours: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """The agreement that a request waits for. `waits_for` is "" where nobody can act on it;
    `standing` then says what is waited for. `since` when they have had it, which may be later than
    the request came to wait. `due`: its own soonest date that runs. `readers` may open its page."""

    subject: Stateful
    waits_for: str
    since: datetime
    standing: str = ""
    due: datetime | None = None
    readers: tuple[Role, ...] = ()

    def __str__(self) -> str:
        return self.waits_for or self.standing


BehindFunction = Callable[[Sequence[Any]], "Mapping[int, Behind]"]
PanelFunction = Callable[[Any, Actor], Panel | None]
PartsFunction = Callable[[Actor], Iterable[Any]]
PenFunction = Callable[[Any], "Pen | None"]
WordsFunction = Callable[[Sequence[Any]], Mapping[int, str]]
StatesFunction = Callable[[Sequence[Any]], Mapping[int, str]]
BreachesFunction = Callable[[Sequence[Any]], Collection[int]]
HeldFunction = Callable[[Any], "list[str]"]
CoverageFunction = Callable[[District, Collection[int], date], Mapping[int, str]]

_parts: dict[type[Stateful], dict[str, PartsFunction]] = {}
_panels: dict[type[Stateful], list[tuple[int, str, PanelFunction]]] = {}
_agreement_states: list[StatesFunction] = []
_agreement_waits: list[BehindFunction] = []
_holders: list[WordsFunction] = []
_pens: list[PenFunction] = []
_coverage: list[CoverageFunction] = []
_held: list[HeldFunction] = []
_breaches: list[BreachesFunction] = []


def panel(model: type[Stateful], *, order: int = 50) -> Callable[[PanelFunction], PanelFunction]:
    """Register a panel of a case's page; the lowest `order` stands first."""

    def register(function: PanelFunction) -> PanelFunction:
        row = (order, f"{function.__module__}.{function.__name__}", function)
        known = _panels.setdefault(model, [])
        known[:] = sorted([r for r in known if r[1] != row[1]] + [row], key=lambda r: r[:2])
        return function

    return register


def parts(model: type[Stateful]) -> Callable[[PartsFunction], PartsFunction]:
    """Register what a room shows and asks of a case, as `prefetch_related` takes it: the page
    reads all of it at once. Whoever reads a relation with `.all()` then asks nobody.

    It is called once for all people with the same roles: the actor's district and number may stand
    in conditions, and nothing may hang on them (docs/decisions/pages-read-together.md).
    """

    def register(function: PartsFunction) -> PartsFunction:
        _parts.setdefault(model, {})[f"{function.__module__}.{function.__name__}"] = function
        return function

    return register


def parts_of(model: type[Stateful], actor: Actor) -> list[Any]:
    """Of every room, and the case's history, open acts and dates."""
    spine = [*HISTORY, *OPEN_ACTS, *DATES]
    return spine + [part for room in _parts.get(model, {}).values() for part in room(actor)]


def read_whole(subject: Stateful, actor: Actor) -> None:
    """The parts of a case that was read without them; nothing for one that has them."""
    if not is_read(subject.case, "entries"):
        prefetch_together(([subject], branches(*parts_of(type(subject), actor))))


def panels_of(subject: Stateful, actor: Actor) -> list[Panel]:
    drawn = [function(subject, actor) for _, _, function in _panels.get(type(subject), [])]
    return [one for one in drawn if one is not None]


def drawn_panels(request: PersonRequest, subject: Stateful) -> list[tuple[Panel, str]]:
    return [
        (one, render_to_string(one.template, dict(one.context), request))
        for one in panels_of(subject, request.actor)
    ]


def agreement_states(function: StatesFunction) -> StatesFunction:
    """Register how requests learn where their agreement stands: requests in, {id: state} out.

    At most one query for any number of them; a request without an agreement is left out.
    """
    _agreement_states[:] = [function]
    return function


def agreement_states_of(cases: Sequence[Stateful]) -> Mapping[int, str]:
    return _agreement_states[0](cases) if _agreement_states and cases else {}


def breaches(function: BreachesFunction) -> BreachesFunction:
    """Register what knows of a breach at what serves a request: requests in, their numbers out.

    No query of its own for those that were read with `agreement_states`."""
    _breaches[:] = [function]
    return function


def breached_of(cases: Sequence[Stateful]) -> Collection[int]:
    return _breaches[0](cases) if _breaches and cases else ()


def agreement_waits(function: BehindFunction) -> BehindFunction:
    """Register what stands behind requests that wait for their agreement: {case id: Behind}."""
    _agreement_waits[:] = [function]
    return function


def agreement_waits_of(cases: Sequence[Stateful]) -> Mapping[int, Behind]:
    return _agreement_waits[0](cases) if _agreement_waits and cases else {}


def agreement_holders(function: WordsFunction) -> WordsFunction:
    """Register whom agreements wait for, in the words of their own pages: {case id: words}."""
    _holders[:] = [function]
    return function


def agreement_holders_of(agreements: Sequence[Stateful]) -> Mapping[int, str]:
    return _holders[0](agreements) if _holders and agreements else {}


def pen(function: PenFunction) -> PenFunction:
    """Register who holds the pen on the agreement behind a request; None without an agreement."""
    _pens[:] = [function]
    return function


def pen_of(request: Stateful) -> Pen | None:
    return _pens[0](request) if _pens else None


def held_data(function: HeldFunction) -> HeldFunction:
    """Register what the agreement behind a request lets its vendor take, in the catalog's words."""
    _held[:] = [function]
    return function


def held_data_of(request: Stateful) -> list[str]:
    return _held[0](request) if _held else []


def coverage(function: CoverageFunction) -> CoverageFunction:
    """Register which tools a contract of the district covers today: {tool id: a sentence}."""
    _coverage[:] = [function]
    return function


def coverage_of(district: District, tools: Collection[int], today: date) -> Mapping[int, str]:
    return _coverage[0](district, tools, today) if _coverage and tools else {}


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the header search."""

    label: str
    url: str
    words: str = ""


FinderFunction = Callable[[Actor, str], list[Found]]
_finders: dict[str, FinderFunction] = {}


def finder(label: str) -> Callable[[FinderFunction], FinderFunction]:
    """Register another kind of thing the header search finds ("Agreements"); few, best first."""

    def register(function: FinderFunction) -> FinderFunction:
        _finders[label] = function
        return function

    return register


def found_elsewhere(actor: Actor, text: str) -> dict[str, list[Found]]:
    return {label: rows for label, find in _finders.items() if (rows := find(actor, text))}
