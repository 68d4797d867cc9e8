"""What happens elsewhere when a case moves: registered here, run from the outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.grammar import Lifecycle
from workflows.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Event:
    """A move that was committed: what a reaction gets. Find subjects by link, never by state."""

    case_id: int
    machine: str
    move: str
    source: str
    target: str
    seq: int
    at: datetime
    by_ref: str
    facts: dict[str, Any]
    recorded_at: datetime | None = None

    @property
    def as_of(self) -> datetime | None:
        """The past instant of an import or a demo, to hand on as `at`; None when it was live."""
        return None if self.recorded_at in (None, self.at) else self.at


@dataclass(frozen=True, slots=True)
class Registered:
    name: str
    machine: str
    enters: str
    move: str
    run: Callable[[Event], None]

    def follows(self, *, move: str, source: str, target: str) -> bool:
        if self.move:
            return self.move == move
        return self.enters == target and source != target


_reactions: dict[str, Registered] = {}


def on(
    lifecycle: Lifecycle, *, enters: str = "", move: str = ""
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a reaction: at least once, in its own transaction, so it must be idempotent.

    Its name (room.function) is stored in messages: frozen from the first release.
    """

    def register(function: Callable[[Event], None]) -> Callable[[Event], None]:
        room = function.__module__.split(".")[-2]
        name = f"{room}.{function.__name__}"
        if name in _reactions:
            raise ValueError(f"Two reactions are named {name}.")
        if (enters and enters not in lifecycle.states) or (move and not lifecycle.rows(move)):
            raise ValueError(f"Reaction {name} follows nothing in {lifecycle.name}.")
        _reactions[name] = Registered(name, lifecycle.name, enters, move, function)
        return function

    return register


def following(machine: str, *, move: str, source: str, target: str) -> list[Registered]:
    return [
        r
        for r in _reactions.values()
        if r.machine == machine and r.follows(move=move, source=source, target=target)
    ]


def registered() -> list[Registered]:
    return sorted(_reactions.values(), key=lambda r: r.name)


def reaction_named(name: str) -> Registered:
    return _reactions[name]


# A transactional effect that follows no move; what it returns is kept beside the message.
TopicHandler = Callable[[Message], str]
_topics: dict[str, TopicHandler] = {}


def topic(name: str) -> Callable[[TopicHandler], TopicHandler]:
    """Register what runs for reaction messages of a topic without a dot ("deadline_rung")."""

    def register(function: TopicHandler) -> TopicHandler:
        if _topics.setdefault(name, function) is not function:
            raise ValueError(f"Two handlers claim the topic {name}.")
        return function

    return register


def topics() -> list[str]:
    return sorted(_topics)


def topic_handler(name: str) -> TopicHandler | None:
    return _topics.get(name)
