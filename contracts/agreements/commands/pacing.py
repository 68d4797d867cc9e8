"""The clock of a draft: our days count while we can finish it (docs/decisions)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from workflows import engine
from workflows.actors import Actor
from workflows.clock import commands as clock
from workflows.lifecycles.agreement import DRAFTING

KIND = "drafting"
REVIEW = "waiting for the privacy review"


def pace_drafting(
    agreement: Agreement, *, by: Actor, moment: datetime | None = None, at: datetime | None = None
) -> Agreement:
    """Stop or start the drafting clock as the requests it serves ask for; may be called again.

    `moment`: when that began to hold; `at` as everywhere: a past instant of an import or a demo.
    """
    since = at or moment or timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        if locked.state != DRAFTING:
            return locked
        facts = {"kind": KIND}
        if queries.waits_for_review(locked):
            if clock.pause(locked, kind=KIND, at=since, why=REVIEW):
                facts |= {"why": REVIEW}
                return engine.record(locked, "clock_stopped", by=by, facts=facts, at=at)
        elif clock.resume(locked, kind=KIND, at=since):
            return engine.record(locked, "clock_started", by=by, facts=facts, at=at)
    return locked
