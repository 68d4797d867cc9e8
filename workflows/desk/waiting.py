"""The lists of cases that may wait for somebody, worded once for everybody with the same roles."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)

from workflows.actors import Actor, Role, somebody, with_included
from workflows.clock.models import Deadline
from workflows.desk import grammar
from workflows.desk.grammar import ActNode
from workflows.desk.models import Process, Task
from workflows.desk.turns import Turn, detours_for, turns_of
from workflows.grammar import Lifecycle
from workflows.stateful import Stateful, stateful_models
from workflows.worded import Value, Worded


def waiting_for(
    actor: Actor, *, most: int | None = None, late_at: datetime | None = None
) -> list[QuerySet[Any]]:
    """The lists that `works_of` reads, so that a page can read them together with its own."""
    if actor.number is None:
        lists = (list_for(actor, model, most, late_at) for model in stateful_models())
        return [rows for rows in lists if rows is not None]
    values: list[Value] = [actor.tenant_id or 0, actor.number, *([late_at] if late_at else [])]
    return [known.rows(*values) for known in _worded(actor.roles, most, late_at is not None)]


@lru_cache(maxsize=64)
def _worded(roles: frozenset[Role], most: int | None, late: bool) -> list[Worded]:
    """The lists of everybody with these roles; which of them there are depends on nothing else."""

    def list_of(model: type[Stateful]) -> Callable[..., Any]:
        def build(tenant: int, number: int, late_at: datetime | None = None) -> Any:
            return list_for(somebody(tenant, number, roles), model, most, late_at)

        return build

    nobody = Actor("person", "", "", None, roles)
    kinds = (int, int, *([datetime] if late else []))
    found = (model for model in stateful_models() if _concerns(nobody, model.lifecycle))
    return [Worded(list_of(model), *kinds) for model in found]


def _concerns(actor: Actor, lifecycle: Lifecycle) -> bool:
    return bool(
        _acts_for(actor, lifecycle) or _turns_for(actor, lifecycle) or detours_for(actor, lifecycle)
    )


def _acts_for(actor: Actor, lifecycle: Lifecycle) -> dict[str, list[ActNode]]:
    """The acts this person's roles may do, by the state whose work they are."""
    roles = with_included(actor.roles)
    return {
        state: mine
        for state, flow in grammar.flows(lifecycle).items()
        if (mine := [node for node in grammar.acts_of(flow) if node.act.roles & roles])
    }


def _turns_for(actor: Actor, lifecycle: Lifecycle) -> dict[str, Turn]:
    roles = with_included(actor.roles)
    return {s: turn for s, turn in turns_of(lifecycle).items() if turn.roles & roles}


def list_for(
    actor: Actor, model: type[Stateful], most: int | None, late_at: datetime | None
) -> QuerySet[Any] | None:
    """Cases of one machine that may wait for this person; `roles_of` has the last word."""
    acts, turns = _acts_for(actor, model.lifecycle), _turns_for(actor, model.lifecycle)
    nodes = [node for mine in acts.values() for node in mine]
    detours = detours_for(actor, model.lifecycle)
    if not nodes and not turns and not detours:
        return None
    # Open processes are few and have an index of their own; all that ever were are many.
    open_ = Task.objects.filter(process__finished=None, finished=None, flow_task__in=nodes)
    rows = open_.filter(process__case=OuterRef("pk"))
    wanted = Q(state__in=turns)
    if nodes:
        wanted |= Q(Exists(rows), state__in=acts)
    for one in detours:
        wanted |= Q(state__in=one.states) & one.where(actor)
    found = model.for_desk(actor).filter(wanted & Q(case__tenant=actor.tenant_id))
    if late_at is not None:
        found = found.filter(Exists(running().filter(due_at__lt=late_at)))
    dated = found.annotate(desk_due=_due())
    if nodes:
        dated = dated.prefetch_related(*_work_in(nodes))
    if most is None:
        return dated
    # Narrow rows are sorted, and only the first of them read whole. What is late is only counted,
    # so any of it will do: among thousands the database may stop at the first it meets.
    soonest: list[Any] = [F("desk_due").asc(nulls_last=True), "pk"] if late_at is None else []
    first = dated.select_related(None).order_by(*soonest)
    return dated.filter(pk__in=first.values("pk")[:most])


def _work_in(nodes: list[ActNode]) -> "tuple[Prefetch[Any], Prefetch[Any]]":
    """The open tasks of these acts, hanging on the cases of a list."""
    acts = Task.objects.filter(finished=None, flow_task__in=nodes).order_by("id")
    return (
        Prefetch("case__processes", Process.objects.filter(finished=None), to_attr="at_work"),
        Prefetch("case__processes__task_set", acts, to_attr="acts"),
    )


def running(**about: Any) -> QuerySet[Deadline]:
    about = about or {"case_id": OuterRef("pk")}
    return Deadline.objects.filter(met_at=None, waived_at=None, paused_at=None, **about)


def anything_late(actor: Actor, at: datetime) -> bool:
    """One cheap query, so that a page of a district on time asks no further."""
    return running(case__tenant=actor.tenant_id, due_at__lt=at).exists()


def _due() -> Subquery:
    soonest = running().order_by().values("case").annotate(soonest=Min("due_at")).values("soonest")
    return Subquery(soonest, output_field=DateTimeField())
