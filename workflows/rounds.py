"""The three rounds that beat or cron makes, and when each was last made."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic
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

log = logging.getLogger("workflows.rounds")
# An idle drain each second says so at most this often: every say is a write.
SAYS_EVERY = timedelta(seconds=10)
# One worker makes all rounds: after so many seconds the others have their turn.
LONGEST_DRAIN = 30.0
RECONCILE_EVERY = timedelta(hours=20)


def drain_round(worker: str) -> dict[str, Any]:
    counts = drain(worker=worker, seconds=LONGEST_DRAIN, each=_still_here(monotonic()))
    _say("drain", counts, quietly=not counts)
    return dict(counts)


def _still_here(said: float) -> Callable[[Mapping[str, Any]], None]:
    """A sign of life within a long round; asked of our own clock, not of the table."""

    def say(counts: Mapping[str, Any]) -> None:
        nonlocal said
        if monotonic() - said >= SAYS_EVERY.total_seconds():
            said = monotonic()
            _say("drain", counts)

    return say


def sweep_round() -> dict[str, Any]:
    counts = sweep()
    _say("sweep", counts)
    return dict(counts)


def reconcile_round() -> dict[str, Any]:
    """What a night puts right: work that drifted, dates of a changed calendar, a checkpoint.

    The ledger is verified last, so that the page of Operations can say that it holds. A part that
    fails keeps none of the others; its name stands under "broken", and its error comes up in the
    end.
    """
    result: dict[str, Any] = {"broken": []}
    errors = []
    for name, part in NIGHT:
        try:
            result[name] = part()
        except Exception as error:
            # An error's own words may hold personal data; they come up below.
            log.error("The night's %s failed: %s", name, type(error).__name__)
            result["broken"].append(name)
            errors.append(error)
    _say("reconcile", result)
    if errors:
        raise errors[0]
    return result


def _checkpoint() -> dict[str, Any]:
    made = ledger.write_checkpoint()
    return {"cases": made.cases, "hash": made.hash}


NIGHT: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("checkpoint", _checkpoint),
    ("deadlines", recompute_stale_deadlines),
    ("desk", desk.reconcile),
    ("faults", lambda: check_ledger().faults),
)


def reconcile_is_due(now: datetime) -> bool:
    last = last_beat("reconcile")
    return last is None or now - last >= RECONCILE_EVERY


def _say(name: str, result: Mapping[str, Any], *, quietly: bool = False) -> None:
    now = timezone.now()
    if quietly and Beat.objects.filter(name=name, at__gt=now - SAYS_EVERY).exists():
        return
    Beat.objects.update_or_create(name=name, defaults={"at": now, "result": dict(result)})
