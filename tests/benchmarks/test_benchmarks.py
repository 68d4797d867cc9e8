"""The arithmetic of the figures, that the page says what was measured, and that the race runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import document, figures, kept, race
from tests.benchmarks.counting import SENT, Statements, _undated
from tests.benchmarks.race import Times
from tests.benchmarks.scale.shape import AGREEMENTS, REQUESTS, Shape
from workflows.grammar import Lifecycle
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST

HOUSE = Path(__file__).resolve().parents[2]


def test_a_ratio_is_taken_within_each_round() -> None:
    ours, raw = Times("ours", [4.0, 40.0, 6.0]), Times("raw", [1.0, 10.0, 2.0])
    assert ours.times_slower_than(raw) == 4.0
    assert ours.ms == 6.0


def test_targets_are_met_from_the_right_side() -> None:
    found = {"engine_vs_raw": 6.1, "engine_vs_naive": 6.1, "engine_vs_viewflow": 1.0}
    words = {target.metric: word for target, _, word in figures.verdicts("postgresql", found)}
    assert words == {
        "engine_vs_raw": "NOT MET",
        "engine_vs_naive": "met",
        "engine_vs_viewflow": "",
    }
    assert not figures.all_met({"postgresql": found})
    assert figures.all_met({"sqlite": {"engine_vs_raw": 6.1}})


def test_every_promised_figure_has_its_row() -> None:
    asked = {
        *("engine_vs_raw", "engine_vs_naive", "engine_vs_viewflow", "engine_vs_joeflow"),
        *("engine_vs_spiff", "statements_per_event", "sweep_vs_orm", "idle_tick_ms"),
        *("evaluate_ms", "recompute_some_s", "recompute_every_s"),
    }
    assert asked <= {target.metric for target in figures.TARGETS}


def test_what_begins_and_ends_a_transaction_is_counted_apart() -> None:
    counts = Statements()
    counts.add("submit", ["BEGIN IMMEDIATE", " UPDATE x SET y = 1", "SAVEPOINT a", "COMMIT"])
    assert (counts.total, counts.framed) == (1, 3)


def test_libpq_writes_down_each_statement_that_is_sent() -> None:
    trace = (
        '2026-11-22 02:00:00.1\tF\t13\tQuery\t "BEGIN"\n'
        '2026-11-22 02:00:00.2\tF\t30\tParse\t "a" "UPDATE x" 0\n'
        '2026-11-22 02:00:00.2\tF\t12\tBind\t "" "a" 0\n'
        '2026-11-22 02:00:00.2\tF\t9\tExecute\t "" 0\n'
        "2026-11-22 02:00:00.3\tB\t5\tReadyForQuery\t I\n"
    )
    assert [kind for kind, _ in SENT.findall(_undated(trace))] == ["Query", "Execute"]


@pytest.mark.parametrize(("shape", "machine"), [(REQUESTS, REQUEST), (AGREEMENTS, AGREEMENT)])
def test_the_crowd_walks_the_tables_roads(shape: Shape, machine: Lifecycle) -> None:
    assert sum(shape.shares.values()) == 1000
    steps = [step for state in shape.shares for step in shape.steps(state)]
    moves = {(row.name, s, t) for row in machine.moves for s in row.sources for t in row.targets}
    assert {step for step in steps if step[0] != "opened"} - moves == set()
    assert all(shape.steps(state)[-1][2] == state for state in shape.shares)


def test_the_page_says_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kept.FILE.exists():
        pytest.fail("docs/benchmarks.json is missing: run ./dev bench --write")
    monkeypatch.setattr(document, "PAGE", tmp_path / "benchmarks.md")
    document.write(json.loads(kept.FILE.read_text()))
    said = kept.FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert (tmp_path / "benchmarks.md").read_text(encoding="utf-8") == said


def test_the_page_of_a_fresh_measurement_is_the_one_made_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are measured in another order than their names have in the file."""
    known = json.loads(kept.FILE.read_text())
    found = known["postgresql"]["scale"]
    found["pages"] = dict(sorted(found["pages"].items(), reverse=True))
    monkeypatch.setattr(kept, "FILE", tmp_path / "benchmarks.json")
    kept.FILE.write_text(json.dumps(known))
    monkeypatch.setattr(document, "PAGE", tmp_path / "benchmarks.md")
    measured = {"scale": found, "versions": found["versions"]}
    document.write(kept.keep({"postgresql": measured}, kept.machine()))
    at_once = document.PAGE.read_text(encoding="utf-8")
    document.write(json.loads(kept.FILE.read_text()))
    assert document.PAGE.read_text(encoding="utf-8") == at_once


def test_our_six_events_reach_their_end(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    small = ("--quick", "--rounds", "1", "--processes", "1", "--database", "sqlite")
    engines = ("raw", "floor", "ours")
    command = [sys.executable, "-m", "tests.benchmarks", *small, "--json", str(out), *engines]
    subprocess.run(command, cwd=HOUSE, check=True, capture_output=True, timeout=120)
    assert set(json.loads(out.read_text())["sqlite"]) == {
        "engine_vs_raw", "floor_vs_raw", "statements_per_event",
    }  # fmt: skip
    assert race.EVENTS[0] == "submit"


def test_open_dates_are_recomputed(tmp_path: Path) -> None:
    """A run whose preview, dates or ledger are not what they must be gives no figures."""
    out = tmp_path / "figures.json"
    small = ("--parts", "recompute", "--dates", "600", "--database", "sqlite")
    command = [sys.executable, "-m", "tests.benchmarks", *small, "--json", str(out)]
    subprocess.run(command, cwd=HOUSE, check=True, capture_output=True, timeout=120)
    assert set(json.loads(out.read_text())["sqlite"]) == set(figures.RECOMPUTE)
