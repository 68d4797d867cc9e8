"""Whose turn a state is when it has no flow: one act, no row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflows.actors import Actor, Role, with_included
from workflows.grammar import Lifecycle


@dataclass(frozen=True, slots=True)
class Turn:
    """`title` may name {subject}; `page` is a url name that takes the case's code."""

    roles: frozenset[Role]
    title: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Detour:
    """What others must do first while whoever has the turn in these states can bring nothing about.

    `where`: as a condition, the cases that stand so and fall to this person; `holds`: the same of
    one row.
    """

    states: tuple[str, ...]
    roles: frozenset[Role]
    title: str
    page: str
    where: Callable[[Actor], Any]
    holds: Callable[[Any, Actor], bool]


# Audiences that are a role; "next_signer" is whoever the signing room says, so any signatory here.
ROLE_OF: dict[str, Role] = {
    "requesters": Role.REQUESTER,
    "school_leaders": Role.SCHOOL_LEADER,
    "sourcing": Role.SOURCING,
    "privacy": Role.PRIVACY,
    "privacy_lead": Role.PRIVACY_LEAD,
    "legal": Role.LEGAL,
    "board_clerk": Role.BOARD_CLERK,
    "next_signer": Role.SIGNATORY,
    "vendor": Role.VENDOR,
}

_turns: dict[tuple[str, str], Turn] = {}
_detours: dict[str, dict[str, Detour]] = {}


def turn(
    lifecycle: Lifecycle,
    state: str,
    *,
    title: str,
    page: str,
    role: Role | tuple[Role, ...] | None = None,
) -> None:
    """Say what the one whose turn it is has to do, and on which page; called in a room's flows."""
    if state not in lifecycle.states or state in lifecycle.work:
        raise ValueError(f"{lifecycle.name}.{state} is no state without a flow.")
    given = role if isinstance(role, tuple) else (role,) if role else ()
    _turns[(lifecycle.name, state)] = Turn(
        frozenset(given) or _default(lifecycle, state).roles, title, page
    )


def detour(lifecycle: Lifecycle, name: str, made: Detour) -> None:
    """Called in a room's flows; the same name again replaces it."""
    if unknown := set(made.states) - set(lifecycle.states):
        raise ValueError(f"{lifecycle.name} has no state {', '.join(sorted(unknown))}.")
    _detours.setdefault(lifecycle.name, {})[name] = made


def detours_for(actor: Actor, lifecycle: Lifecycle) -> list[Detour]:
    """Those that this person's roles may make."""
    roles = with_included(actor.roles)
    return [one for one in _detours.get(lifecycle.name, {}).values() if one.roles & roles]


def turns_of(lifecycle: Lifecycle) -> dict[str, Turn]:
    """Every state without a flow that is somebody's turn, because they can do something there.

    What waits for another case, or for a room that is not built yet, is nobody's list.
    """
    states = [s for s in lifecycle.turn if s not in lifecycle.work]
    said = {s: _turns.get((lifecycle.name, s)) for s in states}
    return {
        s: one or _default(lifecycle, s) for s, one in said.items() if one or _moves(lifecycle, s)
    }


def _moves(lifecycle: Lifecycle, state: str) -> bool:
    """Whether those whose turn the table names have a move from here in this release."""
    roles = with_included(_default(lifecycle, state).roles)
    return any(row.by & roles for row in lifecycle.leaving(state) if not row.since)


def _default(lifecycle: Lifecycle, state: str) -> Turn:
    role = ROLE_OF.get(lifecycle.turn.get(state, ""))
    words = lifecycle.states[state]
    return Turn(frozenset({role} if role else ()), f"{words}: {{subject}}")
