"""The open dates that concern one person: first only what is counted, then whole rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q

from vetting.requests.queries import open_dates, subjects_of
from workflows.actors import Actor
from workflows.cases import Tenant
from workflows.clock.models import Deadline
from workflows.clock.rules import local_day
from workflows.clock.words import zone_of
from workflows.ledger.models import Entry
from workflows.stateful import Stateful
from workflows.together import together

# Further dates are neither counted nor shown; the soonest come first.
MOST = 1000
MOST_STILL = 100
RUNNING, STILL = Q(paused_at=None), Q(paused_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Key:
    pk: int
    due_at: datetime
    layer: str
    day: date


@dataclass(frozen=True, slots=True)
class Agenda:
    """`cut`: there are more running dates than were read."""

    running: list[Key]
    still: list[Key]
    cut: bool


def agenda_of(actor: Actor, owes: Collection[int], tenant: Tenant) -> Agenda:
    """One query; `owes`: the cases that wait for this person."""
    asked = [
        open_dates(actor, which, owes=owes)
        .select_related(None)
        .values_list("pk", "due_at", "layer", "explanation__zone", "explanation__unit")[: most + 1]
        for which, most in ((RUNNING, MOST), (STILL, MOST_STILL))
    ]
    together(*asked)
    running, still = (
        [Key(pk, due, layer, _day(due, layer, told, tenant)) for pk, due, layer, *told in rows]
        for rows in asked
    )
    return Agenda(running[:MOST], still[:MOST_STILL], len(running) > MOST)


def _day(due: datetime, layer: str, told: Sequence[str | None], tenant: Tenant) -> date:
    explanation = {"zone": told[0], "unit": told[1]}
    return local_day(due, zone_of(layer, explanation, tenant.zone))


def dates_named(actor: Actor, keys: Iterable[int], owes: Collection[int]) -> list[Deadline]:
    """These rows whole; asked again whether they concern the person."""
    return list(open_dates(actor, owes=owes).filter(pk__in=list(keys)))


def all_dates(actor: Actor, owes: Mapping[int, Stateful]) -> list[tuple[Deadline, Stateful]]:
    """Every running date with its case, where the person may read it."""
    rows = list(open_dates(actor, RUNNING, owes=owes)[:MOST])
    unread = [row for row in rows if row.case_id not in owes]
    known = {**owes, **subjects_of(actor, unread)}
    return [(row, known[row.case_id]) for row in rows if row.case_id in known]


def reckoned_again(cases: Collection[int]) -> dict[int, datetime]:
    """When a date of these cases last moved because a calendar, a law or a level did."""
    rows = Entry.objects.filter(case_id__in=cases, name="deadline_recomputed")
    return dict(rows.order_by().values_list("case_id").annotate(at=Max("at")))
