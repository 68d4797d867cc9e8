"""Reading the worklist: what waits for whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
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
from django.urls import NoReverseMatch, reverse

from workflows import actors
from workflows.actors import ROLE_NAMES, Actor, Role, with_included
from workflows.cases import Case
from workflows.clock.models import Deadline
from workflows.desk import grammar
from workflows.desk.grammar import ActNode
from workflows.desk.models import Process, Task
from workflows.desk.turns import ROLE_OF, Turn, turns_of
from workflows.desk.unit import settle
from workflows.grammar import Lifecycle
from workflows.prefetching import is_read
from workflows.stateful import Stateful, stateful_models
from workflows.together import together

HUMAN = "HUMAN"


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that waits for a person. `node` is "" where a state alone is somebody's turn."""

    case: str
    machine: str
    subject: str
    state: str
    title: str
    url: str
    due: datetime | None
    owner: str
    owner_ref: str
    mine: bool
    node: str
    record: Stateful


@dataclass(frozen=True, slots=True)
class OpenTask:
    """One open act of a case; `owner` is the name of who holds it since `held_since`, or "".

    `barred`: references of those who have spoken beside it.
    """

    node: str
    title: str
    roles: frozenset[Role]
    owner_ref: str
    owner: str
    held_since: datetime | None
    since: datetime
    url: str
    barred: frozenset[str] = frozenset()

    def is_for(self, roles: frozenset[Role], ref: str) -> bool:
        return bool(self.roles & roles) and ref not in self.barred


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose turn it is: the roles, and the same in words ("Legal reviewer (Cora Reyes)")."""

    roles: frozenset[Role]
    words: str

    def __str__(self) -> str:
        return self.words


def inbox(actor: Actor, *, most: int | None = None, late_at: datetime | None = None) -> list[Work]:
    """What waits for this person's roles in this district, soonest due first.

    Two queries, and one for the names of holders: however many rows there are. With
    `most`, no more cases of a machine are read than that, the soonest due; with `late_at`, only
    those whose date had passed by then.
    """
    if actor.tenant_id is None or (late_at and not _anything_late(actor, late_at)):
        return []
    waiting = waiting_for(actor, most=most, late_at=late_at)
    together(*waiting)
    return works_of(actor, waiting, named=late_at is None)[:most]


def waiting_for(
    actor: Actor, *, most: int | None = None, late_at: datetime | None = None
) -> list[QuerySet[Any]]:
    """The lists that `works_of` reads, so that a page can read them together with its own."""
    lists = (_waiting_for(actor, model, most, late_at) for model in stateful_models())
    return [rows for rows in lists if rows is not None]


def works_of(actor: Actor, waiting: Iterable[QuerySet[Any]], *, named: bool = True) -> list[Work]:
    """`named`: with the names of those who hold a piece of it."""
    subjects = [subject for rows in waiting for subject in rows]
    tasks = {subject.pk: _open_acts_of(subject) for subject in subjects}
    _leave_out_spoken(actor, subjects, tasks)
    names = _names([task for group in tasks.values() for task in group]) if named else {}
    called = _titles(subjects, tasks)
    found = [w for subject in subjects for w in _works(subject, actor, tasks, names, called)]
    return sorted(found, key=lambda w: (w.due is None, w.due, w.case))


def waits_for(subject: Stateful, actor: Actor) -> bool:
    """Whether something of this one case stands in the person's inbox."""
    rows = _waiting_for(actor, type(subject), None, None)
    mine = rows.filter(pk=subject.pk) if rows is not None else None
    return mine is not None and bool(works_of(actor, [mine], named=False))


def open_tasks_of(case: Case, subject: Stateful | None = None) -> list[OpenTask]:
    """`subject`: the case's own row where the caller has read it already."""
    tasks = open_acts(case)
    if tasks and subject is None:
        subject = grammar.subject_of(tasks[0].process)
    names = _names(tasks)
    return [
        OpenTask(
            node=task.flow_task.name,
            title=shown_title(task.flow_task.title_for(subject), subject),
            roles=task.flow_task.act.roles,
            owner_ref=task.owner_ref,
            owner=names.get(task.owner_ref, ""),
            held_since=task.assigned if task.owner_ref else None,
            since=task.created,
            url=_url(task.flow_task.act.page, subject),
            barred=frozenset(task.flow_task.barred_from(subject)),
        )
        for task in tasks
    ]


def whose_turn(subject: Stateful) -> Waiting:
    """Who must act now, in words for a page; nobody in an end."""
    tasks = open_tasks_of(subject.case)
    if tasks:
        roles = frozenset[Role]().union(*(task.roles for task in tasks))
        return Waiting(roles, ", ".join(_holder(task) for task in tasks))
    audience = subject.lifecycle.turn.get(subject.state, "")
    role = ROLE_OF.get(audience)
    return Waiting(frozenset({role} if role else ()), ROLE_NAMES[role] if role else "")


# With what a page reads a case's open work.
_ACTS = Task.objects.filter(finished=None, flow_task_type=HUMAN)
OPEN_ACTS = ("case__processes", Prefetch("case__processes__task_set", _ACTS))


def open_acts(case: Case) -> list[Task]:
    """Open acts, oldest first; one whose node is gone must not break every page (V11).

    They may have been read with the case.
    """
    if is_read(case, "processes"):
        found = [task for process in case.processes.all() for task in process.task_set.all()]
        tasks = sorted(found, key=attrgetter("pk"))
    else:
        settle()
        rows = _ACTS.filter(process__case=case)
        tasks = list(rows.select_related("process__case__tenant").order_by("id"))
    return [task for task in tasks if isinstance(task.flow_task, ActNode)]


def flows(lifecycle: Lifecycle) -> dict[str, Any]:
    """The flow of each state that has one."""
    return {state: grammar.flow_of(lifecycle, state) for state in lifecycle.work}


def _acts_for(actor: Actor, lifecycle: Lifecycle) -> dict[str, list[ActNode]]:
    """The acts this person's roles may do, by the state whose work they are."""
    roles = with_included(actor.roles)
    return {
        state: mine
        for state, flow in flows(lifecycle).items()
        if (mine := [node for node in grammar.acts_of(flow) if node.act.roles & roles])
    }


def _turns_for(actor: Actor, lifecycle: Lifecycle) -> dict[str, Turn]:
    roles = with_included(actor.roles)
    return {s: turn for s, turn in turns_of(lifecycle).items() if turn.roles & roles}


def _waiting_for(
    actor: Actor, model: type[Stateful], most: int | None, late_at: datetime | None
) -> QuerySet[Any] | None:
    """Cases of one machine that may wait for this person; `roles_of` has the last word."""
    acts, turns = _acts_for(actor, model.lifecycle), _turns_for(actor, model.lifecycle)
    nodes = [node for mine in acts.values() for node in mine]
    if not nodes and not turns:
        return None
    # Open processes are few and have an index of their own; all that ever were are many.
    open_ = Task.objects.filter(process__finished=None, finished=None, flow_task__in=nodes)
    rows = open_.filter(process__case=OuterRef("pk"))
    wanted = Q(state__in=turns)
    if nodes:
        wanted |= Q(Exists(rows), state__in=acts)
    found = model.for_desk(actor).filter(wanted & Q(case__tenant=actor.tenant_id))
    if late_at is not None:
        found = found.filter(Exists(_running().filter(due_at__lt=late_at)))
    dated = found.annotate(desk_due=_due())
    if nodes:
        dated = dated.prefetch_related(*_work_in(nodes))
    if most is None:
        return dated
    # Narrow rows are sorted, and only the first of them read whole.
    first = dated.select_related(None).order_by(F("desk_due").asc(nulls_last=True), "pk")
    return dated.filter(pk__in=first.values("pk")[:most])


def _work_in(nodes: list[ActNode]) -> "tuple[Prefetch[Any], Prefetch[Any]]":
    """The open tasks of these acts, hanging on the cases of a list."""
    acts = Task.objects.filter(finished=None, flow_task__in=nodes).order_by("id")
    return (
        Prefetch("case__processes", Process.objects.filter(finished=None), to_attr="at_work"),
        Prefetch("case__processes__task_set", acts, to_attr="acts"),
    )


def _open_acts_of(subject: Stateful) -> list[Task]:
    return [task for process in getattr(subject.case, "at_work", ()) for task in process.acts]


def _leave_out_spoken(
    actor: Actor, subjects: Sequence[Stateful], tasks: dict[int, list[Task]]
) -> None:
    """An act beside which this person has spoken is not theirs any more; one query per such act."""
    by_key = {subject.pk: subject for subject in subjects}
    for node in {task.flow_task for group in tasks.values() for task in group}:
        if node.act.spoken_among is None:
            continue
        mine = [by_key[pk] for pk, group in tasks.items() if node in [t.flow_task for t in group]]
        for pk, refs in node.act.spoken_among(mine).items():
            if actor.ref in refs:
                tasks[pk] = [task for task in tasks[pk] if task.flow_task is not node]


Titles = Mapping[tuple[int, str], str]


def _titles(subjects: Sequence[Stateful], tasks: dict[int, list[Task]]) -> Titles:
    """Other titles by case and act, where something else comes first."""
    found: dict[tuple[int, str], str] = {}
    for node in {task.flow_task for group in tasks.values() for task in group}:
        if node.act.called_among is not None:
            mine = [s for s in subjects if node in [t.flow_task for t in tasks.get(s.pk, ())]]
            called = node.act.called_among(mine) if mine else {}
            found |= {(pk, node.act.name): title for pk, title in called.items()}
    return found


def _works(
    subject: Stateful,
    actor: Actor,
    tasks: dict[int, list[Task]],
    names: dict[str, str],
    called: Titles,
) -> Iterable[Work]:
    roles = subject.roles_of(actor)
    for task in tasks.get(subject.pk, []):
        if task.flow_task.act.roles & roles:
            yield _task_work(subject, task, actor, names, called)
    turn = turns_of(subject.lifecycle).get(subject.state)
    if turn and turn.roles & roles:
        yield _turn_work(subject, turn)


def _running(**about: Any) -> QuerySet[Deadline]:
    about = about or {"case_id": OuterRef("pk")}
    return Deadline.objects.filter(met_at=None, waived_at=None, paused_at=None, **about)


def _anything_late(actor: Actor, at: datetime) -> bool:
    """One cheap query, so that a page of a district on time asks no further."""
    return _running(case__tenant=actor.tenant_id, due_at__lt=at).exists()


def _due() -> Subquery:
    soonest = _running().order_by().values("case").annotate(soonest=Min("due_at")).values("soonest")
    return Subquery(soonest, output_field=DateTimeField())


def _task_work(
    subject: Stateful, task: Task, actor: Actor, names: dict[str, str], called: Titles
) -> Work:
    act = task.flow_task.act
    owner = names.get(task.owner_ref, "")
    mine = task.owner_ref == actor.ref
    held = {"owner": owner, "owner_ref": task.owner_ref, "mine": mine}
    title = called.get((subject.pk, act.name), act.title)
    return _work(subject, title, act.page, node=act.name, **held)


def _turn_work(subject: Stateful, turn: Turn) -> Work:
    return _work(subject, turn.title, turn.page, node="", owner="", owner_ref="", mine=False)


def _work(subject: Stateful, title: str, page: str, **held: Any) -> Work:
    return Work(
        case=subject.code,
        machine=subject.lifecycle.name,
        subject=title_of(subject),
        state=subject.shown_state,
        title=shown_title(title, subject),
        url=_url(page, subject),
        due=getattr(subject, "desk_due", None),
        record=subject,
        **held,
    )


def title_of(subject: Stateful | None) -> str:
    """What people call it: the model's own `title`, else its name and code."""
    return str(getattr(subject, "title", "") or subject)


def shown_title(words: str, subject: Stateful | None) -> str:
    return words.format(subject=title_of(subject))


def address_of(subject: Stateful) -> str:
    return _url("", subject)


def _url(page: str, subject: Stateful | None) -> str:
    if subject is None:
        return ""
    if page:
        try:
            return reverse(page, args=[subject.code])
        except NoReverseMatch:
            return ""
    address = getattr(subject, "get_absolute_url", None)
    return address() if address else ""


def _names(tasks: list[Task]) -> dict[str, str]:
    refs = {task.owner_ref for task in tasks if task.owner_ref}
    return actors.resolve_names(refs) if refs else {}


def holders_in_words(tasks: Iterable[OpenTask]) -> str:
    """ "Legal or Privacy (Pat Lee), Board clerk": who holds the open acts of a case."""
    return ", ".join(dict.fromkeys(_holder(task) for task in tasks))


def _holder(task: OpenTask) -> str:
    role = " or ".join(ROLE_NAMES[role] for role in sorted(task.roles))
    return f"{role} ({task.owner})" if task.owner else role
