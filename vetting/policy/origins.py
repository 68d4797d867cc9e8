"""What the rooms tell of their own cases' dates: who may read a case, what set a date, and dates
that stand in no row of the clock.

Registered from ready(); a room imports this, never the other way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vetting.policy.rules.explanation import Ground
from workflows.actors import Actor
from workflows.grammar import Lifecycle
from workflows.stateful import Stateful

# Raises the model's DoesNotExist alike for nothing, another district's and a hidden one.
ReadFunction = Callable[[Actor, str], Stateful]
GroundFunction = Callable[[Any], Ground | None]


@dataclass(frozen=True, slots=True)
class Plain:
    """A date that no deadline keeps, from the day it was set."""

    kind: str
    label: str
    since: datetime
    due_at: datetime
    ground: Ground


PlainFunction = Callable[[Any], Iterable[Plain]]

_readers: dict[str, ReadFunction] = {}
_grounds: dict[tuple[str, str], GroundFunction] = {}
_plain: dict[str, PlainFunction] = {}


def reads(lifecycle: Lifecycle) -> Callable[[ReadFunction], ReadFunction]:
    """Register who may open the cases of a machine: as its own pages do."""

    def register(function: ReadFunction) -> ReadFunction:
        _readers[lifecycle.name] = function
        return function

    return register


def reader_of(machine: str) -> ReadFunction | None:
    return _readers.get(machine)


def sets(lifecycle: Lifecycle, kind: str) -> Callable[[GroundFunction], GroundFunction]:
    """Register what names the day of a date that is not counted; None: no longer that day."""

    def register(function: GroundFunction) -> GroundFunction:
        _grounds[(lifecycle.name, kind)] = function
        return function

    return register


def ground_of(subject: Stateful, kind: str) -> Ground | None:
    known = _grounds.get((subject.lifecycle.name, kind))
    return known(subject) if known else None


def dates_beside(lifecycle: Lifecycle) -> Callable[[PlainFunction], PlainFunction]:
    def register(function: PlainFunction) -> PlainFunction:
        _plain[lifecycle.name] = function
        return function

    return register


def plain_dates(subject: Stateful) -> list[Plain]:
    known = _plain.get(subject.lifecycle.name)
    return list(known(subject)) if known else []
