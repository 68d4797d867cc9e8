"""Writing messages, in the transaction of what they promise."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from workflows import providers, sql
from workflows.actors import Actor
from workflows.cases import Case, Tenant
from workflows.ledger.models import Entry
from workflows.outbox import reactions, rules
from workflows.outbox.letterhead import Letterhead, letterhead_of
from workflows.outbox.models import Message
from workflows.stateful import Stateful


def follow(subject: Stateful, entry: Entry, *, note: str, by: Actor) -> None:
    """Everything a move promises: its reactions and its notices, once per ledger row."""
    machine = subject.lifecycle.name
    rows = [
        _reaction(subject, entry, registered.name)
        for registered in reactions.following(
            machine, move=entry.name, source=entry.source, target=entry.target
        )
    ]
    for notice in subject.lifecycle.notices:
        if notice.move == entry.name and notice.into in ("", entry.target):
            rows += notice_messages(subject, entry, notice.name, notice.to, note=note, by=by)
    post(rows)


def post(rows: list[Message]) -> None:
    """Write messages once: a row whose dedupe key exists already is left as it is."""
    if rows:
        sql.table(Message).insert([vars(row) for row in rows], " ON CONFLICT DO NOTHING")
        wake_after_commit()


def wake_after_commit() -> None:
    transaction.on_commit(_nudge)


def _reaction(subject: Stateful, entry: Entry, name: str) -> Message:
    return message(
        channel=Message.REACTION,
        topic=name,
        case=subject.case,
        payload={"entry": entry.pk},
        dedupe_key=f"{entry.case_id}:{entry.seq}:{name}",
        now=entry.recorded_at,
    )


def message(
    *,
    channel: str,
    topic: str,
    dedupe_key: str,
    case: Case | None = None,
    tenant: Tenant | None = None,
    to: str = "",
    subject: str = "",
    body: str = "",
    payload: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    send_after: datetime | None = None,
) -> Message:
    """An unsaved message; `post` writes it."""
    moment = now or timezone.now()
    values = {
        "channel": channel,
        "topic": topic,
        "case_id": case.pk if case else None,
        "tenant_id": tenant.pk if tenant else case.tenant_id if case else None,
        "to": to,
        "subject": subject,
        "body": body,
        "payload": dict(payload or {}),
        "dedupe_key": dedupe_key,
        "created_at": moment,
        "send_after": send_after or moment,
    }
    return sql.instance(Message, sql.blank(Message) | values, stored=False)


def notice_messages(
    subject: Stateful, entry: Entry, name: str, audience: str, *, note: str, by: Actor
) -> list[Message]:
    """One mail per recipient, rendered now: the text is evidence of what was said."""
    people = providers.recipients(subject, audience)
    head = letterhead_of(subject.case.tenant) if people else None
    context = {"subject": subject, "entry": entry, "note": note, "by": by}
    return [
        mail(
            case=subject.case,
            folder=subject.lifecycle.mail,
            name=name,
            to=person.email,
            context=context | {"recipient": person},
            head=head,
            payload={"link": dict(person.link)} if person.link else None,
            dedupe_key=f"{entry.case_id}:{entry.seq}:{name}:{person.email.casefold()}",
            now=entry.recorded_at,
        )
        for person in people
    ]


def mail(
    *,
    case: Case | None,
    folder: str,
    name: str,
    to: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    tenant: Tenant | None = None,
    head: Letterhead | None = None,
    payload: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Message:
    """A rendered mail from `<folder>/<name>.subject.txt` and `<folder>/<name>.txt`.

    A text promises a personal link with `{{ personal_link }}`.
    """
    head = head or letterhead_of(tenant or (case.tenant if case else None))
    values = {"site": settings.SITE_URL, **head, **context}
    title = _plain(f"{folder}/{name}.subject.txt", values)
    marker = secrets.token_hex(16)
    text = _plain(f"{folder}/{name}.txt", values | {"personal_link": marker})
    body, places = rules.placed(text, marker)
    return message(
        channel=Message.MAIL,
        topic=name,
        case=case,
        tenant=tenant,
        to=to,
        subject=" ".join(title.split())[:300],
        body=body,
        payload={**(payload or {}), "link_at": places} if places else payload,
        dedupe_key=dedupe_key[:200],
        now=now,
    )


def _plain(template: str, values: Mapping[str, Any]) -> str:
    """Text, not HTML: a school named "Fox & Hare" stays so in a subject line."""
    return get_template(template).template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]


def _nudge() -> None:
    """Wake the workers; the table is the queue, so a missed wake-up loses nothing."""
    from workflows.outbox.wake import nudge

    nudge()


def retry(message_id: int) -> bool:
    """Give a dead letter another round of attempts; False when it was none."""
    dead = Message.objects.filter(pk=message_id, status=Message.FAILED)
    return bool(dead.update(status=Message.RETRY, attempts=0, deaths=0, send_after=timezone.now()))


def let_go(message_id: int, *, why: str) -> bool:
    """Keep a mail that was given up as a record, with the reason; False when it is none.

    What follows a move, and the making of a paper, cannot be let go: the case stands on them.
    """
    dead = Message.objects.filter(pk=message_id, channel=Message.MAIL, status=Message.FAILED)
    return bool(dead.update(status=Message.WITHHELD, send_after=None, last_error=why))


def release(dedupe_key: str) -> bool:
    """A message that was promised for later, in case nobody lives to say when, is due now."""
    waiting = Message.objects.filter(dedupe_key=dedupe_key, status=Message.QUEUED)
    released = bool(waiting.update(send_after=timezone.now()))
    if released:
        wake_after_commit()
    return released


def hasten(message_id: int) -> bool:
    """A message that waits for its next try is due now; False when it waits for none."""
    now = timezone.now()
    waiting = Message.objects.filter(pk=message_id, status=Message.RETRY, send_after__gt=now)
    return bool(waiting.update(send_after=now))


def withhold_mails_of(
    case: Case, *, topics: Collection[str], until: datetime | None = None, contact: int = 0
) -> int:
    """Keep the mails of a case that wait as a record: sent late, they would ask in vain.

    What was given up counts as waiting: whoever presses "Try again" would send it after all.
    Only those written up to `until`, or with a personal link for this `contact`, where given.
    """
    rows = Message.objects.filter(case=case, channel=Message.MAIL, topic__in=topics)
    if until:
        rows = rows.filter(created_at__lte=until)
    if contact:
        rows = rows.filter(payload__link__contact=contact)
    waiting = rows.filter(status__in=(Message.QUEUED, Message.RETRY, Message.FAILED))
    return waiting.update(status=Message.WITHHELD, send_after=None)


def withhold_every_mail(*, why: str) -> int:
    """Send none of the mails that wait, of any case; for a past that is only told."""
    waiting = Message.objects.filter(channel=Message.MAIL, status=Message.QUEUED)
    return waiting.update(status=Message.WITHHELD, send_after=None, last_error=why)
