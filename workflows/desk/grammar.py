"""What a flow is made of: acts, one after the other or side by side, and one outcome.

    ScreeningFlow = phase_flow("ScreeningFlow", __name__, title="Privacy review", steps=(
        act("answer_questions", role=Role.PRIVACY, title="Screen {subject}", page="screening:it"),
        together("opinions",
            act("legal_opinion", role=Role.LEGAL, title="...", page="..."),
            act("security_opinion", role=Role.IT_SECURITY, title="...", page="...")),
    ), outcome="vetting.screening.commands.finish_screening")

A factory, never a subclass: the child of a viewflow Flow links into its parent's nodes (V9).
Names of flows, acts and groups are stored in rows: frozen from the first release.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string
from django.utils.timezone import now
from viewflow.this_object import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Node
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.status import STATUS

from workflows.actors import Actor, Role
from workflows.desk.locking import subject_lock
from workflows.desk.models import Process, Task
from workflows.grammar import Lifecycle
from workflows.refusals import Refused
from workflows.stateful import Stateful, model_of


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name, and as of when, a flow's outcome speaks."""

    by: Actor
    at: datetime | None = None


# None while acts already on record are replayed inside a move: no flow may speak then.
voice: ContextVar[Voice | None] = ContextVar("voice", default=None)


@dataclass(frozen=True, slots=True)
class Act:
    """One piece of labor. `page` is a url name that takes the case's code.

    `done_if` says that its verdict is on record already: a rebuilt flow then passes it by. Where
    other tables know that, give `done_among` instead: cases in, keys of those where it is, and as
    many queries for a thousand cases as for one.
    `when` leaves it out of its group where it is not needed (e.g. by tier).
    `spoken_among`, where one person may speak only once beside others: cases in, and by each key
    the references of those who have spoken elsewhere.
    `called_among`, where something else comes first: cases in, and by each key the other title.
    """

    name: str
    roles: frozenset[Role]
    title: str
    page: str
    done_if: Callable[[Any], bool] | None = None
    when: Callable[[Any], bool] | None = None
    done_among: Callable[[Sequence[Any]], Collection[int]] | None = None
    spoken_among: Callable[[Sequence[Any]], Mapping[int, Collection[str]]] | None = None
    called_among: Callable[[Sequence[Any]], Mapping[int, str]] | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """Acts side by side; what follows waits for all of them."""

    name: str
    acts: tuple[Act, ...]


def act(
    name: str,
    *,
    role: Role | tuple[Role, ...],
    title: str,
    page: str,
    done_if: Callable[[Any], bool] | None = None,
    when: Callable[[Any], bool] | None = None,
    done_among: Callable[[Sequence[Any]], Collection[int]] | None = None,
    spoken_among: Callable[[Sequence[Any]], Mapping[int, Collection[str]]] | None = None,
    called_among: Callable[[Sequence[Any]], Mapping[int, str]] | None = None,
) -> Act:
    roles = frozenset(role if isinstance(role, tuple) else (role,))
    return Act(name, roles, title, page, done_if, when, done_among, spoken_among, called_among)


def together(name: str, *acts: Act) -> Together:
    return Together(name, acts)


class ActActivation(ViewActivation):
    """viewflow's own, started by an actor instead of a request."""

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.STARTED)
    def begin(self, by: Actor) -> None:
        self.task.started = now()
        self.task.done_by = by.ref


class ActNode(flow.View):
    """A person's node. It has no view of viewflow's: rooms mount their own pages."""

    activation_class = ActActivation

    def __init__(self, act: Act) -> None:
        super().__init__(None)
        self.act = act
        self.task_title = act.title

    @property
    def may_be_done(self) -> bool:
        return self.act.done_if is not None or self.act.done_among is not None

    def is_done(self, subject: Stateful) -> bool:
        return subject.pk in self.done_among([subject])

    def done_among(self, subjects: Sequence[Stateful]) -> Collection[int]:
        """Keys of those whose verdict is on record."""
        if self.act.done_among:
            return self.act.done_among(subjects)
        done_if = self.act.done_if
        return {subject.pk for subject in subjects if done_if and done_if(subject)}

    def title_for(self, subject: Stateful | None) -> str:
        """Its own title, or what is to be done first."""
        if self.act.called_among is None or subject is None:
            return self.act.title
        return self.act.called_among([subject]).get(subject.pk, self.act.title)

    def barred_from(self, subject: Stateful | None) -> Collection[str]:
        """References of those who have spoken beside this act, and so cannot do it."""
        if self.act.spoken_among is None or subject is None:
            return ()
        return self.act.spoken_among([subject]).get(subject.pk, ())


def phase_flow(
    name: str,
    module: str,
    *,
    title: str,
    steps: tuple[Act | Together, ...],
    outcome: str,
) -> type[flow.Flow]:
    """The flow of one state; assign it to `name` in `module`, which is how rows find it.

    `outcome` is the path of the command that moves the case on once every step is done:
    (case, *, by, via, at). Without one the last act would leave the case with nobody.
    """
    return build(name, module, title=title, nodes=_nodes(steps, outcome))


def build(name: str, module: str, *, title: str, nodes: dict[str, Node]) -> type[flow.Flow]:
    """A flow from viewflow's nodes, with our tables and our lock."""
    settings = {
        "__module__": module,
        "__qualname__": name,
        "process_title": title,
        "process_description": title,
        "process_class": Process,
        "task_class": Task,
        "lock_impl": subject_lock,
    }
    return type(flow.Flow)(name, (flow.Flow,), settings | nodes)


def _nodes(steps: tuple[Act | Together, ...], outcome: str) -> dict[str, Node]:
    entries = [*map(_entry, steps), "outcome"]
    nodes: dict[str, Node] = {"start": flow.StartHandle(_for_case).Next(_link(entries[0]))}
    for step, following in zip(steps, entries[1:], strict=True):
        nodes |= (
            _side_by_side(step, following)
            if isinstance(step, Together)
            else _single(step, following)
        )
    nodes["outcome"] = flow.Function(_speaker(outcome)).Next(_link("end"))
    return nodes | {"end": flow.End()}


def _entry(step: Act | Together) -> str:
    return f"{step.name}_split" if isinstance(step, Together) else step.name


def _single(act: Act, following: str) -> dict[str, Node]:
    if act.when:
        raise ValueError(f"{act.name}: only an act inside a group may be left out.")
    return {act.name: ActNode(act).Next(_link(following))}


def _side_by_side(group: Together, following: str) -> dict[str, Node]:
    split, join = flow.Split(), f"{group.name}_join"
    nodes: dict[str, Node] = {f"{group.name}_split": split}
    for act in group.acts:
        split.Next(_link(act.name), case=_case(act))
        nodes |= _single(replace(act, when=None), join)
    return nodes | {join: flow.Join().Next(_link(following))}


def _case(act: Act) -> Callable[[Activation], bool] | None:
    when = act.when
    if when is None:
        return None
    return lambda activation: when(subject_of(activation.process))


def _link(name: str) -> Any:
    return getattr(this, name)


def _for_case(activation: Activation, subject: Stateful) -> Process:
    process = activation.process
    process.case, process.tenant = subject.case, subject.case.tenant
    process.state = subject.state
    return process


def _speaker(path: str) -> Callable[[Activation], None]:
    def speak(activation: Activation) -> None:
        speaker = voice.get()
        if speaker is None:
            raise Refused(["Everything is on record; somebody must confirm it."])
        process = activation.process
        import_string(path)(process.case, by=speaker.by, via=process.pk, at=speaker.at)

    speak.path = path  # type: ignore[attr-defined]
    return speak


def subject_of(process: Process) -> Stateful:
    model = model_of(process.case.machine)
    return model._base_manager.select_related("case__tenant").get(pk=process.case_id)


def flow_of(lifecycle: Lifecycle, state: str) -> type[flow.Flow] | None:
    path = lifecycle.work.get(state)
    return import_string(path) if path else None


def flows(lifecycle: Lifecycle) -> dict[str, Any]:
    """The flow of each state that has one."""
    return {state: flow_of(lifecycle, state) for state in lifecycle.work}


def acts_of(flow_class: type[flow.Flow]) -> list[ActNode]:
    return [node for node in flow_class.instance.nodes() if isinstance(node, ActNode)]
