"""The promise to tell people that their dates moved: one mail each, however many moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from workflows.actors import Actor
from workflows.cases import Tenant
from workflows.ledger.models import Entry
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

TOPIC = "dates_moved"
# A recompute that died says nothing more: then what it had moved by now is told.
WAITS = timedelta(minutes=10)


@dataclass(slots=True)
class Announcement:
    """One recompute's; its ledger rows are those of `by` that carry the instant `began`."""

    tenant: Tenant
    by: Actor
    began: datetime
    after: int

    @property
    def key(self) -> str:
        return f"moved:{self.tenant.pk}:{self.by.ref}:{self.began.isoformat()}"

    def promise(self) -> None:
        """In the transaction of whatever moved; said once, however often it is promised."""
        payload = {"after": self.after, "by": self.by.ref, "began": self.began.isoformat()}
        promised = outbox.message(
            channel=Message.JOB,
            topic=TOPIC,
            tenant=self.tenant,
            payload=payload,
            dedupe_key=self.key,
            now=self.began,
            send_after=self.began + WAITS,
        )
        outbox.post([promised])

    def finish(self) -> None:
        """All that moves has moved: it may be told."""
        outbox.release(self.key)


def announcement(tenant: Tenant, *, by: Actor, began: datetime) -> Announcement:
    last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    return Announcement(tenant, by, began, last)
