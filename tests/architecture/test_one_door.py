"""Nothing but the engine changes a state: read from the source, with each breach planted."""

import ast
from collections.abc import Iterable

import pytest

from tests.architecture import source
from tests.architecture.source import Module

# An answer counts its own version; that of a stateful row is guarded at run time.
GUARDED = {"state"}
# The desk notes on its own row which state the work belongs to.
DESK = "workflows/desk/grammar.py"
KERNEL = {"workflows/stateful.py", "workflows/engine.py"}


def direct_writes(module: Module) -> Iterable[str]:
    """`x.state = …`, `setattr(x, "state", …)`, `x.__dict__["state"] = …`."""
    if module.path in KERNEL | {DESK}:
        return
    for node in source.nodes(module.tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in GUARDED:
                if not _is_own_row(target):
                    yield f"line {node.lineno} writes .{target.attr}"
            elif _is_dict_entry(target):
                yield f"line {node.lineno} writes __dict__"
    for call in source.calls(module.tree):
        names = {arg.value for arg in call.args if isinstance(arg, ast.Constant)}
        if source.called(call) in {"setattr", "object.__setattr__"} and names & GUARDED:
            yield f"line {call.lineno} sets a state by name"


def bulk_writes(module: Module) -> Iterable[str]:
    """`rows.update(state=…)`, `bulk_update(rows, ["state"])`."""
    for call in source.calls(module.tree):
        verb = source.called(call).rpartition(".")[2]
        if verb == "update" and GUARDED & {keyword.arg for keyword in call.keywords}:
            yield f"line {call.lineno} updates a state in bulk"
        if verb == "bulk_update" and GUARDED & set(source.strings(call)):
            yield f"line {call.lineno} updates a state in bulk"


def door_openers(module: Module) -> Iterable[str]:
    if module.path in KERNEL | {"workflows/door.py"}:
        return
    for call in source.calls(module.tree):
        if source.called(call) in {"door.opened", "opened"}:
            yield f"line {call.lineno} opens the door"


def raw_writes(module: Module) -> Iterable[str]:
    if module.path in KERNEL | {"workflows/triggers.py"}:
        return
    for text in source.strings(module.tree):
        words = text.upper().split()
        if words[:1] == ["UPDATE"] and "SET" in words and "STATE" in words:
            yield f"raw SQL writes a state: {text[:60]}"


def _is_own_row(target: ast.Attribute) -> bool:
    """A district's `state` is Colorado."""
    owner = target.value
    return isinstance(owner, ast.Name) and owner.id == "district"


def _is_dict_entry(target: ast.AST) -> bool:
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Attribute)
        and target.value.attr == "__dict__"
    )


RULES = [direct_writes, bulk_writes, door_openers, raw_writes]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_law(rule: source.Rule) -> None:
    assert source.faults(rule) == []


@pytest.mark.parametrize(
    ("rule", "breach"),
    [
        (direct_writes, 'def f(x):\n    x.state = "approved"'),
        (direct_writes, 'def f(x):\n    x.request.state: str = "approved"'),
        (direct_writes, 'def f(x):\n    setattr(x, "state", "approved")'),
        (direct_writes, 'def f(x):\n    x.__dict__["state"] = "approved"'),
        (bulk_writes, 'ToolRequest.objects.filter(pk=1).update(state="approved")'),
        (bulk_writes, 'ToolRequest.objects.bulk_update(rows, ["state"])'),
        (door_openers, "with door.opened():\n    pass"),
        (raw_writes, "cursor.execute(\"UPDATE vetting_toolrequest SET state = 'approved'\")"),
    ],
)
def test_a_planted_breach_is_seen(rule: source.Rule, breach: str) -> None:
    assert len(source.planted(rule, breach)) == 1


def test_reading_a_state_and_writing_other_fields_is_no_breach() -> None:
    clean = 'def f(x):\n    if x.state == "draft":\n        x.purpose = "Reading"\n        x.save()'
    assert [fault for rule in RULES for fault in source.planted(rule, clean)] == []
