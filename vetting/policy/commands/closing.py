"""A date by law is done, or let go; where its duty comes back each year, the next one follows."""

from datetime import datetime

from django.db import transaction

from vetting.policy import yearly
from vetting.policy.commands.dating import follow_law
from workflows import engine
from workflows.actors import Actor
from workflows.clock import commands as clock
from workflows.clock import lawful
from workflows.stateful import Stateful


def meet_duty(
    subject: Stateful, *, kind: str, by: Actor, note: str, at: datetime | None = None
) -> bool:
    """As the clock's; no night passes between a year's duty and the next."""
    with transaction.atomic():
        returns = _comes_back(subject, kind)
        closed = clock.meet_duty(subject, kind=kind, by=by, note=note, at=at)
        _follow(subject, by, at, closed=closed and returns)
    return closed


def waive(
    subject: Stateful, *, kind: str, by: Actor, reason: str, at: datetime | None = None
) -> bool:
    """As the clock's: one day is let go, and the next one of the law stands."""
    with transaction.atomic():
        returns = _comes_back(subject, kind)
        closed = clock.waive(subject, kind=kind, by=by, reason=reason, at=at)
        _follow(subject, by, at, closed=closed and returns)
    return closed


def _comes_back(subject: Stateful, kind: str) -> bool:
    """Under the case's lock, so that the row it is asked of is the one that is closed; and before
    that is written: the sweep could else claim the case and wait for the row, while we, on the way
    to the next date, wait for the case."""
    rows = lawful.locked(engine.lock(subject))
    return any(row.kind == kind and yearly.comes_back(row.explanation) for row in rows)


def _follow(subject: Stateful, by: Actor, at: datetime | None, *, closed: bool) -> None:
    if closed:
        follow_law(subject, by=by, why="facts", at=at)
