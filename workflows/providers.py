"""What later houses tell the engine: guards about their own rooms, and who an audience is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.actors import Actor
from workflows.grammar import Lifecycle

if TYPE_CHECKING:
    from workflows.stateful import Stateful


@dataclass(frozen=True, slots=True)
class Ask:
    """One attempt at a move, as its guards see it.

    `preview` is set while a page asks what would be possible: `given` is then empty, and guards
    that judge given values stay silent.
    """

    by: Actor
    now: datetime
    note: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """`link` is for people without an account: what their `[personal link]` is minted from."""

    email: str
    name: str
    link: Mapping[str, Any] | None = None


GuardFunction = Callable[[Any, Ask], list[str]]
AudienceFunction = Callable[[Any], list[Recipient]]

_guards: dict[tuple[str, str], GuardFunction] = {}
_audiences: dict[tuple[str, str], AudienceFunction] = {}


def guard(lifecycle: Lifecycle, name: str) -> Callable[[GuardFunction], GuardFunction]:
    """Register the one callable behind a name: (subject, ask) -> sentences, empty means go."""

    def register(function: GuardFunction) -> GuardFunction:
        if _guards.setdefault((lifecycle.name, name), function) is not function:
            raise ValueError(f"Guard {lifecycle.name}.{name} has two providers.")
        return function

    return register


def guard_candidates(model: type["Stateful"], name: str) -> list[GuardFunction]:
    """Every callable that answers to a guard's name; a system check wants exactly one."""
    own = getattr(model, name, None)
    registered = _guards.get((model.lifecycle.name, name))
    return [candidate for candidate in (own, registered) if callable(candidate)]


def audience(lifecycle: Lifecycle, name: str) -> Callable[[AudienceFunction], AudienceFunction]:
    """Register who an audience of a lifecycle's notices and ladders is: subject -> recipients."""

    def register(function: AudienceFunction) -> AudienceFunction:
        _audiences[(lifecycle.name, name)] = function
        return function

    return register


def recipients(subject: "Stateful", name: str) -> list[Recipient]:
    """The people behind an audience, each address once."""
    people = _audiences[(subject.lifecycle.name, name)](subject)
    return list({person.email.casefold(): person for person in people if person.email}.values())


def audience_names(lifecycle: Lifecycle) -> set[str]:
    return {name for machine, name in _audiences if machine == lifecycle.name}


ElsewhereFunction = Callable[[Any], str]
_elsewhere: dict[str, ElsewhereFunction] = {}


def waits_elsewhere(lifecycle: Lifecycle) -> Callable[[ElsewhereFunction], ElsewhereFunction]:
    """Register for whom a case waits who is none of those that its reminders reach: in words that
    follow "waiting for", and "" where there is nobody of the kind."""

    def register(function: ElsewhereFunction) -> ElsewhereFunction:
        _elsewhere[lifecycle.name] = function
        return function

    return register


def elsewhere(subject: "Stateful") -> str:
    known = _elsewhere.get(subject.lifecycle.name)
    return known(subject) if known else ""
