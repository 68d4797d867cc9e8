"""Dates that a law or a contract sets: reckoned elsewhere, armed, moved, held and ended here.

The caller holds the subject's lock and its open dates (`locked`), has done the reckoning and writes
the ledger's rows.
"""

from datetime import datetime

from workflows.clock import rules
from workflows.clock.models import Deadline
from workflows.clock.queries import open_deadlines
from workflows.clock.rules import Dated
from workflows.stateful import Stateful

CHANGED = ("layer", "due_at", "next_at", "ladder", "basis", "explanation", "paused_at")


def locked(subject: Stateful) -> list[Deadline]:
    """The case's open dates by law as they stand, and stay until the transaction ends.

    The sweep claims cases and nobody's state, so the subject's lock does not keep it away: a rung
    that fired after we read would be told by a ladder we write anew. The case's own row comes first
    (the order of OF): the sweep skips a case that is held, and never waits here for one date while
    we wait for another.
    """
    rows = open_deadlines(subject).exclude(layer="").select_related("case")
    return list(rows.select_for_update(of=("case", "self"), no_key=True))


def arm_dated(subject: Stateful, dated: Dated, *, at: datetime) -> Deadline:
    deadline = Deadline(case_id=subject.pk, kind=dated.kind, armed_at=at)
    _set(deadline, dated, at)
    deadline.save(force_insert=True)
    return deadline


def change_dated(deadline: Deadline, dated: Dated, *, at: datetime) -> Deadline:
    """Rungs that fired stay what they were; those of a moved date are set anew and tell again."""
    _set(deadline, dated, at)
    deadline.save(update_fields=CHANGED)
    return deadline


def end_dated(deadline: Deadline, *, at: datetime) -> None:
    """The law asks for it no more."""
    deadline.waived_at, deadline.waived_by, deadline.next_at = at, rules.LAW_REF, None
    deadline.save(update_fields=["waived_at", "waived_by", "next_at"])


def _set(deadline: Deadline, dated: Dated, at: datetime) -> None:
    moved = deadline.due_at != dated.due_at or bool(deadline.paused_at) != bool(dated.held)
    deadline.layer, deadline.basis, deadline.due_at = dated.layer, dated.basis, dated.due_at
    deadline.paused_at = (deadline.paused_at or at) if dated.held else None
    deadline.explanation = rules.explained(dated, deadline.paused_at)
    if moved:
        unit = rules.ladder_unit(dated.unit)
        fired, term = deadline.ladder[: deadline.rung], (dated.due_at, unit, dated.calendar)
        left = rules.rungs_left(dated.ladder, fired, *term, by_law=True)
        deadline.ladder = [*fired, *rules.ladder_of(left, *term, after=at)]
    running = None if dated.held else rules.next_of(deadline.ladder, deadline.rung)
    deadline.next_at = running
