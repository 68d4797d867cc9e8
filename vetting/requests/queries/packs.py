"""What the packs say of a request: as it was stored, or as they would say it today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vetting.people.models import District
from vetting.people.queries import today_in
from vetting.policy.models import Evaluated
from vetting.policy.queries import (
    agency_facts,
    last_evaluated,
    overrides_of,
    packs_at,
    packs_for,
)
from vetting.policy.rules.evaluating import evaluate, evaluated_again
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.merging import Override
from vetting.policy.rules.packs import Pack
from vetting.requests import rules
from vetting.requests.models import ToolRequest


@dataclass(frozen=True, slots=True)
class Law:
    """What counts for a district on a day, read once for all the questions of a page."""

    packs: tuple[Pack, ...]
    agency: Mapping[str, Any]
    overrides: Sequence[Override]
    today: date

    def judge(self, facts: Mapping[str, Any]) -> Evaluation:
        told = {**facts, **self.agency}
        return evaluate(told, self.packs, on=self.today, overrides=self.overrides)


@dataclass(frozen=True, slots=True)
class Ruled:
    """`row` is None where nothing was stored: this is then what the packs would say today."""

    evaluation: Evaluation
    packs: tuple[Pack, ...]
    row: Evaluated | None

    @property
    def was_otherwise(self) -> bool:
        """An earlier release made the row, and came to something else."""
        if self.row is None:
            return False
        now = self.evaluation.outcome()
        return self.row.found.get("revision") != now["revision"] and any(
            self.row.found.get(name) != said for name, said in now.items() if name != "revision"
        )


def said_by(request: ToolRequest) -> dict[str, Any]:
    """The facts that the request itself says."""
    return rules.facts_said(
        takes_student_data=request.takes_student_data,
        elements=[(row.element.slug, row.element.about) for row in request.asked_data()],
        grades=request.grades,
        under_13=request.under_13,
        bought_how=request.bought_how,
        cost=request.cost,
    )


def facts_of(request: ToolRequest, answered: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All that is known of it. `answered`: what a person answers now, instead of what was kept."""
    known = request.class_facts if answered is None else answered
    return rules.facts_together(said_by(request), known)


def law_for(district: District) -> Law:
    packs, agency = packs_for(district), agency_facts(district)
    return Law(packs, agency, overrides_of(district), today_in(district))


def path_law(district: District) -> Law:
    """Enough for a class, which asks for no number of students: nothing is counted."""
    agency = {"agency_state": district.state}
    return Law(packs_for(district), agency, overrides_of(district), today_in(district))


def ruled(request: ToolRequest) -> Ruled:
    """The last evaluation, made again from its own facts and the very packs it names."""
    row = last_evaluated(request.pk)
    if row is not None:
        packs = packs_at(row.packs.values())
        # A text that is nowhere any more is told by `manage.py invariants`; the page goes on.
        if len(packs) == len(row.packs):
            return Ruled(evaluated_again(_stored(row), packs), packs, row)
    law = law_for(request.district)
    return Ruled(law.judge(facts_of(request)), law.packs, None)


def _stored(row: Evaluated) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in ("facts", "packs", "overrides")}
    return kept | {"on": row.on.isoformat()}


def is_of_today(found: Ruled, district: District) -> bool:
    """Whether the packs and the district's own readings that count now are those it was made by."""
    made, law = found.evaluation, path_law(district)
    packs = {one.slug: one.digest for one in law.packs}
    return dict(made.packs) == packs and list(made.overrides) == list(law.overrides)
