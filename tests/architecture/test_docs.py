"""The papers in the repository say what the code says."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string

from tests.architecture.source import HOUSE
from workflows import chart
from workflows.desk.grammar import flows
from workflows.lifecycles import ALL
from workflows.management.commands import show_lifecycles
from workflows.management.commands.show_lifecycles import pages, stale_lines
from workflows.outbox import reactions
from workflows.stateful import stateful_models

RELEASED = Path(__file__).with_name("released.json")
OURS = ("workflows", "vetting", "contracts")


def test_every_page_made_from_the_tables_is_fresh() -> None:
    assert [line for path, text in pages() for line in stale_lines(path, text)] == []


def test_a_stale_line_is_seen_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale, fresh = tmp_path / "lifecycles.md", chart.document(ALL)
    text = fresh.replace("deciding --> approved: approve", "deciding --> lost: x", 1)
    stale.write_text(text)
    number = text[: text.index("deciding --> lost: x")].count("\n") + 1
    assert stale_lines(stale, fresh) == [
        f"lifecycles.md is stale from line {number} on: run manage.py show_lifecycles --write."
    ]
    monkeypatch.setattr(show_lifecycles, "pages", lambda: [(stale, fresh)])
    with pytest.raises(CommandError, match=f"stale from line {number}"):
        call_command("show_lifecycles", "--check")


def test_a_missing_page_is_stale_from_its_first_line(tmp_path: Path) -> None:
    assert "stale from line 1" in stale_lines(tmp_path / "lifecycles.md", chart.document(ALL))[0]


def test_the_tables_are_sound_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("show_lifecycles", "--check")
    assert "sound" in capsys.readouterr().out


def test_every_machine_has_its_diagram(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("show_lifecycles", "--mermaid")
    printed = capsys.readouterr().out
    assert printed.count("stateDiagram-v2") == len(ALL)
    assert "screening --> awaiting_agreement: clear" in printed


def test_the_page_names_every_move_notice_and_reaction() -> None:
    text = pages()[0][0].read_text(encoding="utf-8")
    moves = [row.name for machine in ALL for row in machine.moves]
    notices = [notice.name for machine in ALL for notice in machine.notices]
    ran = [reaction.name for reaction in _our_reactions()]
    assert [name for name in (*moves, *notices, *ran) if name not in text] == []


def test_names_that_rows_store_are_never_lost() -> None:
    """Flows, acts and reactions stand in rows: released.json may grow and never shrinks."""
    released = json.loads(RELEASED.read_text())
    assert set(released["acts"]) - set(_acts()) == set()
    assert set(released["reactions"]) - {r.name for r in _our_reactions()} == set()
    assert all(import_string(act.rpartition(".")[0]) for act in released["acts"])


def test_locks_name_no_host() -> None:
    locks = [*(HOUSE / "requirements").glob("*.txt"), HOUSE / "package-lock.json"]
    assert len(locks) >= 3
    assert [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")] == []


def _our_reactions() -> list[reactions.Registered]:
    return [r for r in reactions.registered() if r.run.__module__.startswith(OURS)]


def _acts() -> list[str]:
    return [
        f"{flow.__module__}.{flow.__name__}.{node.name}"
        for model in stateful_models()
        if model.__module__.startswith(OURS)
        for flow in flows(model.lifecycle).values()
        for node in flow.instance.nodes()
    ]
