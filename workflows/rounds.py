"""The three rounds that beat or cron makes, and when each was last made."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic
from traceback import walk_tb
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from workflows import nightly
from workflows.clock.models import Beat
from workflows.clock.queries import last_beat
from workflows.clock.replanning import recompute_stale_deadlines
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
NIGHT_BEGAN = "night_began"
# A night that said no end by then died. A million rows of the ledger take minutes.
LONGEST_NIGHT = timedelta(hours=6)


class RoundFailed(RuntimeError):
    """Says what failed and where, in no error's own words: they may hold personal data, and
    Celery and cron keep what comes up in their logs."""


@contextmanager
def _in_our_words(name: str) -> Iterator[None]:
    try:
        yield
    except RoundFailed:
        raise
    except Exception as error:
        raise RoundFailed(f"{name}: {_place_of(error)}") from None


def _place_of(error: Exception) -> str:
    *_, (frame, line) = walk_tb(error.__traceback__)
    return f"{type(error).__name__} in {frame.f_globals['__name__']}, line {line}"


@_in_our_words("drain")
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


@_in_our_words("sweep")
def sweep_round() -> dict[str, Any]:
    counts = sweep()
    _say("sweep", counts)
    return dict(counts)


@_in_our_words("reconcile")
def reconcile_round() -> dict[str, Any]:
    """What a night puts right: what rooms signed up for, work that drifted, dates of a changed
    calendar, a checkpoint.

    The ledger is verified last, so that the page of Operations can say that it holds. A part that
    fails keeps none of the others; its name stands under "broken", and all of them are raised in
    the end as one RoundFailed.
    """
    _say(NIGHT_BEGAN, {})
    result: dict[str, Any] = {"broken": []}
    failed = []
    for name, part in (*nightly.parts(), *NIGHT):
        try:
            result[name] = part()
        except Exception as error:
            result["broken"].append(name)
            failed.append(f"{name}: {_place_of(error)}")
            log.error("The night's %s", failed[-1])
    _say("reconcile", result)
    if failed:
        raise RoundFailed("; ".join(failed))
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


@_in_our_words("reconcile")
def night_is_ours(now: datetime, *, every: timedelta = RECONCILE_EVERY) -> bool:
    """Claim the nightly round, unless one runs or one ended less than `every` ago.

    One statement decides: of those who ask at once one has it.
    """
    ended = Beat.objects.filter(name="reconcile")
    free = Q(at__lte=now - LONGEST_NIGHT) | Exists(ended.filter(at__gte=OuterRef("at")))
    first = Beat(name=NIGHT_BEGAN, at=now - LONGEST_NIGHT)
    Beat.objects.bulk_create([first], ignore_conflicts=True)
    ours = Beat.objects.filter(free, ~Exists(ended.filter(at__gt=now - every)), name=NIGHT_BEGAN)
    return ours.update(at=now) == 1


def _say(name: str, result: Mapping[str, Any], *, quietly: bool = False) -> None:
    now = timezone.now()
    if quietly and Beat.objects.filter(name=name, at__gt=now - SAYS_EVERY).exists():
        return
    Beat.objects.update_or_create(name=name, defaults={"at": now, "result": dict(result)})
