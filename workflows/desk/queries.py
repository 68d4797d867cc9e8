"""Reading the worklist: what waits for whom."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeAlias

from django.db.models import Prefetch, QuerySet
from django.urls import NoReverseMatch, reverse

from workflows import actors
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.cases import Case
from workflows.desk import grammar
from workflows.desk.grammar import ActNode
from workflows.desk.models import Task
from workflows.desk.turns import ROLE_OF, Detour, Turn, detours_for, turns_of
from workflows.desk.unit import settle
from workflows.desk.waiting import anything_late, list_for, waiting_for
from workflows.prefetching import is_read
from workflows.stateful import Stateful
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


def inbox(actor: Actor, *, most: int | None = None) -> list[Work]:
    """What waits for this person's roles in this district, soonest due first.

    Two queries, and one for the names of holders: however many rows there are. With
    `most`, no more cases of a machine are read than that, the soonest due.
    """
    if actor.tenant_id is None:
        return []
    waiting = waiting_for(actor, most=most)
    together(*waiting)
    return works_of(actor, waiting)[:most]


def how_many_late(actor: Actor, at: datetime, *, most: int) -> int:
    """How many of those in the inbox are of cases whose date had passed by then: `most` at the
    highest. Asked on every page, so they are counted without their titles and addresses."""
    if actor.tenant_id is None or not anything_late(actor, at):
        return 0
    waiting = waiting_for(actor, most=most, late_at=at)
    together(*waiting)
    subjects, tasks = _mine(actor, waiting)
    return min(most, sum(1 for subject in subjects for _ in _pieces(subject, actor, tasks)))


def works_of(actor: Actor, waiting: Iterable[QuerySet[Any]], *, named: bool = True) -> list[Work]:
    """`named`: with the names of those who hold a piece of it."""
    subjects, tasks = _mine(actor, waiting)
    names = _names([task for group in tasks.values() for task in group]) if named else {}
    called = _titles(subjects, tasks)
    found = [w for subject in subjects for w in _works(subject, actor, tasks, names, called)]
    return sorted(found, key=lambda w: (w.due is None, w.due, w.case))


def _mine(
    actor: Actor, waiting: Iterable[QuerySet[Any]]
) -> tuple[list[Stateful], dict[int, list[Task]]]:
    """The cases of these lists, and of each the open acts that may be this person's."""
    subjects = [subject for rows in waiting for subject in rows]
    tasks = {subject.pk: _open_acts_of(subject) for subject in subjects}
    _leave_out_spoken(actor, subjects, tasks)
    return subjects, tasks


def waits_for(subject: Stateful, actor: Actor) -> bool:
    """Whether something of this one case stands in the person's inbox."""
    rows = list_for(actor, type(subject), None, None)
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


Piece: TypeAlias = Task | Turn | Detour


def _pieces(subject: Stateful, actor: Actor, tasks: dict[int, list[Task]]) -> Iterator[Piece]:
    roles = subject.roles_of(actor)
    for task in tasks.get(subject.pk, []):
        if task.flow_task.act.roles & roles:
            yield task
    turn = turns_of(subject.lifecycle).get(subject.state)
    if turn and turn.roles & roles:
        yield turn
    for one in detours_for(actor, subject.lifecycle):
        if subject.state in one.states and one.holds(subject, actor):
            yield one


def _works(
    subject: Stateful,
    actor: Actor,
    tasks: dict[int, list[Task]],
    names: dict[str, str],
    called: Titles,
) -> Iterator[Work]:
    for piece in _pieces(subject, actor, tasks):
        if isinstance(piece, Task):
            yield _task_work(subject, piece, actor, names, called)
        else:
            yield _turn_work(subject, piece)


def _task_work(
    subject: Stateful, task: Task, actor: Actor, names: dict[str, str], called: Titles
) -> Work:
    act = task.flow_task.act
    owner = names.get(task.owner_ref, "")
    mine = task.owner_ref == actor.ref
    held = {"owner": owner, "owner_ref": task.owner_ref, "mine": mine}
    title = called.get((subject.pk, act.name), act.title)
    return _work(subject, title, act.page, node=act.name, **held)


def _turn_work(subject: Stateful, turn: Turn | Detour) -> Work:
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
