"""Reading our own source: what the architecture tests ask of it, in plain faults."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
HOUSES = ("workflows", "vetting", "contracts")


@dataclass(frozen=True)
class Module:
    """One file of the houses: its path under the house, and its tree, read when it is asked for."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


Rule = Callable[[Module], Iterable[str]]


@cache
def _module_of(file: Path) -> Module:
    return Module(str(file.relative_to(HOUSE)), file.read_text(encoding="utf-8"))


@cache
def modules(below: tuple[str, ...] = HOUSES) -> tuple[Module, ...]:
    """Every module that people write; migrations are written by Django."""
    files = [f for house in below for f in sorted((HOUSE / house).rglob("*.py"))]
    return tuple(_module_of(file) for file in files if "migrations" not in file.parts)


def faults(rule: Rule, below: tuple[str, ...] = HOUSES) -> list[str]:
    return [f"{m.path}: {fault}" for m in modules(below) for fault in rule(m)]


def planted(rule: Rule, text: str, path: str = "vetting/screening/commands.py") -> list[str]:
    return list(rule(Module(path, text)))


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Walked once: two dozen rules ask for the same trees."""
    return tuple(ast.walk(tree))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in nodes(tree) if isinstance(node, ast.Call))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def imported(tree: ast.AST) -> frozenset[str]:
    """Dotted names of everything imported at run time, with the names taken from a module."""
    found = set()
    for node in _running(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


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
    for node in nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def called(call: ast.Call) -> str:
    """ "update" for rows.update(...), "datetime.now" for datetime.now()."""
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        left = owner.id if isinstance(owner, ast.Name) else ""
        return f"{left}.{call.func.attr}".lstrip(".")
    return call.func.id if isinstance(call.func, ast.Name) else ""
