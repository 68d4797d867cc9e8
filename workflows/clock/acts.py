"""What a rung may do when telling somebody or a plain move is not enough."""

from collections.abc import Callable
from typing import Any

from workflows.clock.models import Deadline

# Gets the subject, locked, and its deadline; runs inside the transaction of the rung's message.
DueAct = Callable[[Any, Deadline], None]
_acts: dict[str, DueAct] = {}


def due_act(name: str) -> Callable[[DueAct], DueAct]:
    """Register the function behind a rung's act ("suspend_at_end"). Its name stands in ladders
    that are already armed: frozen from the first release."""

    def register(function: DueAct) -> DueAct:
        if _acts.setdefault(name, function) is not function:
            raise ValueError(f"Two functions claim the act {name}.")
        return function

    return register


def act_named(name: str) -> DueAct | None:
    return _acts.get(name)
