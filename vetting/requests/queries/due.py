"""What is due, for the people it concerns."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from vetting.requests.models import ToolRequest
from vetting.requests.queries.cases import SEES_THE_DISTRICT, requests_for
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN as RUNNING
from workflows.clock.queries import dates_of
from workflows.lifecycles.request import REQUEST
from workflows.stateful import Stateful, model_of, stateful_models
from workflows.together import together

TWO_WEEKS = timedelta(days=14)


def due_soon(actor: Actor, now: datetime, *, owes: Collection[int]) -> QuerySet[Deadline]:
    """Deadlines of the next two weeks, and those already passed, that concern this person."""
    running = Q(paused_at=None, due_at__lte=now + TWO_WEEKS)
    return open_dates(actor, running, owes=owes)


def open_dates(
    actor: Actor, which: Q | None = None, *, owes: Collection[int]
) -> QuerySet[Deadline]:
    """Open deadlines that concern this person, the soonest first.

    `owes`: the cases in their inbox. Beside these, what each room says they look after: what they
    asked for, what is theirs to follow up, and for a lead what their people owe.
    """
    concerns = Q(case_id__in=owes)
    for model in stateful_models():
        for after in _alternatives(model.looked_after_by(actor)):
            concerns |= _among(model._base_manager.filter(after, pk=OuterRef("case_id")), actor)
    rows = Deadline.objects.filter(RUNNING & which if which else RUNNING)
    theirs = rows.filter(concerns, case__tenant=actor.tenant_id).select_related("case")
    return theirs.order_by("due_at", "pk")


def _alternatives(after: Q | None) -> list[Q]:
    """Each reason to look after a case on its own: PostgreSQL finds somebody's few cases by each
    at once, but of an OR it would ask every date there is, one by one."""
    if after is None:
        return []
    several = after.connector == Q.OR and not after.negated
    return [Q(one) for one in after.children] if several else [after]


def _among(theirs: QuerySet[Any], actor: Actor) -> Q:
    """Whether a date's case is one of these.

    A lead looks after nearly all, and a page of dates is found among the first ones; but
    PostgreSQL would begin an EXISTS by reading every case. It asks a value of each date in turn.
    """
    if actor.has(Role.PRIVACY_LEAD):
        return Q(IsNull(Subquery(theirs.values("pk")[:1]), False))
    return Q(Exists(theirs))


def subjects_of(actor: Actor, deadlines: Iterable[Deadline]) -> dict[int, Stateful]:
    """The cases behind them that this person may read, by number; two queries."""
    cases: dict[str, list[int]] = {}
    for deadline in deadlines:
        cases.setdefault(deadline.case.machine, []).append(deadline.case_id)
    lists = [_readable(machine, actor, keys) for machine, keys in cases.items()]
    together(*lists)
    return {subject.pk: subject for rows in lists for subject in rows}


def _readable(machine: str, actor: Actor, cases: list[int]) -> QuerySet[Any]:
    """Of other rooms' cases we know only that those who work here may read them."""
    if machine == REQUEST.name:
        return requests_for(actor).filter(pk__in=cases)
    rows = model_of(machine).for_desk(actor).filter(pk__in=cases)
    return rows if actor.has(*SEES_THE_DISTRICT) else rows.none()


def may_have_dates_by_law(case: ToolRequest) -> bool:
    """Once it has a class something can be recorded that a law counts from; a date that was set
    before stays when the class is open again. Its dates may have been read with it."""
    return bool(case.relationship) or any(deadline.layer for deadline in dates_of(case))
