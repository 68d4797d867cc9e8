"""Messages, read: for /readyz and the Operations page."""

from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from workflows.outbox.models import Message


def pending() -> QuerySet[Message]:
    return Message.objects.filter(status__in=Message.PENDING).order_by("send_after", "id")


def oldest_wait(now: datetime) -> timedelta:
    """How long the message that is due longest has been due; nothing when none is."""
    earliest = pending().filter(send_after__lt=now).values_list("send_after", flat=True).first()
    return now - earliest if earliest else timedelta()


def failed_messages() -> QuerySet[Message]:
    """Dead letters, newest first: somebody must look."""
    return Message.objects.filter(status=Message.FAILED).order_by("-created_at", "-id")


def counts_by_status() -> dict[str, int]:
    rows = Message.objects.values_list("status").annotate(number=Count("id")).order_by("status")
    return dict(rows)
