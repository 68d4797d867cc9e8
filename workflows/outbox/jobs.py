"""Work with input and output, registered by name: it runs under a lease, in no transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from workflows.outbox.models import Message

# What a job hands back: the writes that belong in the transaction which marks it done.
Finish = Callable[[], None]
JobFunction = Callable[[Message], Finish | None]
Minter = Callable[[Message], str]


@dataclass(frozen=True, slots=True)
class Job:
    run: JobFunction
    lease: timedelta
    title: str


_jobs: dict[str, Job] = {}
_minters: dict[str, Minter] = {}


def job(
    name: str, *, title: str = "", lease_seconds: int = 300
) -> Callable[[JobFunction], JobFunction]:
    """Register a leased job. Its effect outside must be idempotent: it happens at least once.

    `title`: what an administrator reads ("The seal of a signature").

    It must end before its lease does, or a second worker starts it and this one is fenced off.
    """

    def register(function: JobFunction) -> JobFunction:
        if name in _jobs:
            raise ValueError(f"Two jobs are named {name}.")
        _jobs[name] = Job(function, timedelta(seconds=lease_seconds), title)
        return function

    return register


def lease_of(name: str) -> timedelta:
    """An unknown job gets a lease too: running it then fails where failures are kept."""
    return _jobs[name].lease if name in _jobs else timedelta(minutes=5)


def title_of(name: str) -> str:
    known = _jobs[name].title if name in _jobs else ""
    return known or name.replace("_", " ").capitalize()


def run(message: Message) -> Finish | None:
    return _jobs[message.topic].run(message)


def link_minter(kind: str) -> Callable[[Minter], Minter]:
    """Register who makes the personal links of a kind: message in, address out.

    Called at sending, in a short transaction of its own. It revokes the token it made for this
    message before, because a retried mail may have been half sent.
    """

    def register(function: Minter) -> Minter:
        if kind in _minters:
            raise ValueError(f"Two minters make {kind} links.")
        _minters[kind] = function
        return function

    return register


def minter_of(kind: str) -> Minter:
    return _minters[kind]
