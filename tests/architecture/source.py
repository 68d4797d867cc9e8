"""Reading our own source: what the architecture tests ask of it, in plain faults."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
HOUSES = ("workflows", "vetting", "contracts")


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the houses: its path under the house, and its tree."""

    path: str
    tree: ast.Module
    lines: int


Rule = Callable[[Module], Iterable[str]]


def module(path: str, text: str) -> Module:
    return Module(path, ast.parse(text), len(text.splitlines()))


@cache
def modules(below: tuple[str, ...] = HOUSES) -> tuple[Module, ...]:
    """Every module that people write; migrations are written by Django."""
    files = [f for house in below for f in sorted((HOUSE / house).rglob("*.py"))]
    return tuple(
        module(str(f.relative_to(HOUSE)), f.read_text(encoding="utf-8"))
        for f in files
        if "migrations" not in f.parts
    )


def faults(rule: Rule, below: tuple[str, ...] = HOUSES) -> list[str]:
    return [f"{m.path}: {fault}" for m in modules(below) for fault in rule(m)]


def planted(rule: Rule, text: str, path: str = "vetting/screening/commands.py") -> list[str]:
    return list(rule(module(path, text)))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything imported at run time, with the names taken from a module."""
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING`."""
    ahead = [tree]
    while ahead:
        node = ahead.pop()
        yield node
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        ahead += ast.iter_child_nodes(node)


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def called(call: ast.Call) -> str:
    """ "update" for rows.update(...), "datetime.now" for datetime.now()."""
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        left = owner.id if isinstance(owner, ast.Name) else ""
        return f"{left}.{call.func.attr}".lstrip(".")
    return call.func.id if isinstance(call.func, ast.Name) else ""
