"""Open dates reckoned again by what counts now: looked at first, or written.

    preview(tenant, Change("calendar", closes={day: "Snow"}))   # nothing is written
    apply(tenant, Change("calendar"), by=actor)                 # after the days were stored

Both go through `plans.plan`, so what was shown is what is written, unless somebody acted in
between. Rungs that fired stay; a clock that stands still is reckoned when it starts again.
"""

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from workflows.actors import Actor, system
from workflows.cases import Tenant
from workflows.clock import moving
from workflows.clock.announcing import Announcement, announcement
from workflows.clock.models import Deadline
from workflows.clock.plans import Moved, World, plan
from workflows.clock.standing import rows_of, slices
from workflows.clock.worlds import Change, world_of
from workflows.stateful import Stateful

log = logging.getLogger("workflows.clock")
# Cases of one transaction: long enough to cost little each, short enough to keep nobody waiting.
SLICE = 1000
LISTED = 200
# How often a slice is read again of which somebody else has touched a row.
TRIES = 3


@dataclass(slots=True)
class Preview:
    """What a change would do. `moves` lists the first of them, those soonest due before others.

    `looked`: open dates the change could touch; `moved`: those that would get another day or hour;
    `overdue`: of these, those that would be late and are not now; `cases`: whose they are.
    """

    looked: int = 0
    moved: int = 0
    overdue: int = 0
    cases: int = 0
    moves: list[Moved] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.moved - len(self.moves)


@dataclass(slots=True)
class Result:
    """What a recompute did: dates looked at, moved, left for the night (somebody was there all the
    time), and those that cannot be read; `changed` counts rows written without another day."""

    looked: int = 0
    moved: int = 0
    changed: int = 0
    overdue: int = 0
    left: int = 0
    faults: dict[int, str] = field(default_factory=dict)


def preview(
    tenant: Tenant, change: Change, *, now: datetime | None = None, listed: int = LISTED
) -> Preview:
    """Which open dates would move, and which of them would be late at once; reads only."""
    world = world_of(tenant, change, now=now or timezone.now())
    found = Preview()
    moves: list[Moved] = []
    for model, cases in slices(tenant, SLICE):
        rows = rows_of(model, cases, change)
        found.looked += len(rows)
        moves += [one for one in plan(rows, world) if one.moves]
    moves.sort(key=lambda one: (not one.overdue, min(one.was, one.now), one.id))
    found.moved, found.overdue = len(moves), sum(one.overdue for one in moves)
    found.cases = len({one.case_id for one in moves})
    found.moves = moves[:listed]
    return found


def apply(tenant: Tenant, change: Change, *, by: Actor) -> Result:
    """Write what differs from what is stored now, and tell whom it concerns, in one mail each.

    The candidates in `change` are not read: whoever decides stores them first, in a commit of
    their own. A batch of cases is one transaction with its ledger rows; what a crash leaves is
    found by the next `apply`, at the latest by night.
    """
    began = timezone.now()
    change = change.stored
    world = world_of(tenant, change, now=began)
    run = Run(tenant, change, world, by, announcement(tenant, by=by, began=began))
    with _without_a_look_at_everything():
        for model, cases in slices(tenant, SLICE):
            run.slice(model, cases)
    run.told.finish()
    _note_faults(run.result.faults)
    return run.result


def recompute_stale_deadlines() -> int:
    """The nightly net under every `apply`: a crash, or an arming that read old days or levels."""
    by = system("reconcile")
    return sum(apply(tenant, Change(), by=by).moved for tenant in Tenant.objects.all())


@contextmanager
def _without_a_look_at_everything() -> Iterator[None]:
    """The collector of garbage would go through all that the process has loaded, again and again,
    for the sake of many small rows: that is a tenth of the time."""
    if gc.get_freeze_count():
        # A web process has put it all aside when it began.
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass(slots=True)
class Run:
    """One recompute on its way through the slices."""

    tenant: Tenant
    change: Change
    world: World
    by: Actor
    told: Announcement
    result: Result = field(default_factory=Result)

    def slice(self, model: type[Stateful], cases: Sequence[int]) -> None:
        again: list[int] = list(cases)
        for attempt in range(TRIES):
            rows = rows_of(model, again, self.change)
            if not attempt:
                self.result.looked += len(rows)
            moved = list(plan(rows, self.world, self.result.faults))
            if not moved:
                return
            again = self._written(model, moved)
            if not again:
                return
        self.result.left += len(again)

    def _written(self, model: type[Stateful], moved: Sequence[Moved]) -> list[int]:
        """The cases that somebody else has touched since they were read."""
        of_case = sorted({one.case_id for one in moved})
        try:
            with transaction.atomic():
                heads = moving.lock(model, of_case)
                same = [one for one in moved if heads[one.case_id].seq == one.row.version]
                self._write(model, same, heads)
        except moving.Parted:
            return of_case
        self._count(same)
        return sorted(set(of_case) - {one.case_id for one in same})

    def _write(self, model: type[Stateful], moved: Sequence[Moved], heads: moving.Heads) -> None:
        if moved:
            zone, at = self.tenant.zone, self.told.began
            moving.write(moved, heads, model=model, zone=zone, by=self.by, at=at)
            if any(one.moves for one in moved):
                self.told.promise()

    def _count(self, moved: Sequence[Moved]) -> None:
        moves = [one for one in moved if one.moves]
        self.result.moved += len(moves)
        self.result.changed += len(moved) - len(moves)
        self.result.overdue += sum(one.overdue for one in moves)


def _note_faults(faults: dict[int, str]) -> None:
    """A date that cannot be read keeps its day; Operations shows why."""
    for key, said in faults.items():
        rows = Deadline.objects.filter(pk=key)
        rows.update(attempts=F("attempts") + 1, last_error=said)
        log.error("Deadline %s cannot be reckoned: %s", key, said.partition(":")[0])
