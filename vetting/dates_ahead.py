"""Which open dates a change would move, as a page lists them before anybody decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.clock.plans import Moved
from workflows.clock.queries import bases_of
from workflows.clock.replanning import Preview
from workflows.stateful import Stateful, model_of

LISTED = 50


@dataclass(frozen=True, slots=True)
class DateAhead:
    """One date, and the case it is of."""

    title: str
    url: str
    basis: str
    was: datetime
    now: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """`moved` dates of `cases`, `late` of them at once; `lines` are grouped by case."""

    moved: int
    cases: int
    late: int
    lines: Sequence[DateAhead]

    @property
    def more(self) -> int:
        return self.moved - len(self.lines)


def ahead_of(found: Preview) -> Ahead:
    """Cases with what would be late come first, then the soonest."""
    places: dict[int, int] = {}
    for one in found.moves[:LISTED]:
        places.setdefault(one.case_id, len(places))
    listed = sorted(found.moves[:LISTED], key=lambda one: (places[one.case_id], one.now, one.id))
    return Ahead(found.moved, found.cases, found.overdue, _lines(listed))


def _lines(moves: Sequence[Moved]) -> list[DateAhead]:
    subjects = _subjects(moves)
    bases = bases_of([one.id for one in moves])
    lines = []
    for one in moves:
        subject = subjects[one.case_id]
        title = getattr(subject, "title", "") or subject.code
        url = getattr(subject, "get_absolute_url", lambda: "")()
        basis = bases.get(one.id, one.kind)
        lines.append(DateAhead(title, url, basis, one.was, one.now, one.overdue))
    return lines


def _subjects(moves: Sequence[Moved]) -> dict[int, Stateful]:
    found: dict[int, Stateful] = {}
    for machine in {one.row.machine for one in moves}:
        cases = {one.case_id for one in moves if one.row.machine == machine}
        rows = model_of(machine).objects.select_related("case__tenant").filter(pk__in=cases)
        found |= {subject.pk: subject for subject in rows}
    return found
