"""The door: the only place where a case is opened, moved or recorded upon."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from workflows import actors, door, held
from workflows.actors import Actor
from workflows.cases import Case, Tenant
from workflows.clock import commands as clock
from workflows.desk import commands as desk
from workflows.grammar import Move
from workflows.ledger import commands as ledger
from workflows.ledger.models import Entry
from workflows.outbox import commands as outbox
from workflows.providers import Ask, guard_candidates
from workflows.refusals import Refused, already_moved, foreign, raise_if, too_long
from workflows.stateful import Stateful, lock

__all__ = [
    "Option",
    "Refused",
    "hold",
    "keep_draft",
    "lock",
    "open_case",
    "options_for",
    "perform",
    "reasons_against",
    "record",
]

S = TypeVar("S", bound=Stateful)


@dataclass(frozen=True, slots=True)
class Option:
    """A move the actor's role could do from here, and why not yet (empty: go)."""

    move: Move
    reasons: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        return not self.reasons


def perform(
    subject: S,
    move: str,
    *,
    by: Actor,
    note: str = "",
    given: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    via: int | None = None,
    at: datetime | None = None,
) -> S:
    """Move a case, all or nothing; returns it as it stands afterwards.

    `given`: arguments of the bound method. `facts`: codes for the ledger. `via`: the process whose
    last node asks, which is not canceled. `at`: a past instant (imports, demo, tests only).
    Raises Refused with every reason; nothing is written then.
    """
    recorded_at = timezone.now()
    ask = Ask(by, _past(at, recorded_at), note.strip(), dict(given or {}))
    with _transaction() as writing:
        locked = lock(subject)
        row = _row_for(locked, move, by)
        raise_if(reasons_against(locked, row, ask))
        source = locked.state
        writing.begun = True
        with door.opened():
            getattr(locked, move)(**ask.given)
            locked.since = ask.now
            entry = ledger.append(
                locked,
                kind=Entry.MOVE,
                name=move,
                by=by,
                at=ask.now,
                recorded_at=recorded_at,
                source=source,
                target=locked.state,
                facts=facts,
                note=ask.note,
            )
        clock.follow(locked, entry)
        desk.follow(locked, entry, via=via)
        outbox.follow(locked, entry, note=ask.note, by=by)
    return locked


def open_case(
    model: type[S],
    *,
    tenant: Tenant,
    by: Actor,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    **fields: Any,
) -> S:
    """Open a case in its first state, with the ledger's first row ("opened")."""
    recorded_at = timezone.now()
    when = _past(at, recorded_at)
    with transaction.atomic(), door.opened():
        case = Case.objects.create(machine=model.lifecycle.name, tenant=tenant, opened_at=when)
        initial = model.lifecycle.initial
        subject = model(case=case, state=initial, since=when, version=1, **fields)
        subject.save(force_insert=True)
        entry = ledger.append(
            subject,
            kind=Entry.MOVE,
            name="opened",
            by=by,
            at=when,
            recorded_at=recorded_at,
            target=subject.state,
            facts=facts,
        )
        clock.follow(subject, entry)
        desk.follow(subject, entry, via=None)
    return subject


def record(
    subject: S,
    name: str,
    *,
    by: Actor,
    change: Callable[[S], None] | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
    at: datetime | None = None,
) -> S:
    """A command that matters and is no change of state: lock, change own fields, one ledger row."""
    recorded_at = timezone.now()
    with _transaction() as writing:
        locked = lock(subject)
        raise_if(foreign(locked, by) or too_long(note))
        state = locked.state
        writing.begun = True
        if change:
            change(locked)
        if locked.state != state:
            raise door.DoorClosed(f"{name} changed a state: that takes engine.perform.")
        with door.opened():
            ledger.append(
                locked,
                kind=Entry.COMMAND,
                name=name,
                by=by,
                at=_past(at, recorded_at),
                recorded_at=recorded_at,
                facts=facts,
                note=note.strip(),
            )
    return locked


def keep_draft(subject: S, *, by: Actor, change: Callable[[S], None]) -> S:
    """Autosave: own fields of a case still in its first state, without a ledger row."""
    with transaction.atomic():
        locked = lock(subject)
        raise_if(foreign(locked, by))
        if locked.state != locked.lifecycle.initial:
            raise_if([already_moved(locked, by)])
        change(locked)
        with door.opened():
            locked.save()
    return locked


def hold(model: type[Stateful], case_id: int) -> None:
    """FOR SHARE on another case's row, so that what a guard read stays true until we commit."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE case_id = %s FOR SHARE", [case_id])  # noqa: S608


def options_for(subject: Stateful, by: Actor) -> list[Option]:
    """The moves this person's roles could make from here, those not yet allowed with reasons."""
    ask = Ask(by, timezone.now(), preview=True)
    mine = subject.roles_of(by)
    rows = [r for r in subject.lifecycle.leaving(subject.state) if r.by & mine and not r.since]
    return [Option(row, tuple(_unmet(subject, row, ask))) for row in rows]


def reasons_against(subject: Stateful, row: Move, ask: Ask) -> list[str]:
    """Everything that stands against a move, in sentences; empty means go."""
    if row.since:
        return [f"“{row.label}” is not part of this release yet ({row.since})."]
    if outside := foreign(subject, ask.by):
        return outside
    if not row.by & subject.roles_of(ask.by):
        wanted = " or ".join(actors.ROLE_NAMES[role] for role in sorted(row.by))
        return [f"“{row.label}” is for: {wanted}."]
    missing = ["Write a note that says why."] if row.note and not ask.note else []
    return missing + too_long(ask.note) + _unmet(subject, row, ask)


@dataclass(slots=True)
class _Writing:
    begun: bool = False


@contextmanager
def _transaction() -> Iterator[_Writing]:
    """Inside a room's own transaction no savepoint is made: we refuse before we write.

    What comes up after that, a refusal too, spoils the room's whole transaction, so that nobody
    who catches it can commit half of a move.
    """
    writing = _Writing()
    if not held.in_transaction():
        with transaction.atomic():
            yield writing
        return
    try:
        yield writing
    except BaseException:
        if writing.begun:
            transaction.set_rollback(True)
        raise


def _unmet(subject: Stateful, row: Move, ask: Ask) -> list[str]:
    reasons: list[str] = []
    for name in row.needs:
        (check,) = guard_candidates(type(subject), name)
        reasons += check(subject, ask)
    return reasons


def _row_for(subject: Stateful, move: str, by: Actor) -> Move:
    row = subject.lifecycle.row(move, subject.state)
    if row is None:
        raise Refused([already_moved(subject, by)], moved_on=True)
    return row


def _past(at: datetime | None, now: datetime) -> datetime:
    if at is not None and at > now:
        raise ValueError("A move cannot be recorded in the future.")
    return at or now
