"""What an administrator looks after, of their own district; and the figures of /readyz."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from workflows.actors import Actor
from workflows.cases import Case
from workflows.clock.models import Beat, Deadline
from workflows.clock.queries import OPEN, POSTPONED
from workflows.ledger.models import Checkpoint, CheckpointHead
from workflows.operations.models import LedgerCheck, LedgerFault, Mending
from workflows.outbox.models import Message

# An actor without a district looks after nothing.
NOBODYS = 0
OF_NO_DISTRICT = Q(tenant__isnull=True, case__isnull=True)


def messages_for(actor: Actor) -> QuerySet[Message]:
    return Message.objects.filter(tenant=actor.tenant_id or NOBODYS)


def tended_by(actor: Actor) -> QuerySet[Message]:
    """What this administrator may have tried again: the district's, and what is of no district."""
    mine = Q(tenant=actor.tenant_id or NOBODYS)
    return Message.objects.filter(mine | OF_NO_DISTRICT if actor.tenant_id else mine)


def given_up_for(actor: Actor) -> QuerySet[Message]:
    """Dead letters, newest first: somebody must act.

    What is of no district (a mail for an address that has no account) would otherwise be nobody's.
    """
    # Nothing else has neither a time nor an end; said so, the index `stopped_messages` is used.
    dead = Message.objects.filter(
        done_at__isnull=True, send_after__isnull=True, status=Message.FAILED
    )
    found = dead.filter(tenant=actor.tenant_id or NOBODYS).values("pk")
    if actor.tenant_id:
        # With OR, SQLite would read every message there is.
        found = found.union(dead.filter(OF_NO_DISTRICT).values("pk"), all=True)
    rows = Message.objects.filter(pk__in=found)
    return rows.select_related("case__tenant").order_by("-id")


def _pending_of(actor: Actor, wanted: Q) -> QuerySet[Message]:
    """Few of all messages are pending: they are found first, and then those of the district.

    Asked in one breath, SQLite would read every message that the district ever had.
    """
    return messages_for(actor).filter(pk__in=Message.objects.filter(wanted).values("pk"))


def retrying_for(actor: Actor) -> QuerySet[Message]:
    """What failed and is tried again by itself, the next one first."""
    waiting = _pending_of(actor, Q(send_after__isnull=False, status=Message.RETRY))
    return waiting.select_related("case__tenant").order_by("send_after", "id")


def in_hand_for(actor: Actor, now: datetime) -> QuerySet[Message]:
    """What a worker has claimed and not finished, while its lease lasts."""
    held = _pending_of(actor, Q(send_after__gt=now, status=Message.INFLIGHT))
    return held.order_by("claimed_at", "id")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that are due and that nobody has taken yet; `since`: when the oldest was due."""

    number: int
    since: datetime | None


def waiting_for(actor: Actor, now: datetime) -> Waiting:
    due = _pending_of(actor, Q(send_after__lte=now, status__in=Message.PENDING))
    found = due.aggregate(number=Count("id"), since=Min("send_after"))
    return Waiting(found["number"], found["since"])


def failing_deadlines_for(actor: Actor, now: datetime) -> QuerySet[Deadline]:
    """Dates the sweep could not handle, worst first."""
    # What fails is put off by POSTPONED, so among millions of dates few have to be looked at.
    soon = Deadline.objects.filter(OPEN, next_at__lte=now + POSTPONED, attempts__gt=0)
    own = Case.objects.filter(pk=OuterRef("case_id"), tenant=actor.tenant_id or NOBODYS)
    mine = soon.filter(Exists(own))
    return mine.select_related("case__tenant").order_by("-attempts", "id")


def deadlines_for(actor: Actor) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case__tenant=actor.tenant_id or NOBODYS)
    return rows.select_related("case__tenant")


def mendings_for(actor: Actor) -> QuerySet[Mending]:
    """Work that was put right, newest first."""
    mine = Mending.objects.filter(tenant=actor.tenant_id or NOBODYS)
    return mine.select_related("case__tenant").order_by("-id")


def beats() -> Mapping[str, Beat]:
    """The last of each round by name."""
    return {beat.name: beat for beat in Beat.objects.all()}


@dataclass(frozen=True, slots=True)
class LedgerState:
    """`cases`: how many of the district's own cases the newest checkpoint covers."""

    checkpoint: Checkpoint | None
    cases: int
    check: LedgerCheck | None


def ledger_state_for(actor: Actor) -> LedgerState:
    checked = LedgerCheck.objects.order_by("-id").first()
    last = Checkpoint.objects.order_by("-id").first()
    seen = Exists(CheckpointHead.objects.filter(case=OuterRef("pk")))
    covered = Case.objects.filter(seen, tenant=actor.tenant_id or NOBODYS).count()
    return LedgerState(last, covered, checked)


def ledger_faults_for(actor: Actor, check: LedgerCheck | None) -> QuerySet[LedgerFault]:
    """What this check found in the district's own cases, and in the checkpoints of all."""
    mine = Q(tenant=actor.tenant_id or NOBODYS) | Q(tenant=None)
    rows = LedgerFault.objects.filter(mine, of=check.pk if check else None)
    return rows.select_related("case__tenant").order_by("id")
