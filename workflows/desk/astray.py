"""Open work that is not what its case's state asks for: read every night, to be put right."""

from collections.abc import Iterable
from itertools import islice

from django.db.models import Count, F, OuterRef, Q, Subquery

from workflows.desk import grammar
from workflows.desk.grammar import ActNode, flows
from workflows.desk.models import Process, Task
from workflows.desk.queries import HUMAN
from workflows.stateful import Stateful


def cases_astray(model: type[Stateful], *, case: int | None = None) -> dict[int, str]:
    """Cases whose open work is not what their state asks for, by SQL alone, and what is wrong.

    `case`: asked of this one alone, by whoever holds its lock.
    """
    return dict(astray(model, case=case))


def astray(model: type[Stateful], *, case: int | None = None) -> Iterable[tuple[int, str]]:
    """(case, what is wrong) where rows differ from the state: missing, stray, stuck, gone, left."""
    lifecycle = model.lifecycle
    one = Q() if case is None else Q(case=case)
    of_one = Q() if case is None else Q(process__case=case)
    open_ = Process.objects.filter(one, case__machine=lifecycle.name, finished=None)
    states = model._base_manager.filter(pk=OuterRef("case_id")).values("state")[:1]
    right = Q(pk__in=[])
    for state, flow in flows(lifecycle).items():
        right |= Q(state=state, flow_class=flow)
        mine = open_.filter(state=state, flow_class=flow).values("case_id")
        lacking = model._base_manager.filter(one, state=state).exclude(pk__in=mine)
        yield from ((pk, "missing") for pk in lacking.values_list("pk", flat=True))
    moved = open_.annotate(now_in=Subquery(states)).exclude(right & Q(state=F("now_in")))
    yield from ((pk, "stray") for pk in moved.values_list("case_id", flat=True))
    human = Task.objects.filter(of_one, finished=None, flow_task_type=HUMAN)
    stuck = open_.exclude(pk__in=human.values("process_id"))
    yield from ((pk, "stuck") for pk in stuck.values_list("case_id", flat=True))
    acts = [node for flow in flows(lifecycle).values() for node in grammar.acts_of(flow)]
    gone = human.filter(process__case__machine=lifecycle.name).exclude(flow_task__in=acts)
    yield from ((pk, "gone") for pk in gone.values_list("process__case_id", flat=True))
    left = Task.objects.filter(of_one, finished=None, process__case__machine=lifecycle.name)
    left = left.exclude(process__finished=None)
    yield from ((pk, "left") for pk in left.values_list("process__case_id", flat=True))


def overtaken(model: type[Stateful]) -> Iterable[tuple[Stateful, ActNode]]:
    """Open acts whose verdict is on record already."""
    lifecycle = model.lifecycle
    nodes = [
        node
        for flow in flows(lifecycle).values()
        for node in grammar.acts_of(flow)
        if node.may_be_done
    ]
    rows = Task.objects.filter(finished=None, flow_task__in=nodes).select_related("process__case")
    for chunk in batched(rows.iterator(chunk_size=500), 500) if nodes else ():
        subjects = model._base_manager.in_bulk([task.process.case_id for task in chunk])
        for node in nodes:
            mine = [subjects[t.process.case_id] for t in chunk if t.flow_task == node]
            done = node.done_among(mine) if mine else ()
            yield from ((subject, node) for subject in mine if subject.pk in done)


def batched(rows: Iterable[Task], size: int) -> Iterable[list[Task]]:
    ahead = iter(rows)
    while chunk := list(islice(ahead, size)):
        yield chunk


def doubled_tasks() -> Iterable[tuple[int, int]]:
    """(case, how many) where more than one task is open for one act."""
    tasks = Task.objects.filter(finished=None).order_by().values("process__case", "flow_task")
    rows = tasks.annotate(count=Count("id")).filter(count__gt=1)
    yield from rows.values_list("process__case", "count")
