"""What the record of changes says."""

import ast
from pathlib import Path

from vetting.people.sentences import TOLD

HOUSE = Path(__file__).resolve().parents[3]


def noted(tree: ast.AST) -> set[str]:
    """The names that are given to `note_change` as they stand in the code."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    here = [call for call in calls if getattr(call.func, "id", "") == "note_change" and call.args]
    return {str(call.args[0].value) for call in here if isinstance(call.args[0], ast.Constant)}


def test_every_change_that_is_noted_has_its_sentence() -> None:
    files = [file for room in ("vetting", "contracts") for file in (HOUSE / room).rglob("*.py")]
    found = set[str]().union(*(noted(ast.parse(file.read_text())) for file in files))
    assert found >= {"list_imported", "template_activated", "vendor_described"}
    assert found - TOLD.keys() == set()
