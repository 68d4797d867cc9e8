"""Walking viewflow's own flow graph in memory: what its activations would do, without their SQL.

Nodes are passed in viewflow's order: all that is not a join, wave by wave, then one join at a time.
A flow with any node that is not told here is left to viewflow itself (`covers`).
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from viewflow.this_object import this
from viewflow.workflow import nodes, signals
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Node
from viewflow.workflow.context import context
from viewflow.workflow.exceptions import FlowRuntimeError
from viewflow.workflow.nodes import end, func, handle, if_gate, join, split, start, switch, view
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from workflows.desk.grammar import ActActivation
from workflows.desk.models import Process, Task
from workflows.desk.unit import CANCELED, DONE, ProcessRow, TaskRow, Unit, task_of

STARTED = str(STATUS.STARTED)
REVIVED = str(STATUS.REVIVED)
Choice = list[tuple[Node, str]]

STARTS = (start.StartHandleActivation, start.StartViewActivation)
WAITS = (view.ViewActivation, ActActivation, handle.HandleActivation)
SPEAKS = (signals.task_started, signals.task_finished, signals.flow_started, signals.flow_finished)


class Walk:
    """One process on its way through its flow."""

    def __init__(self, unit: Unit, process: ProcessRow) -> None:
        self.unit, self.process = unit, process
        self.choices: dict[int, Choice] = {}

    def complete(self, row: TaskRow, *, done_by: str = "", **given: Any) -> Any:
        """Do what a person (or, for a handle, the code outside) has to do, and go on from there."""
        row.set(status=STARTED, started=self.unit.now, done_by=done_by)
        result = None
        if isinstance(row.node, nodes.Handle):
            work = this.resolve(row.node.flow_class.instance, row.node._func)
            result = work(self.activation(row), **given) if work else self.process.process
        self._end(row)
        self._go_on(set(self._next(row)))
        return result

    def begin(self, node: Node) -> TaskRow:
        row = self.unit.add_task(self.process, node, "start", None)
        row.set(started=self.unit.now)
        self._end(row)
        self._go_on(set(self._next(row)))
        return row

    def activation(self, row: TaskRow) -> Activation:
        """viewflow's own, for the functions a flow's author wrote; its task may not be stored."""
        return row.node.activation_class(task_of(row))

    def _go_on(self, ahead: set[TaskRow]) -> None:
        while ahead:
            joins = {row for row in ahead if _is_join(row)}
            plain = ahead - joins
            if plain:
                for row in plain:
                    self._pass(row)
                ahead = {after for row in ahead if row.status == DONE for after in self._next(row)}
            else:
                row = joins.pop()
                self._pass(row)
                ahead = set(self._next(row)) if row.status == DONE else set()
            ahead.update(joins)

    def _pass(self, row: TaskRow) -> None:
        act = _ACTS.get(row.node.activation_class)
        if act and act(self, row):
            self._end(row)

    def _end(self, row: TaskRow) -> None:
        row.end(DONE, self.unit.now)

    # What each kind of node does; False: it stays open.

    def _function(self, row: TaskRow) -> bool:
        row.set(started=self.unit.now)
        row.node._func(self.activation(row))
        return True

    def _if(self, row: TaskRow) -> bool:
        node = row.node
        chosen = node._on_true if node._condition(self.activation(row)) else node._on_false
        self.choices[row.pk] = [(chosen, row.columns["token"])] if chosen else []
        return True

    def _switch(self, row: TaskRow) -> bool:
        chosen = None
        activation = self.activation(row)
        for node, condition in row.node._branches:
            if condition is None:
                chosen = node
            elif condition(activation):
                chosen = node
                break
        self.choices[row.pk] = [(_needed(chosen, row), row.columns["token"])]
        return True

    def _split(self, row: TaskRow) -> bool:
        branches = row.node._branches
        activation = self.activation(row) if any(case for _, case, _ in branches) else None
        chosen = [n for n, case, _ in branches if not case or case(activation)]
        _needed(chosen, row)
        # viewflow gives the tokens out to joins last.
        ordered = sorted(chosen, key=lambda node: isinstance(node, nodes.Join))
        tokens = Token.split_token_source(row.columns["token"], row.pk)
        self.choices[row.pk] = [(n, t.token) for n, t in zip(ordered, tokens, strict=False)]
        return True

    def _join(self, row: TaskRow) -> bool:
        if row.columns["started"] is None:
            row.set(started=self.unit.now, status=STARTED)
        prefixes = {
            Token(token).get_common_split_prefix(row.token, pk)
            for pk, status, token in row.arrived
            if status not in (CANCELED, REVIVED)
        }
        if len(prefixes) > 1:
            raise FlowRuntimeError(f"Multiple tokens {prefixes} came to join {row.node.name}")
        waited = [
            task
            for task in self.process.open_tasks()
            for prefix in prefixes
            if task.columns["token"].startswith(prefix)
        ]
        return bool(prefixes) and not waited

    def _finish(self, row: TaskRow) -> bool:
        row.set(started=self.unit.now)
        if self.process.open_tasks() == [row]:
            self.process.end(str(PROCESS.DONE), self.unit.now)
        return True

    # Where it goes on.

    def _next(self, row: TaskRow) -> Iterator[TaskRow]:
        if row.pk in self.choices:
            chosen = self.choices.pop(row.pk)
        else:
            after = getattr(row.node, "_next", None)
            chosen = [(after, row.columns["token"])] if after else []
        for node, token in chosen:
            yield self._create(node, token, row)

    def _create(self, node: Node, token: str, before: TaskRow) -> TaskRow:
        if isinstance(node, nodes.Join):
            return self._arrive(node, token, before)
        row = self.unit.add_task(self.process, node, token, before)
        if isinstance(node, nodes.View) and (node._owner or node._owner_permission):
            activation = self.activation(row)
            row.set(owner_permission=node.calc_owner_permission(activation) or None)
            if node.calc_owner(activation):
                row.set(status=str(STATUS.ASSIGNED))
        return row

    def _arrive(self, node: Node, token: str, before: TaskRow) -> TaskRow:
        """At the join that waits already, or at one that the first branch opens."""
        waiting = [t for t in self.process.open_tasks() if t.node is node]
        if len(waiting) > 1:
            raise FlowRuntimeError("More than one join instance for process found")
        if not waiting:
            base = Token(token).get_base_split_token() if "/" in token else Token(token)
            return self.unit.add_task(self.process, node, base.token, before)
        (row,) = waiting
        row.follow(before)
        row.changed = True
        return row


_ACTS: dict[type[Activation], Callable[[Walk, TaskRow], bool]] = {
    func.FunctionActivation: Walk._function,
    if_gate.IfActivation: Walk._if,
    switch.SwitchActivation: Walk._switch,
    split.SplitActivation: Walk._split,
    join.JoinActivation: Walk._join,
    end.EndActivation: Walk._finish,
}


def _is_join(row: TaskRow) -> bool:
    return isinstance(row.node, nodes.Join)


def _needed(chosen: Any, row: TaskRow) -> Any:
    if not chosen:
        raise FlowRuntimeError(f"No next task available for {row.node.name}")
    return chosen


def covers(flow_class: Any) -> bool:
    """Whether we walk this flow: every node is one we know, and nobody listens to viewflow."""
    listened = any(signal.receivers for signal in SPEAKS)
    return (
        flow_class is not None
        and _is_known(flow_class)
        and not listened
        and context.propagate_exception
    )


@cache
def _is_known(flow_class: Any) -> bool:
    ours = flow_class.process_class is Process and flow_class.task_class is Task
    return ours and all(_is_told(node) for node in flow_class.instance.nodes())


def _is_told(node: Node) -> bool:
    """Only what is written above: no event at the border, no data on an edge, no hook."""
    unknown = (
        *("_boundary_events", "_boundary_specs", "_compensation_handler", "_task_data"),
        *("_task_seed", "_on_true_data", "_on_true_seed", "_on_false_data", "_on_false_seed"),
        *("_on_create", "_owner_permission_obj", "_continue_on_condition"),
    )
    return node.activation_class in (*STARTS, *WAITS, *_ACTS) and not any(
        getattr(node, name, None) for name in unknown
    )


@cache
def reach(node: Node) -> int:
    """How many tasks may be born when this node ends: every node up to the next that waits."""
    seen: set[Node] = set()
    ahead = [edge.dst for edge in node._outgoing()]
    while ahead:
        here = ahead.pop()
        if here is not None and here not in seen:
            seen.add(here)
            if here.activation_class not in WAITS:
                ahead += [edge.dst for edge in here._outgoing()]
    return len(seen)
