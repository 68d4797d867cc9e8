"""What a gate answers: drawn beforehand, and the same for the same node at the same visit."""

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field

from viewflow.workflow.activation import Activation


@dataclass(slots=True)
class Oracle:
    """`visits` counts how often each node asked; loops end because nobody is asked for ever."""

    seed: int
    visits: Counter[str] = field(default_factory=Counter)

    def answer(self, node: str, choices: int) -> int:
        self.visits[node] += 1
        mixed = hash((self.seed, len(node), *node.encode(), self.visits[node]))
        return mixed % choices


current: ContextVar[Oracle] = ContextVar("oracle")


def yes(activation: Activation) -> bool:
    return current.get().answer(activation.flow_task.name, 2) == 1


def again(activation: Activation) -> bool:
    oracle, name = current.get(), activation.flow_task.name
    return oracle.answer(name, 2) == 1 and oracle.visits[name] < 4


def pick(number: int, of: int):  # noqa: ANN201 - a gate's condition
    """True for one of several branches; the first that is asked draws for all of them."""

    def chosen(activation: Activation) -> bool:
        oracle, name = current.get(), activation.flow_task.name
        if number == 0:
            oracle.answer(name, of)
        mixed = hash((oracle.seed, len(name), *name.encode(), oracle.visits[name]))
        return mixed % of == number

    return chosen


def some(number: int):  # noqa: ANN201 - a gate's condition
    """True or not, for each branch of a split by itself."""

    def chosen(activation: Activation) -> bool:
        return current.get().answer(f"{activation.flow_task.name}:{number}", 2) == 1

    return chosen


def note(activation: Activation) -> None:
    current.get().visits["noted"] += 1
