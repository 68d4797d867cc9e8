"""`manage.py packs evaluate`: facts in a file, what the rules demand as JSON or in a few lines."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

TOOL = {
    "agency_state": "CO",
    "student_data": True,
    "terms": "click_wrap",
    "primarily_k12": True,
    "staff_directed": True,
    "refuses_duties": False,
    "agreement": False,
    "breach": False,
}


def written(folder: Path, text: str) -> Path:
    file = folder / "facts.json"
    file.write_text(text, encoding="utf-8")
    return file


def evaluated(folder: Path, facts: Any, *options: str) -> str:
    file = written(folder, json.dumps(facts))
    return str(call_command("packs", "evaluate", str(file), *options) or "")


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_it_says_what_the_rules_demand_on_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluated(tmp_path, TOOL, "--on", "2026-11-22", "--json")
    found = told(capsys)
    assert (found["on"], found["facts"]) == ("2026-11-22", TOOL)
    assert found["classification"]["class"] == "on_demand"
    assert "co.ondemand_list" in {one["rule"] for one in found["publications"]}
    assert {len(digest) for digest in found["packs"].values()} == {64}


def test_without_a_day_it_is_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluated(tmp_path, TOOL, "--json")
    assert told(capsys)["on"] == timezone.localdate().isoformat()


def test_a_district_s_own_pack_counts_only_where_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluated(tmp_path, TOOL | {"on_public_list": False}, "--json")
    assert "local-denver" not in told(capsys)["packs"]
    evaluated(tmp_path, TOOL | {"on_public_list": False}, "--json", "--local", "local-denver")
    found = told(capsys)
    assert "local-denver" in found["packs"]
    assert "denver.consent" in {one["rule"] for one in found["consent"]}


def test_people_get_the_class_the_demands_and_the_open_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = TOOL | {"agency_state": "NY", "recognizes_faces": None}
    evaluated(tmp_path, facts, "--on", "2026-11-22")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Class: contract"
    assert any(line.startswith("  Not decided yet (recognizes_faces): ") for line in lines)
    assert any(line.startswith("No path by consent: New York asks") for line in lines)
    assert "  recognizes_faces (1): Does it recognize faces?" in lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON: Expecting property name"),
        ("[true]", "holds no facts: write an object, as"),
        ("[" * 100_000, "is not JSON: "),
        ('{"studentdata": true}', "There is no fact “studentdata”; “student_data” is one."),
        ('{"student_data": 1}', "“student_data” is true or false, not 1."),
        ('{"terms": "verbal"}', "“terms” is one of negotiated, click_wrap, none, not 'verbal'."),
        ('{"breach": true, "breach": false}', "is not JSON: “breach” is written twice."),
        ('{"students_affected": 12.5}', "“students_affected” counts people, so 12.5 is no number"),
        ('{"Student_Data": true}', "There is no fact “Student_Data”; “student_data” is one."),
        ('{"enrollment": NaN}', "“enrollment” lies between 0 and more, and nan does not."),
    ],
)
def test_a_file_that_says_nothing_is_refused_in_sentences(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("packs", "evaluate", str(written(tmp_path, text)), "--json")
    assert said in str(refused.value)


def test_every_fact_that_is_wrong_gets_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        evaluated(tmp_path, {"x": 1, "breach": "no"}, "--json")
    assert str(refused.value).splitlines() == [
        "There is no fact “x”.",
        "“breach” is true or false, not 'no'.",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--on", "2026-02-30"], "“2026-02-30” is no day: write it as 2026-11-22."),
        (["--on", "2026-1-1"], "“2026-1-1” is no day: write it as 2026-11-22."),
        (["--on", "20260101"], "“20260101” is no day: write it as 2026-11-22."),
        (["--on", "2026-W01-1"], "“2026-W01-1” is no day: write it as 2026-11-22."),
        (["--local", "denver"], "There is no local pack “denver”; “local-denver” is one."),
    ],
)
def test_an_option_that_means_nothing_is_refused(
    tmp_path: Path, options: list[str], said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        evaluated(tmp_path, TOOL, *options)
    assert str(refused.value) == said


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("packs", "evaluate", str(tmp_path / "none.json"))


def test_a_day_before_anybody_looked_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What began nobody knows when is listed for 1900 as well, and the reader is told."""
    evaluated(tmp_path, TOOL, "--on", "1900-01-01")
    early = capsys.readouterr().out
    assert "coppa.2025." not in early
    assert "do not say since when they are law" in early
    assert "later than 1900-01-01, and may not have been law on that day." in early
    evaluated(tmp_path, TOOL, "--on", "2026-11-21")
    assert "since when they are law" not in capsys.readouterr().out
