"""What an act is: who may do it in which states, as the design tells it; what the story says comes
of it; and how it is done for real."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.lives.story import Agreement, Case, Person, Request, Story
from tests.lives.town import Town
from workflows.actors import Actor

Says = Callable[[Story, Person, Any, Any], bool]
Comes = Callable[[Story, Person, Any, Any], None]
Does = Callable[[Town, Actor, Any, Any], object]


@dataclass(frozen=True)
class Act:
    """`choice`: what else is chosen (an answer, a kind of approval), one of `choices`."""

    name: str
    on: type
    states: tuple[str, ...]
    roles: frozenset[str]
    may: Says
    comes: Comes
    does: Does
    choices: tuple[Any, ...] = (None,)

    def is_theirs(self, story: Story, who: Person, case: Case) -> bool:
        return case.state in self.states and bool(self.roles & story.roles(who, case))

    def allowed(self, story: Story, who: Person, case: Case, choice: Any) -> bool:
        return self.is_theirs(story, who, case) and self.may(story, who, case, choice)


ACTS: list[Act] = []


def always(story: Story, who: Person, case: Any, choice: Any) -> bool:
    return True


def to(state: str) -> Comes:
    def comes(story: Story, who: Person, case: Any, choice: Any) -> None:
        case.state = state

    return comes


def act(
    name: str,
    on: type,
    states: str,
    roles: str,
    does: Does,
    *,
    comes: Comes | str,
    may: Says = always,
    choices: Iterable[Any] = (None,),
) -> None:
    what = to(comes) if isinstance(comes, str) else comes
    wanted = frozenset(roles.split())
    ACTS.append(Act(name, on, tuple(states.split()), wanted, may, what, does, tuple(choices)))


def acts_on(case: Case) -> list[Act]:
    return [one for one in ACTS if isinstance(case, one.on)]


def possible(story: Story, case: Case, persons: Iterable[Person]) -> list[tuple[Act, Person, Any]]:
    """Everything that somebody may do with a case now."""
    people = list(persons)
    return [
        (one, who, choice)
        for one in acts_on(case)
        if case.state in one.states
        for who in people
        for choice in one.choices
        if one.allowed(story, who, case, choice)
    ]


__all__ = ["ACTS", "Act", "Agreement", "Request", "act", "acts_on", "always", "possible", "to"]
