"""Messages: the queue of record. A broker only says "wake up"."""

from django.db import models
from django.db.models import Q

from workflows.cases import Case, Tenant


class Message(models.Model):
    """One promised effect, at least once.

    Channels: mail and job are leased (I/O outside any transaction), reaction is transactional
    (effect and `done_at` in one commit, after a claim that counts the attempt). A mail's rendered
    text is kept: it is evidence of what was said. A personal link is never in it: the text shows
    `[personal link]`, and `payload["link_at"]` says where one is put at sending (people can type
    the same words). A claimed message keeps its lease's end in `send_after`, a finished one has
    none; `last_error` also keeps why "done" did nothing.
    """

    MAIL, REACTION, JOB = "mail", "reaction", "job"
    QUEUED, INFLIGHT, RETRY = "queued", "inflight", "awaiting_retry"
    WITHHELD, FAILED, DONE = "withheld", "failed", "done"
    PENDING = (QUEUED, INFLIGHT, RETRY)

    channel = models.CharField(max_length=10)
    topic = models.CharField(max_length=100)
    # No index of its own: few are asked for by tenant alone, and those have `stopped_messages`.
    tenant = models.ForeignKey(
        Tenant, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="messages")
    to = models.EmailField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    send_after = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True)
    # How often the worker ended in the midst of it; a refusal or an error is not a death.
    deaths = models.PositiveSmallIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    status = models.CharField(max_length=16, default=QUEUED)

    class Meta:
        # Not `unique=True`: on PostgreSQL that brings a second index, for LIKE, that nobody reads.
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="one_message_per_dedupe_key")
        ]
        indexes = [
            models.Index(
                fields=["send_after", "id"],
                # Not by status: SQLite sees a partial index only through the column it compares.
                condition=Q(send_after__isnull=False),
                name="pending_messages",
            ),
            # What has neither a time nor an end was given up: Operations looks for it.
            models.Index(
                fields=["tenant", "id"],
                condition=Q(done_at__isnull=True, send_after__isnull=True),
                name="stopped_messages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.topic} ({self.status})"
