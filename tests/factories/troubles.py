"""What stands on the page of Operations: messages, dates and nights that went wrong."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.factories import people, requests
from vetting.people.models import District
from vetting.requests.models import ToolRequest
from workflows.clock.models import Beat, Deadline
from workflows.desk import commands as desk
from workflows.ledger.commands import write_checkpoint
from workflows.operations.commands import check_ledger
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.stateful import Stateful

REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"
SEAL = "SealFailed: The seal needs both SEAL_KEY and SEAL_CERT."


def message(
    subject: Stateful | None = None,
    *,
    channel: str = Message.MAIL,
    topic: str = "greeting",
    at: District | None = None,
    **fields: Any,
) -> Message:
    """A message of a case, or of the district alone; `fields` say what became of it."""
    key = f"trouble:{Message.objects.count()}"
    row = outbox.message(
        channel=channel,
        topic=topic,
        case=subject.case if subject else None,
        tenant=None if subject else (at or people.district()).tenant,
        to="dee@quillwork.example" if channel == Message.MAIL else "",
        subject="Please sign the agreement" if channel == Message.MAIL else "",
        dedupe_key=key,
    )
    outbox.post([row])
    Message.objects.filter(dedupe_key=key).update(**fields)
    return Message.objects.get(dedupe_key=key)


def given_up(subject: Stateful | None = None, **fields: Any) -> Message:
    ended = {"status": Message.FAILED, "send_after": None, "attempts": 20, "last_error": REFUSED}
    return message(subject, **ended | {"claimed_at": timezone.now()} | fields)


def retrying(subject: Stateful | None = None, **fields: Any) -> Message:
    later = timezone.now() + timedelta(minutes=8)
    waits = {"status": Message.RETRY, "send_after": later, "attempts": 3, "last_error": REFUSED}
    return message(subject, **waits | {"claimed_at": timezone.now()} | fields)


def failed_seal(subject: Stateful) -> Message:
    return given_up(subject, channel=Message.JOB, topic="seal_signature", last_error=SEAL)


def unreadable_date(subject: Stateful, **fields: Any) -> Deadline:
    """A ladder that is no list: the sweep puts it off by an hour."""
    kept = {"attempts": 2, "last_error": "KeyError: 'at'", "ladder": {"not": "a list"}}
    kept |= {"next_at": timezone.now() + timedelta(minutes=40)}
    running = Deadline.objects.filter(case_id=subject.pk, met_at=None, paused_at=None)
    number = running.order_by("id").values_list("pk", flat=True)[0]
    Deadline.objects.filter(pk=number).update(**kept | fields)
    return Deadline.objects.select_related("case__tenant").get(pk=number)


def mended(name: str) -> ToolRequest:
    """Its work was canceled behind our back, and the night opened it again."""
    from workflows.desk.models import Task

    request = requests.in_screening(tool_name=name, website=f"https://{name.lower()}.example")
    Task.objects.filter(process__case=request.pk, finished=None).update(
        finished=timezone.now(), status="CANCELED"
    )
    desk.reconcile()
    return request


def alive(**ago: timedelta) -> None:
    """The three rounds were made just now, or so long ago."""
    for name in ("drain", "sweep", "reconcile"):
        at = timezone.now() - ago.get(name, timedelta(seconds=3))
        Beat.objects.update_or_create(name=name, defaults={"at": at, "result": {"done": 2}})


def night() -> None:
    write_checkpoint()
    check_ledger()
