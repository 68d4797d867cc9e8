"""docs/rules.md: every rule as counsel reads it, made from the packs."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.vetting.policy.example import PACK, read
from vetting.management.commands import packs as command
from vetting.policy.queries import shipped_packs
from vetting.policy.rules.paper import document

RULES = [rule for pack in shipped_packs() for rule in pack.rules]


def test_the_page_is_fresh() -> None:
    written = command.PAPER.read_text(encoding="utf-8")
    assert written == document(shipped_packs()), "run manage.py packs list --write"


def test_every_rule_has_its_citation_and_how_sure_it_is() -> None:
    sections = document(shipped_packs()).split("\n### `")[1:]
    assert [part.partition("`")[0] for part in sections] == [rule.id for rule in RULES]
    for rule, section in zip(RULES, sections, strict=True):
        standing = section.splitlines()[2]
        assert standing.startswith(f"{rule.citation}. {rule.status.capitalize()}; ")
        assert f"{rule.confidence} confidence" in standing
        assert f"last verified {rule.last_verified}" in standing


def test_a_rule_is_told_with_its_date_its_condition_and_its_source(tmp_path: Path) -> None:
    (pack,) = read(tmp_path).packs
    page = document(
        [replace(pack, arguable=("Lincoln's Birthday",), effective_to=date(2030, 1, 1))]
    )
    assert page.startswith("# The rules, for whoever knows the law\n")
    _, told = page.split("## An invented law\n\n")
    lines = [line for line in told.splitlines() if line]
    assert lines[:12] == [
        "`zz-law` 1, draft, last looked at 2026-11-21, last day 2030-01-01, "
        "clock of America/New_York.",
        "Counted, because it is arguable whether it is a holiday: Lincoln's Birthday.",
        "- S1: The law <https://law.example>, read whole",
        "- S2: Hearsay, not read",
        "### `zz.tell`: The vendor tells the district",
        "Section 1. Reviewed; high confidence; source S1, read whole; last verified 2026-11-21; "
        "reaches districts of the state (New York).",
        "- By when: Within 7 calendar days after the vendor discovered it.",
        "- Who has to do it: Vendor",
        "- To whom: District",
        "- Applies where: All of these (Was data released, or was there access without authority? "
        "Yes; Not this (Did it happen at the vendor or its subcontractor? No))",
        "- After a hold of law enforcement instead: `zz.tell.delay`",
        "### `zz.tell.delay`: The vendor tells the district after a hold",
    ]
    assert "no source; last verified 2026-11-21" in lines[12]
    assert lines[12].endswith("; law from 2020-01-01; last day 2026-10-31.")


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PAPER", tmp_path / "rules.md")
    (tmp_path / "zz-law.yaml").write_text(PACK)
    call_command("packs", "list", "--write", folder=tmp_path)
    assert (tmp_path / "rules.md").read_text() == document(read(tmp_path).packs)
