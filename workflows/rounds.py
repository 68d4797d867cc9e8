"""The three rounds that beat or cron makes, and when each was last made."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from workflows.clock.calendars import recompute_stale_deadlines
from workflows.clock.models import Beat
from workflows.clock.queries import last_beat
from workflows.clock.sweep import sweep
from workflows.desk import commands as desk
from workflows.ledger import commands as ledger
from workflows.operations.commands import check_ledger
from workflows.outbox.drain import drain

# An idle drain each second says so at most this often: every say is a write.
SAYS_EVERY = timedelta(seconds=10)
RECONCILE_EVERY = timedelta(hours=20)


def drain_round(worker: str) -> dict[str, Any]:
    counts = drain(worker=worker)
    _say("drain", counts, quietly=not counts)
    return dict(counts)


def sweep_round() -> dict[str, Any]:
    counts = sweep()
    _say("sweep", counts)
    return dict(counts)


def reconcile_round() -> dict[str, Any]:
    """What a night puts right: work that drifted, dates of a changed calendar, a checkpoint.

    The ledger is verified after it, so that the page of Operations can say that it holds.
    """
    checkpoint = ledger.write_checkpoint()
    result = {
        "checkpoint": {"cases": checkpoint.cases, "hash": checkpoint.hash},
        "deadlines": recompute_stale_deadlines(),
        "desk": desk.reconcile(),
        "faults": check_ledger().faults,
    }
    _say("reconcile", result)
    return result


def reconcile_is_due(now: datetime) -> bool:
    last = last_beat("reconcile")
    return last is None or now - last >= RECONCILE_EVERY


def _say(name: str, result: Mapping[str, Any], *, quietly: bool = False) -> None:
    now = timezone.now()
    if quietly and Beat.objects.filter(name=name, at__gt=now - SAYS_EVERY).exists():
        return
    Beat.objects.update_or_create(name=name, defaults={"at": now, "result": dict(result)})
