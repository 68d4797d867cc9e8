"""The drain: takes messages that are due and makes them happen.

Each is claimed in a commit of its own first: work that ends its worker has been counted by then.
A reaction's effect and its "done" are one commit. Mails and jobs are leased: no transaction is open
during their input and output. Whoever was overtaken writes nothing.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from math import inf
from time import monotonic

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox import jobs, reactions, rules
from workflows.outbox.mail import PermanentFault, send
from workflows.outbox.models import Message

log = logging.getLogger("workflows.outbox")
MAIL_LEASE = timedelta(seconds=120)
# A reaction only writes rows, and its own row is locked meanwhile; this is for a worker that died.
REACTION_LEASE = timedelta(seconds=60)
OUTCOME = ("status", "send_after", "attempts", "deaths", "last_error")


def drain(
    now: datetime | None = None,
    limit: int = 500,
    *,
    worker: str = "",
    seconds: float = inf,
    each: Callable[[Counter[str]], None] | None = None,
) -> Counter[str]:
    """Handle up to `limit` messages that are due; counts by outcome. `each` hears after each one.

    Without `now` each message reads the clock for itself: a lease must not start in the past. No
    further one is begun after so many `seconds`: a mail server that hangs costs its timeout for
    each mail, and the worker has other rounds to make.
    """
    counts: Counter[str] = Counter()
    # On SQLite every transaction is a write lock, so an idle tick must not begin one.
    if not _due(now or timezone.now()).exists():
        return counts
    end = monotonic() + seconds
    while sum(counts.values()) < limit and monotonic() < end:
        outcome = _next(now or timezone.now(), worker)
        if not outcome:
            break
        counts[outcome] += 1
        if each:
            each(counts)
    return counts


def release_leases(worker: str) -> int:
    """A worker that starts again takes back at once what its former self held when it died."""
    held = Message.objects.filter(status=Message.INFLIGHT, claimed_by=worker)
    return held.update(status=Message.RETRY, deaths=F("deaths") + 1, send_after=timezone.now())


def _due(now: datetime) -> QuerySet[Message]:
    rows = Message.objects.filter(status__in=Message.PENDING, send_after__lte=now)
    return rows.order_by("send_after", "id")


def _next(now: datetime, worker: str) -> str:
    """One message. Empty when nothing is due; otherwise what became of it."""
    with transaction.atomic():
        skips = connection.features.has_select_for_update_skip_locked
        message = _due(now).select_for_update(of=("self",), skip_locked=skips, no_key=True).first()
        if message is None:
            return ""
        if message.status == Message.INFLIGHT:
            message.deaths += 1
        if verdict := _unsendable(message):
            return _ended(message, verdict, now)
        _claim(message, now, worker)
    return _react(message, now) if message.channel == Message.REACTION else _work(message, now)


def _react(message: Message, now: datetime) -> str:
    """The effect and "done" in one transaction, or neither and a later try."""
    try:
        with transaction.atomic():
            if not _still_mine(message):
                return "overtaken"
            message.last_error = _effect(message)
            return _ended(message, Message.DONE, now)
    except Refused as refused:
        if not refused.moved_on:
            return _failed(message, refused, now)
        message.last_error = str(refused)
        return _ended(message, Message.DONE, now)
    except Exception as error:
        return _failed(message, error, now)


def _still_mine(message: Message) -> bool:
    """Locks the row to the end of the effect: a lease that runs out meanwhile hands nothing on."""
    mine = _claimed_as(message).filter(status=Message.INFLIGHT)
    return mine.select_for_update(of=("self",), no_key=True).exists()


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
    if message.deaths >= rules.MOST_DEATHS:
        message.last_error = f"Its worker ended in the midst of it {message.deaths} times."
        return Message.FAILED
    return Message.FAILED if message.attempts >= rules.MOST_ATTEMPTS else ""


def _claim(message: Message, now: datetime, worker: str) -> None:
    """The caller holds the row's lock."""
    message.attempts += 1
    message.claimed_at, message.claimed_by = now, worker
    message.status, message.send_after = Message.INFLIGHT, now + _lease(message)
    message.save(update_fields=[*OUTCOME, "claimed_at", "claimed_by"])


def _claimed_as(message: Message) -> QuerySet[Message]:
    """The fence: the row while nobody else has claimed it, and it got no new round, since.

    All three tell a claim: a new round counts its attempts from one again.
    """
    return Message.objects.filter(
        pk=message.pk,
        attempts=message.attempts,
        claimed_at=message.claimed_at,
        claimed_by=message.claimed_by,
    )


def _lease(message: Message) -> timedelta:
    if message.channel == Message.JOB:
        return jobs.lease_of(message.topic)
    return REACTION_LEASE if message.channel == Message.REACTION else MAIL_LEASE


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
    return status if _keep(message) else "overtaken"


def _failed(message: Message, error: Exception, now: datetime) -> str:
    """Try again later, or give up: a dead letter stands on Operations until somebody acts."""
    hopeless = isinstance(error, PermanentFault) or message.attempts >= rules.MOST_ATTEMPTS
    message.status = Message.FAILED if hopeless else Message.RETRY
    message.send_after = None if hopeless else now + rules.wait_after(message.attempts)
    message.last_error = f"{type(error).__name__}: {error}"[:1000]
    message.done_at = None
    # An error's own words may hold a person's address; they stay in the row.
    log.warning("Message %s (%s): %s", message.pk, message.topic, type(error).__name__)
    return message.status if _keep(message) else "overtaken"


def _keep(message: Message) -> bool:
    """Write the outcome, unless another worker took the message over."""
    mine = _claimed_as(message).filter(status__in=Message.PENDING)
    return bool(mine.update(**{name: getattr(message, name) for name in (*OUTCOME, "done_at")}))
