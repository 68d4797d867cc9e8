"""The drain: takes messages that are due and makes them happen.

A reaction is transactional: claim, effect and "done" are one commit. Mails and jobs are leased: no
transaction is open during their input and output, and whoever was overtaken writes nothing.
"""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox import jobs, reactions, rules
from workflows.outbox.mail import PermanentFault, send
from workflows.outbox.models import Message

log = logging.getLogger("workflows.outbox")
MAIL_LEASE = timedelta(seconds=120)


def drain(now: datetime | None = None, limit: int = 500, *, worker: str = "") -> Counter[str]:
    """Handle up to `limit` messages that are due; counts by outcome.

    Without `now` each message reads the clock for itself: a lease must not start in the past.
    """
    counts: Counter[str] = Counter()
    while sum(counts.values()) < limit and (outcome := _next(now or timezone.now(), worker)):
        counts[outcome] += 1
    return counts


def release_leases(worker: str) -> int:
    """A worker that starts again takes back at once what its former self held when it died."""
    held = Message.objects.filter(status=Message.INFLIGHT, claimed_by=worker)
    return held.update(status=Message.RETRY, send_after=timezone.now())


def _due(now: datetime) -> QuerySet[Message]:
    rows = Message.objects.filter(status__in=Message.PENDING, send_after__lte=now)
    return rows.order_by("send_after", "id")


def _next(now: datetime, worker: str) -> str:
    """One message. Empty when nothing is due; otherwise what became of it."""
    # On SQLite every transaction is a write lock, so an idle tick must not begin one.
    if not _due(now).exists():
        return ""
    with transaction.atomic():
        skips = connection.features.has_select_for_update_skip_locked
        message = _due(now).select_for_update(of=("self",), skip_locked=skips, no_key=True).first()
        if message is None:
            return ""
        if message.channel == Message.REACTION:
            return _react(message, now)
        if verdict := _unsendable(message):
            return _ended(message, verdict, now)
        _claim(message, now, worker)
    return _work(message, now)


def _react(message: Message, now: datetime) -> str:
    """Inside the claiming transaction: the effect's own savepoint, then done or a later try."""
    message.attempts += 1
    try:
        with transaction.atomic():
            remark = _effect(message)
    except Refused as refused:
        if not refused.moved_on:
            return _failed(message, refused, now)
        remark = str(refused)
    except Exception as error:
        return _failed(message, error, now)
    message.last_error = remark
    return _ended(message, Message.DONE, now)


def _effect(message: Message) -> str:
    if handler := reactions.topic_handler(message.topic):
        return handler(message)
    reactions.reaction_named(message.topic).run(event_of(message))
    return ""


def event_of(message: Message) -> reactions.Event:
    entry = Entry.objects.select_related("case").get(pk=message.payload["entry"])
    return reactions.Event(
        case_id=entry.case_id,
        machine=entry.case.machine,
        move=entry.name,
        source=entry.source,
        target=entry.target,
        seq=entry.seq,
        at=entry.at,
        by_ref=entry.actor_ref,
        facts=entry.facts,
        recorded_at=entry.recorded_at,
    )


def _unsendable(message: Message) -> str:
    if message.channel == Message.MAIL and not message.to:
        return Message.WITHHELD
    # Only a handler that kills its worker gets here: every other end is written where it happens.
    return Message.FAILED if message.attempts >= rules.MOST_ATTEMPTS else ""


def _claim(message: Message, now: datetime, worker: str) -> None:
    lease = jobs.lease_of(message.topic) if message.channel == Message.JOB else MAIL_LEASE
    message.attempts += 1
    message.claimed_at, message.claimed_by = now, worker
    message.status, message.send_after = Message.INFLIGHT, now + lease
    _keep(message, "claimed_at", "claimed_by")


def _work(message: Message, now: datetime) -> str:
    """The leased part: input and output first, then one fenced transaction."""
    try:
        return _finished(message, _outside(message), now)
    except Exception as error:
        return _failed(message, error, now)


def _outside(message: Message) -> jobs.Finish | None:
    if message.channel == Message.JOB:
        return jobs.run(message)
    send(message)
    return None


def _finished(message: Message, finish: jobs.Finish | None, now: datetime) -> str:
    message.last_error = ""
    with transaction.atomic():
        outcome = _ended(message, Message.DONE, now)
        if outcome == Message.DONE and finish:
            finish()
    return outcome


def _ended(message: Message, status: str, now: datetime) -> str:
    message.status, message.send_after = status, None
    message.done_at = now if status == Message.DONE else None
    return status if _keep(message, "done_at") else "overtaken"


def _failed(message: Message, error: Exception, now: datetime) -> str:
    """Try again later, or give up: a dead letter stands on Operations until somebody acts."""
    hopeless = isinstance(error, PermanentFault) or message.attempts >= rules.MOST_ATTEMPTS
    message.status = Message.FAILED if hopeless else Message.RETRY
    message.send_after = None if hopeless else now + rules.wait_after(message.attempts)
    message.last_error = f"{type(error).__name__}: {error}"[:1000]
    message.done_at = None
    # An error's own words may hold a person's address; they stay in the row.
    log.warning("Message %s (%s): %s", message.pk, message.topic, type(error).__name__)
    return message.status if _keep(message, "done_at") else "overtaken"


def _keep(message: Message, *fields: str) -> bool:
    """Write the outcome, unless another worker took the message over: `attempts` is the fence."""
    names = ("status", "send_after", "attempts", "last_error", *fields)
    mine = Message.objects.filter(pk=message.pk, status__in=Message.PENDING)
    values = {name: getattr(message, name) for name in names}
    return bool(mine.filter(attempts__lte=message.attempts).update(**values))
