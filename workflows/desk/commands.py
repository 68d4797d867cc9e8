"""Opening, completing and canceling the work of a state."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from viewflow.workflow.status import PROCESS, STATUS

from workflows.actors import ROLE_NAMES, Actor, leads_of, system
from workflows.cases import Case
from workflows.desk import grammar, queries
from workflows.desk.grammar import Voice
from workflows.desk.locking import lock_case, lock_process
from workflows.desk.models import Process, Task
from workflows.ledger.models import Entry
from workflows.refusals import Refused, already_moved, foreign, moment, name_of, raise_if
from workflows.stateful import Stateful, lock_row, stateful_models


def follow(subject: Stateful, entry: Entry, *, via: int | None) -> None:
    """Cancel the left state's open work (but process `via`) and open the entered state's."""
    if entry.source == entry.target:
        return
    at = entry.at if entry.at != entry.recorded_at else None
    _cancel_open(subject, but=via, at=at)
    path = subject.lifecycle.work.get(subject.state)
    if path:
        open_work(subject, path, at=at)


def open_work(subject: Stateful, flow_path: str, *, at: datetime | None = None) -> Process:
    """Open a flow for the state the subject is in; acts already on record are passed by.

    The caller holds the subject's lock.
    """
    began = timezone.now()
    process = import_string(flow_path).start.run(subject=subject)
    _catch_up(subject, process, voice=None)
    _backdate(process, since=began, at=at)
    return process


def complete(case: Case, node: str, *, by: Actor, at: datetime | None = None) -> Task:
    """Do one act of the case's open work. Raises Refused; nothing is written then."""
    with transaction.atomic():
        subject, task = _task_to_work_on(case, node, by)
        raise_if(_held_by_another(subject, task, by))
        began = timezone.now()
        _run(task, by, voice=Voice(by, at))
        _backdate(task.process, since=began, at=at)
    return task


def pass_by(subject: Stateful, *, by: Actor, at: datetime | None = None) -> int:
    """Complete the acts that this person's last word put on record; the caller holds the lock."""
    process = Process.objects.filter(case_id=subject.pk, finished=None).first()
    if process is None:
        return 0
    began = timezone.now()
    done = _catch_up(subject, lock_process(process.pk), voice=Voice(by, at), by=by)
    _backdate(process, since=began, at=at)
    return done


def claim(case: Case, node: str, *, by: Actor) -> Task:
    """Take an open act on; others of the role then read who holds it, and since when."""
    with transaction.atomic():
        subject, task = _task_to_work_on(case, node, by)
        raise_if(_held_by_another(subject, task, by))
        return _hand(subject, task, by.ref, "work_taken", by=by)


def release(case: Case, node: str, *, by: Actor) -> Task:
    """Give back an act that one holds."""
    with transaction.atomic():
        subject, task = _task_to_work_on(case, node, by)
        raise_if(_held_by_another(subject, task, by))
        return _hand(subject, task, "", "work_put_back", by=by)


def take_back(case: Case, node: str, *, by: Actor, seen: str | None = None) -> Task:
    """Give an act back to everybody of the role, whoever holds it (a colleague is away).

    `seen`: the reference of whom the person saw holding it; somebody else keeps it.
    """
    with transaction.atomic():
        subject, task = _task_to_work_on(case, node, by)
        if seen is not None and task.owner_ref != seen:
            raise_if(_held_by_another(subject, task, by))
        return _hand(subject, task, "", "work_taken_back", by=by)


def assign(case: Case, node: str, *, to: Actor, by: Actor) -> Task:
    """Hand an open act to a colleague who may do it; for its holder or a lead of the role."""
    with transaction.atomic():
        subject, task = _task_to_work_on(case, node, by)
        raise_if(foreign(subject, to) or _not_theirs(subject, task, to))
        raise_if(_not_to_give(subject, task, by))
        return _hand(subject, task, to.ref, "work_given", by=by)


def reconcile() -> dict[str, int]:
    """Make the open work what the states ask for again; counts of what was wrong."""
    counts = {"cases": 0, "canceled": 0, "opened": 0, "completed": 0}
    for model in stateful_models():
        for pk in sorted(queries.cases_astray(model)):
            with transaction.atomic():
                _mend(lock_row(model, pk), counts)
        for subject, _ in list(queries.overtaken(model)):
            with transaction.atomic():
                _complete_overtaken(lock_row(model, subject.pk), counts)
    return counts


def _mend(subject: Stateful, counts: dict[str, int]) -> None:
    counts["cases"] += 1
    counts["canceled"] += _cancel_open(subject)
    path = subject.lifecycle.work.get(subject.state)
    if path:
        open_work(subject, path)
        counts["opened"] += 1


def _complete_overtaken(subject: Stateful, counts: dict[str, int]) -> None:
    process = Process.objects.filter(case_id=subject.pk, finished=None).first()
    if process:
        voice = Voice(system("reconcile"))
        counts["completed"] += _catch_up(subject, lock_process(process.pk), voice=voice)


def _cancel_open(subject: Stateful, *, but: int | None = None, at: datetime | None = None) -> int:
    """Cancel what is open; plain updates, so that a flow that is gone cannot stand in the way."""
    now = at or timezone.now()
    processes = Process.objects.filter(case_id=subject.pk).exclude(pk=but)
    tasks = Task.objects.filter(process__in=processes, finished=None)
    tasks.update(status=STATUS.CANCELED, finished=now)
    return processes.filter(finished=None).update(status=PROCESS.CANCELED, finished=now)


def _catch_up(
    subject: Stateful, process: Process, *, voice: Voice | None, by: Actor | None = None
) -> int:
    """Complete acts whose verdict is on record; where that may not speak, the last stays open."""
    done, left_open, who = 0, set[int](), by or system("desk")
    while task := _next_done(subject, process, left_open):
        try:
            with transaction.atomic():
                _run(task, who, voice=voice)
            done += 1
        except Refused:
            left_open.add(task.pk)
    return done


def _next_done(subject: Stateful, process: Process, left_open: set[int]) -> Task | None:
    """Only of this process: the one that is just being left may still be open."""
    tasks = [t for t in queries.open_acts(subject.case) if t.process_id == process.pk]
    waiting = (task for task in tasks if task.pk not in left_open)
    return next((task for task in waiting if task.flow_task.is_done(subject)), None)


def _task_to_work_on(case: Case, node: str, by: Actor) -> tuple[Stateful, Task]:
    """The open task of this very case and node, both rows locked, the person's right checked now.

    viewflow trusts the address for process and node (engine.md, V3 and V4) and checks permission
    in a wrapper around its pages (V5).
    """
    subject = lock_case(case)
    raise_if(foreign(subject, by))
    tasks = [t for t in queries.open_acts(case) if t.flow_task.name == node]
    if not tasks:
        raise Refused([_why_not_open(subject, node)])
    (task,) = tasks
    task.process = lock_process(task.process_id)
    raise_if(_not_theirs(subject, task, by))
    return subject, task


def _not_theirs(subject: Stateful, task: Task, by: Actor) -> list[str]:
    roles = task.flow_task.act.roles
    if roles & subject.roles_of(by):
        return []
    wanted = " or ".join(ROLE_NAMES[role] for role in sorted(roles))
    title = queries.shown_title(task.flow_task.act.title, subject)
    return [f"“{title}” is for: {wanted}."]


def _held_by_another(subject: Stateful, task: Task, by: Actor) -> list[str]:
    if task.owner_ref in ("", by.ref):
        return []
    since = f" since {moment(task.assigned, subject)}" if task.assigned else ""
    return [f"{name_of(task.owner_ref)} has this{since}. Take it back first."]


def _not_to_give(subject: Stateful, task: Task, by: Actor) -> list[str]:
    if task.owner_ref == by.ref or leads_of(task.flow_task.act.roles) & subject.roles_of(by):
        return []
    return _held_by_another(subject, task, by) or ["Nobody has this yet: take it, then give it."]


def _why_not_open(subject: Stateful, node: str) -> str:
    """Who did it and when, that it was not its turn yet, or that the case has moved on."""
    flow_class = grammar.flow_of(subject.lifecycle, subject.state)
    if flow_class is None or node not in {n.act.name for n in grammar.acts_of(flow_class)}:
        return already_moved(subject)
    tasks = Task.objects.filter(process__case_id=subject.pk, process__state=subject.state)
    done = tasks.filter(flow_task=flow_class.instance.node(node), status=STATUS.DONE)
    last = done.order_by("-id").first()
    if last is None:
        return "Something else comes first; nothing was changed."
    who, when = name_of(last.done_by), moment(last.finished, subject)
    return f"{who} already did this on {when}. Nothing of yours was changed."


def _run(task: Task, by: Actor, *, voice: Voice | None) -> None:
    token = grammar.voice.set(voice)
    try:
        activation = task.flow_task.activation_class(task)
        activation.begin(by)
        activation.execute()
    finally:
        grammar.voice.reset(token)


def _hand(subject: Stateful, task: Task, ref: str, name: str, *, by: Actor) -> Task:
    """The holder and its ledger row in one commit; pressing a button twice writes one."""
    # The engine opens work through this module, so it cannot be imported while we are.
    from workflows import engine

    before = task.owner_ref
    if before == ref:
        return task
    task.owner_ref = ref
    task.status = STATUS.ASSIGNED if ref else STATUS.NEW
    task.assigned = timezone.now() if ref else None
    task.save(update_fields=["owner_ref", "status", "assigned"])
    facts = {"act": task.flow_task.name, "holder": ref or before}
    engine.record(subject, name, by=by, facts=facts)
    return task


def _backdate(process: Process, *, since: datetime, at: datetime | None) -> None:
    """viewflow stamps the present; an import or the demo tells the past."""
    if at is None:
        return
    tasks = Task.objects.filter(process=process)
    for rows in (tasks, Process.objects.filter(pk=process.pk)):
        for field in ("created", "finished"):
            rows.filter(**{f"{field}__gte": since}).update(**{field: at})
    tasks.filter(started__gte=since).update(started=at)
