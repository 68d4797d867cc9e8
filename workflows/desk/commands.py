"""Opening, completing and canceling the work of a state."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime

from django.db import transaction
from django.utils.module_loading import import_string
from viewflow.workflow.flow import Flow
from viewflow.workflow.status import STATUS

from workflows.actors import ROLE_NAMES, Actor, leads_of, system
from workflows.cases import Case
from workflows.desk import astray, grammar, queries
from workflows.desk.grammar import ActNode, Voice
from workflows.desk.locking import lock_case
from workflows.desk.models import Process, Task
from workflows.desk.unit import TaskRow, Unit, task_of, unit_of
from workflows.desk.walk import reach
from workflows.desk.writer import finish, opening_keys, start
from workflows.ledger.models import Entry
from workflows.operations.commands import note_mended
from workflows.refusals import Refused, already_moved, foreign, moment, name_of, raise_if
from workflows.stateful import Stateful, lock_row, stateful_models

log = logging.getLogger("workflows.desk")


def follow(subject: Stateful, entry: Entry, *, via: int | None) -> None:
    """Cancel the left state's open work (but process `via`) and open the entered state's."""
    work = subject.lifecycle.work
    if entry.source == entry.target or not {entry.source, entry.target} & work.keys():
        return
    at = entry.at if entry.at != entry.recorded_at else None
    path = work.get(entry.target)
    keys = opening_keys(import_string(path)) if path else {}
    with unit_of(subject.case, at=at, **keys) as unit:
        unit.cancel(but=via)
        if path:
            _open(unit, subject, import_string(path))


def open_work(subject: Stateful, flow_path: str, *, at: datetime | None = None) -> Process:
    """Open a flow for the state the subject is in; acts already on record are passed by.

    The caller holds the subject's lock.
    """
    with unit_of(subject.case, at=at) as unit:
        return _open(unit, subject, import_string(flow_path))


def _open(unit: Unit, subject: Stateful, flow_class: type[Flow]) -> Process:
    process = start(unit, flow_class, subject=subject)
    _catch_up(unit, subject, process.pk, voice=None)
    return process


def complete(case: Case, node: str, *, by: Actor, at: datetime | None = None) -> Task:
    """Do one act of the case's open work. Raises Refused; nothing is written then."""
    with _work_on(case, node, by, at=at) as (subject, unit, task):
        raise_if(_held_by_another(subject, task, by))
        finish(unit, task, by=by, voice=Voice(by, at))
    return task_of(task)


def pass_by(subject: Stateful, *, by: Actor, at: datetime | None = None) -> int:
    """Complete the acts that this person's last word put on record; the caller holds the lock."""
    with unit_of(subject.case, at=at) as unit:
        process = next((p for p in unit.processes if p.is_open), None)
        if process is None:
            return 0
        return _catch_up(unit, subject, process.pk, voice=Voice(by, at), by=by)


def begin_again(subject: Stateful, *, at: datetime | None = None) -> None:
    """A word on record was taken back or spoken against, so an act that was done is not done any
    more: the state's work is opened anew, and acts whose word still stands are passed by.

    The caller holds the subject's lock.
    """
    with unit_of(subject.case, at=at) as unit:
        _anew(unit, subject, import_string(subject.lifecycle.work[subject.state]))


def _anew(unit: Unit, subject: Stateful, flow_class: type[Flow]) -> int:
    """How many were open before. Whoever has an act that was open and stays so keeps it."""
    held = {(t.of.flow, t.node.name): t for t in _open_acts(unit) if t.owner_ref}
    canceled = unit.cancel()
    _open(unit, subject, flow_class)
    for task in _open_acts(unit):
        if before := held.get((flow_class, task.node.name)):
            task.set(
                owner_ref=before.owner_ref,
                status=str(STATUS.ASSIGNED),
                assigned=before.assigned,
            )
    return canceled


def claim(case: Case, node: str, *, by: Actor) -> Task:
    """Take an open act on; others of the role then read who holds it, and since when."""
    with _work_on(case, node, by) as (subject, unit, task):
        raise_if(_held_by_another(subject, task, by))
        return _hand(subject, unit, task, by.ref, "work_taken", by=by)


def release(case: Case, node: str, *, by: Actor) -> Task:
    """Give back an act that one holds."""
    with _work_on(case, node, by) as (subject, unit, task):
        raise_if(_held_by_another(subject, task, by))
        return _hand(subject, unit, task, "", "work_put_back", by=by)


def take_back(case: Case, node: str, *, by: Actor, seen: str | None = None) -> Task:
    """Give an act back to everybody of the role, whoever holds it (a colleague is away).

    `seen`: the reference of whom the person saw holding it; somebody else keeps it.
    """
    with _work_on(case, node, by) as (subject, unit, task):
        if seen is not None and task.owner_ref != seen:
            raise_if(_held_by_another(subject, task, by))
        return _hand(subject, unit, task, "", "work_taken_back", by=by)


def assign(case: Case, node: str, *, to: Actor, by: Actor) -> Task:
    """Hand an open act to a colleague who may do it; for its holder or a lead of the role."""
    with _work_on(case, node, by) as (subject, unit, task):
        raise_if(foreign(subject, to) or _not_theirs(subject, task, to))
        raise_if(_not_to_give(subject, task, by))
        return _hand(subject, unit, task, to.ref, "work_given", by=by)


def reconcile() -> dict[str, int]:
    """Make the open work what the states ask for again; counts of what was wrong.

    Each case that was mended leaves a row with what was found, in the same commit.
    """
    counts = {"cases": 0, "canceled": 0, "opened": 0, "completed": 0, "failed": 0}
    for model in stateful_models():
        for pk in sorted(astray.cases_astray(model)):
            with _apart(counts, pk):
                subject = lock_row(model, pk)
                # Somebody may have put it right while it was not locked, and somebody taken it on.
                if found := astray.cases_astray(model, case=pk).get(pk):
                    _keep(counts, found, subject, {"cases": 1} | _mend(subject))
        for overtaken, _ in list(astray.overtaken(model)):
            with _apart(counts, overtaken.pk):
                subject = lock_row(model, overtaken.pk)
                done = pass_by(subject, by=system("reconcile"))
                _keep(counts, "overtaken", subject, {"completed": done})
    return counts


@contextmanager
def _apart(counts: dict[str, int], case: int) -> Iterator[None]:
    """A case that cannot be put right is left as it is, and keeps none of the others."""
    try:
        with transaction.atomic():
            yield
    except Exception as error:
        counts["failed"] += 1
        log.error("Work of case %s could not be put right: %s", case, type(error).__name__)


def _keep(counts: dict[str, int], found: str, subject: Stateful, done: dict[str, int]) -> None:
    for name, number in done.items():
        counts[name] += number
    # An act that waits for a person's own word is found overtaken every night, and left.
    if any(done.values()):
        note_mended(subject.case, found=found, state=subject.state, done=done)


def _mend(subject: Stateful) -> dict[str, int]:
    path = subject.lifecycle.work.get(subject.state)
    with unit_of(subject.case) as unit:
        canceled = _anew(unit, subject, import_string(path)) if path else unit.cancel()
    return {"canceled": canceled, "opened": int(bool(path))}


def _catch_up(
    unit: Unit, subject: Stateful, process: int, *, voice: Voice | None, by: Actor | None = None
) -> int:
    """Complete acts whose verdict is on record; where that may not speak, the last stays open."""
    done, left_open, who = 0, set[int](), by or system("desk")
    while task := _next_done(unit, subject, process, left_open):
        before = unit.snapshot()
        try:
            # Where nobody may speak, nothing is written before the flow's end refuses.
            with transaction.atomic() if voice else nullcontext():
                finish(unit, task, by=who, voice=voice)
            done += 1
        except Refused:
            unit.restore(before)
            left_open.add(task.pk)
    return done


def _next_done(unit: Unit, subject: Stateful, process: int, left_open: set[int]) -> TaskRow | None:
    """Only of this process: the one that is just being left may still be open."""
    tasks = [t for t in _open_acts(unit) if t.of.pk == process and t.pk not in left_open]
    return next((task for task in tasks if task.node.is_done(subject)), None)


def _open_acts(unit: Unit) -> list[TaskRow]:
    """A task whose node is gone is nobody's to do (V11)."""
    return [t for t in unit.open_tasks() if isinstance(t.node, ActNode)]


def _reach(subject: Stateful, node: str) -> int:
    flow_class = grammar.flow_of(subject.lifecycle, subject.state)
    known = flow_class.instance.node(node, no_obsolete=True) if flow_class else None
    return reach(known) if known else 0


@contextmanager
def _work_on(
    case: Case, node: str, by: Actor, *, at: datetime | None = None
) -> Iterator[tuple[Stateful, Unit, TaskRow]]:
    """The open task of this very case and node, both rows locked, the person's right checked now.

    viewflow trusts the address for process and node (engine.md, V3 and V4) and checks permission
    in a wrapper around its pages (V5).
    """
    with transaction.atomic():
        subject = lock_case(case)
        with unit_of(subject.case, at=at, tasks=_reach(subject, node)) as unit:
            raise_if(foreign(subject, by))
            tasks = [t for t in _open_acts(unit) if t.node.name == node]
            if not tasks:
                raise Refused([_why_not_open(subject, node)])
            (task,) = tasks
            raise_if(_not_theirs(subject, task, by))
            yield subject, unit, task


def _not_theirs(subject: Stateful, task: TaskRow, by: Actor) -> list[str]:
    roles = task.node.act.roles
    title = queries.shown_title(task.node.act.title, subject)
    if by.ref in task.node.barred_from(subject):
        return [f"“{title}” is for somebody else: {by.name} has spoken in another role already."]
    if roles & subject.roles_of(by):
        return []
    wanted = " or ".join(ROLE_NAMES[role] for role in sorted(roles))
    return [f"“{title}” is for: {wanted}."]


def _held_by_another(subject: Stateful, task: TaskRow, by: Actor) -> list[str]:
    if task.owner_ref in ("", by.ref):
        return []
    since = f" since {moment(task.assigned, subject)}" if task.assigned else ""
    return [f"{name_of(task.owner_ref)} has this{since}. Take it back first."]


def _not_to_give(subject: Stateful, task: TaskRow, by: Actor) -> list[str]:
    if task.owner_ref == by.ref or leads_of(task.node.act.roles) & subject.roles_of(by):
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


def _hand(subject: Stateful, unit: Unit, task: TaskRow, ref: str, name: str, *, by: Actor) -> Task:
    """The holder and its ledger row in one commit; pressing a button twice writes one."""
    # The engine opens work through this module, so it cannot be imported while we are.
    from workflows import engine

    before = task.owner_ref
    if before != ref:
        status = STATUS.ASSIGNED if ref else STATUS.NEW
        task.set(owner_ref=ref, status=str(status), assigned=unit.now if ref else None)
        facts = {"act": task.node.name, "holder": ref or before}
        engine.record(subject, name, by=by, facts=facts)
    return task_of(task)
