"""Open work is what the state asks for."""

from collections.abc import Iterable

from workflows.desk import astray
from workflows.invariants.registry import invariant
from workflows.stateful import stateful_models

Found = Iterable[tuple[int | None, str]]
SAYS = {
    "missing": "Its state asks for work and none is open.",
    "stray": "Work is open that its state does not ask for.",
    "stuck": "Its work is open, but nobody has anything to do.",
    "gone": "A task is open for an act that no flow has any more.",
    "left": "A task is open in work that is finished.",
}


@invariant("open_work")
def open_work_is_what_the_state_asks_for() -> Found:
    for model in stateful_models():
        yield from ((case, SAYS[what]) for case, what in astray.astray(model))


@invariant("overtaken_work")
def no_open_act_is_on_record_already() -> Found:
    for model in stateful_models():
        for subject, node in astray.overtaken(model):
            yield subject.pk, f"{node.act.name} is open, but its verdict is on record."


@invariant("task_per_node")
def one_open_task_per_node() -> Found:
    for case, count in astray.doubled_tasks():
        yield case, f"{count} tasks are open for one act."
