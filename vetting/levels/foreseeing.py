"""What a change of one step would do to open cases, before anybody decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from vetting.levels.queries import StepRow, row_of
from workflows import providers
from workflows.cases import Tenant
from workflows.clock import ladders
from workflows.clock.ladders import Level, Proposal
from workflows.clock.plans import LEVEL, Moved
from workflows.clock.queries import audiences_of, levels_of
from workflows.clock.replanning import preview
from workflows.clock.worlds import Change
from workflows.grammar import Lifecycle, Unit
from workflows.stateful import Stateful, model_of

LISTED = 50


@dataclass(frozen=True, slots=True)
class MovedDate:
    """An open date as a preview lists it; `people`: who would be late, where it is `late`.

    `exact`: its hour matters too.
    """

    title: str
    url: str
    label: str
    was: datetime
    now: datetime
    late: bool
    people: Sequence[str]
    exact: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change of one step would do to open cases; `more`: dates beyond those listed."""

    moved: int
    cases: int
    late: int
    more: int
    dates: Sequence[MovedDate]
    row: StepRow


def foreseen(tenant: Tenant, proposal: Proposal, *, now: datetime) -> Foreseen:
    step, level = proposal
    change = Change(LEVEL, levels={(step.machine, step.kind): level})
    found = preview(tenant, change, now=now, listed=LISTED)
    row = row_of(step, levels_of(tenant).changed(step.machine, step.kind, level))
    dates = list(_dates(found.moves, level))
    return Foreseen(found.moved, found.cases, found.overdue, found.more, dates, row)


def _dates(moves: Sequence[Moved], level: Level | None) -> Iterator[MovedDate]:
    subjects: dict[int, Stateful] = {}
    for machine in {move.row.machine for move in moves}:
        cases = [move.case_id for move in moves if move.row.machine == machine]
        rows = model_of(machine).objects.select_related("case__tenant").filter(pk__in=cases)
        subjects |= {subject.pk: subject for subject in rows}
    for move in moves:
        subject = subjects[move.case_id]
        yield MovedDate(
            getattr(subject, "title", "") or subject.code,
            subject.get_absolute_url(),  # type: ignore[attr-defined]
            _label(subject.lifecycle, move.kind),
            move.was,
            move.now,
            move.overdue,
            _holders(subject) if move.overdue else (),
            Unit.HOURS in (move.explanation.get("unit"), level.unit if level else None),
        )


def _label(lifecycle: Lifecycle, kind: str) -> str:
    labels = {step.kind: step.label for step in ladders.steps_of(lifecycle)}
    return labels.get(kind, kind.replace("_", " ").capitalize())


def _holders(subject: Stateful) -> list[str]:
    if "holders" not in audiences_of(subject.lifecycle):
        return []
    return [person.name for person in providers.recipients(subject, "holders")]
