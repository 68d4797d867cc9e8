"""What a function may come to, read from its source: the house's functions it names, and theirs.

Names are followed through modules, decorators and the registry of guards; not into the kernel,
which knows no room. What is chosen at run time shows as "?".
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType
from typing import Any

from workflows import engine, providers

ROOMS = ("vetting.", "contracts.")


@dataclass(slots=True)
class Reach:
    """`moves`: what engine.perform is asked for. `opens`: models of cases opened. `models`: every
    model named, by its dotted name."""

    functions: set[FunctionType] = field(default_factory=set)
    moves: set[str] = field(default_factory=set)
    opens: set[type] = field(default_factory=set)
    models: set[str] = field(default_factory=set)


def reach_of(function: Callable[..., Any]) -> Reach:
    reach, ahead = Reach(), [_plain(function)]
    for here in ahead:
        if here not in reach.functions:
            reach.functions.add(here)
            for node in body_of(here):
                ahead += _seen(here, node, reach)
    return reach


def _seen(here: FunctionType, node: ast.AST, reach: Reach) -> Iterator[FunctionType]:
    if isinstance(node, ast.Call):
        yield from _called(here, node, reach)
    found = named(here, node)
    if isinstance(found, type) and found.__module__.startswith(ROOMS):
        reach.models.add(f"{found.__module__}.{found.__name__}")
    elif callable(found) and getattr(found, "__module__", "").startswith(ROOMS):
        yield _plain(found)


def _called(here: FunctionType, call: ast.Call, reach: Reach) -> Iterator[FunctionType]:
    callee = named(here, call.func)
    if callee is engine.perform:
        move = call.args[1]
        reach.moves.add(move.value if isinstance(move, ast.Constant) else "?")
    elif callee is engine.open_case:
        reach.opens.add(named(here, call.args[0]))
    elif callee is providers.guard_candidates:
        model, name = named(here, call.args[0]), call.args[1]
        for guard in providers.guard_candidates(model, name.value):  # type: ignore[attr-defined]
            yield _plain(guard)


def _plain(function: Callable[..., Any]) -> FunctionType:
    return inspect.unwrap(function)  # type: ignore[return-value]


@cache
def body_of(function: FunctionType) -> tuple[ast.AST, ...]:
    """Every node of what it does; annotations are no deeds."""
    if not inspect.isfunction(function):
        return ()
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if not isinstance(tree, ast.FunctionDef):
        return ()  # a lambda stands within the function that made it
    return tuple(node for part in tree.body for node in ast.walk(part))


def named(here: FunctionType, node: ast.AST) -> Any:
    """The object behind `name` or `module.name`; None for what only exists at run time."""
    if isinstance(node, ast.Name):
        return here.__globals__.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = named(here, node.value)
        return getattr(owner, node.attr, None) if inspect.ismodule(owner) else None
    return None
