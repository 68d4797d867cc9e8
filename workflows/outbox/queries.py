"""Messages, read: how long the oldest has been due, and what was given up."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from workflows.outbox.models import Message


def pending() -> QuerySet[Message]:
    return Message.objects.filter(status__in=Message.PENDING).order_by("send_after", "id")


def oldest_wait(now: datetime) -> timedelta:
    """How long the message that is due longest has been due; nothing when none is."""
    earliest = pending().filter(send_after__lt=now).values_list("send_after", flat=True).first()
    return now - earliest if earliest else timedelta()
