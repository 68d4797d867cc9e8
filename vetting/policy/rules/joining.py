"""The facts of what serves several: one answer, and where the parts differ the stricter one."""

from collections.abc import Iterable, Mapping
from typing import Any

from vetting.policy.rules.facts import FACTS

# Of several numbers the one that brings more rules in; of all others the highest.
LOWEST = frozenset({"youngest_age"})


def strictest_union(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What is known about the tools of several cases, as one.

    Kinds of data add up. Where answers differ the fact is left open: then a rule counts whichever
    of them it asks for.
    """
    answers: dict[str, list[Any]] = {}
    for facts in told:
        for name, value in facts.items():
            if name in FACTS and FACTS[name].about == "tool" and value is not None:
                answers.setdefault(name, []).append(value)
    joined = {name: _joined(name, values) for name, values in answers.items()}
    return {name: value for name, value in joined.items() if value is not None}


def _joined(name: str, values: list[Any]) -> Any:
    kind = FACTS[name].kind
    if kind == "some_of":
        return sorted({one for value in values for one in value})
    if kind == "number":
        return min(values) if name in LOWEST else max(values)
    return values[0] if all(value == values[0] for value in values) else None
