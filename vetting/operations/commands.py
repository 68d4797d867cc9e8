"""Trying again what failed, or letting it go. Whoever is second reads who was first."""

from contextlib import suppress
from typing import Any

from django.db import transaction

from vetting.operations import queries
from vetting.people.commands.record import note_change
from workflows import engine
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.cases import Case
from workflows.clock import commands as clock
from workflows.clock.models import Deadline
from workflows.engine import Refused
from workflows.operations.queries import given_up_for
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.refusals import moment_in, raise_if, too_long
from workflows.stateful import Stateful, lock_row, model_of

# One press moves at most so many; each is a transaction of its own, and the page says what is left.
MOST_AT_ONCE = 200
DONE_SINCE = "It has been done since: there is nothing left to try."
NOT_GIVEN_UP = "It has not been given up, or somebody let it go already. Look at the page again."
AT_WORK = "It is being tried at this moment. Look again in a minute."
TRIED_SINCE = "It was tried once more since you opened this page. Look at it again."


@transaction.atomic
def retry_message(message: Message, *, by: Actor, seen: int | None = None) -> None:
    """Give a message that failed a new round of attempts, or its next attempt at once.

    `seen`: the attempts that stood on the page; another number means that somebody, or the worker,
    was faster. Raises Refused with who that was.
    """
    _must_look_after(message.tenant_id, by)
    subject = _locked(message.case) if message.case else None
    now = _as_it_stands(message, held=subject is not None)
    fresh = seen in (None, now.attempts)
    if not fresh or not (outbox.retry(now.pk) or outbox.hasten(now.pk)):
        raise Refused([_why_no_message(now, by) or (AT_WORK if fresh else TRIED_SINCE)])
    _note("message_retried", now, subject, by=by)
    outbox.wake_after_commit()


def _as_it_stands(message: Message, *, held: bool) -> Message:
    """Read after the lock: of two who press at once the second sees what the first did.

    A message of a case is behind the case's lock; to lock its own row as well would wait for a
    reaction that has that row and wants the case.
    """
    rows = Message.objects.select_related("case__tenant", "tenant")
    return (rows if held else rows.select_for_update(of=("self",), no_key=True)).get(pk=message.pk)


@transaction.atomic
def let_message_go(message: Message, *, by: Actor, note: str) -> None:
    """Ask nobody any more to deliver a mail that was given up: its address is wrong, or gone.

    The mail stays as a record, with the reason. Raises Refused with who was faster.
    """
    _must_look_after(message.tenant_id, by)
    reasons = [] if note.strip() else ["Write why nobody needs this mail any more."]
    raise_if(reasons + too_long(note))
    subject = _locked(message.case) if message.case else None
    now = Message.objects.select_related("case__tenant", "tenant").get(pk=message.pk)
    if now.channel != Message.MAIL:
        raise Refused(["Only a mail can be let go: the case stands on what this one does."])
    if not outbox.let_go(now.pk, why=note.strip()):
        raise Refused([_why_no_message(now, by) or NOT_GIVEN_UP])
    _note("message_let_go", now, subject, by=by, note=note.strip())


def _note(
    what: str, message: Message, subject: Stateful | None, *, by: Actor, note: str = ""
) -> None:
    """In the case's ledger, or in the record of settings where it belongs to no case."""
    facts: dict[str, Any] = {
        "message": message.pk, "channel": message.channel, "topic": message.topic,
    }  # fmt: skip
    if subject:
        engine.record(subject, what, by=by, facts=facts, note=note)
    else:
        note_change(what, by=by, **facts)


def retry_everything(*, by: Actor) -> int:
    """Every message of the district that was given up, one after the other; how many there were."""
    tried = 0
    for message in given_up_for(by)[:MOST_AT_ONCE]:
        with suppress(Refused):
            retry_message(message, by=by)
            tried += 1
    return tried


@transaction.atomic
def retry_deadline(deadline: Deadline, *, by: Actor, seen: int | None = None) -> None:
    """Let the sweep look at a date that failed now, and not in an hour; `seen` as above."""
    _must_look_after(deadline.case.tenant_id, by)
    subject = _locked(deadline.case)
    now = Deadline.objects.select_related("case__tenant").get(pk=deadline.pk)
    fresh = seen in (None, now.attempts)
    if not fresh or not clock.hasten(now.pk):
        raise Refused([_why_no_deadline(now, by) or (AT_WORK if fresh else TRIED_SINCE)])
    facts = {"deadline": now.pk, "kind": now.kind}
    engine.record(subject, "deadline_retried", by=by, facts=facts)


def _must_look_after(tenant_id: int | None, by: Actor) -> None:
    """`tenant_id`: None where it is of no district, and so every administrator's."""
    if by.tenant_id is None or tenant_id not in (None, by.tenant_id):
        raise Refused(["There is nothing here for you."])
    if not by.has(Role.ADMIN):
        raise Refused([f"This is for: {ROLE_NAMES[Role.ADMIN]}."])


def _locked(case: Case) -> Stateful:
    return lock_row(model_of(case.machine), case.pk)


def _why_no_message(message: Message, by: Actor) -> str:
    if message.status == Message.DONE:
        return DONE_SINCE
    zone = message.tenant.zone if message.tenant else "UTC"
    return _who_asked(queries.last_asker(message, by), zone, by)


def _why_no_deadline(deadline: Deadline, by: Actor) -> str:
    if not deadline.is_open or not deadline.attempts:
        return DONE_SINCE
    asked = queries.last_asker_for_date(deadline)
    return _who_asked(asked, deadline.case.tenant.zone, by)


def _who_asked(asked: queries.Asker | None, zone: str, by: Actor) -> str:
    if asked is None:
        return ""
    ref, at = asked
    when = moment_in(zone, at)
    if ref == by.ref:
        return f"You asked for this already, on {when}. It is on its way."
    return f"{queries.name_of(ref)} asked for this already, on {when}. You have nothing to do."
