"""Starting a flow and finishing an act: by our own walk, or by viewflow where we know no better."""

from datetime import datetime
from functools import cache
from typing import Any

from django.utils import timezone
from viewflow.this_object import this
from viewflow.workflow.base import Flow

from workflows import sql
from workflows.actors import Actor
from workflows.desk import grammar
from workflows.desk.grammar import Voice
from workflows.desk.models import Process, Task
from workflows.desk.unit import TaskRow, Unit
from workflows.desk.walk import Walk, covers, reach


@cache
def opening_keys(flow_class: type[Flow]) -> dict[str, int]:
    """How many keys the opening of a flow will need."""
    return {"processes": 1, "tasks": 1 + reach(flow_class.instance.node("start"))}


def start(unit: Unit, flow_class: type[Flow], **given: Any) -> Process:
    """Open a flow by its node `start`; `given` goes to the function written there."""
    node = flow_class.start
    if not covers(flow_class):
        return _start_by_viewflow(unit, flow_class, given)
    process = sql.instance(Process, sql.blank(Process), stored=False)
    process.flow_class = flow_class
    prepare = this.resolve(flow_class.instance, node._func)
    if prepare:
        task = sql.instance(Task, sql.blank(Task), stored=False)
        task.process, task.flow_task = process, node
        prepare(node.activation_class(task), **given)
    Walk(unit, unit.add_process(process)).begin(node)
    return process


def finish(unit: Unit, task: TaskRow, *, by: Actor, voice: Voice | None) -> None:
    """Complete an act in this actor's name; where the flow ends, it speaks with `voice`."""
    token = grammar.voice.set(voice)
    try:
        if covers(task.of.flow):
            Walk(unit, task.of).complete(task, done_by=by.ref)
        else:
            _finish_by_viewflow(unit, task, by)
    finally:
        grammar.voice.reset(token)


def _start_by_viewflow(unit: Unit, flow_class: type[Flow], given: dict[str, Any]) -> Process:
    began = timezone.now()
    unit.flush_all()
    process: Process = flow_class.start.run(**given)
    _backdate(process, since=began, at=unit.now)
    unit.reload()
    return process


def _finish_by_viewflow(unit: Unit, task: TaskRow, by: Actor) -> None:
    began = timezone.now()
    unit.flush_all()
    stored = Task.objects.select_related("process__case__tenant").get(pk=task.pk)
    activation = stored.flow_task.activation_class(stored)
    activation.begin(by)
    activation.execute()
    _backdate(stored.process, since=began, at=unit.now)
    unit.reload()


def _backdate(process: Process, *, since: datetime, at: datetime) -> None:
    """viewflow stamps the present; the event may be a past one, told by an import or the demo."""
    tasks = Task.objects.filter(process=process)
    for rows in (tasks, Process.objects.filter(pk=process.pk)):
        for field in ("created", "finished"):
            rows.filter(**{f"{field}__gte": since}).update(**{field: at})
    tasks.filter(started__gte=since).update(started=at)
