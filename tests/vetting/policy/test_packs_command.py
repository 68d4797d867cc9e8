"""manage.py packs: what it says, and with which code it ends."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories.people import district
from tests.vetting.policy.example import PACK, read
from vetting.policy.queries import shipped_packs

BREACH = "2026-03-05T16:30:00-05:00"


def packs(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command("packs", *words, stdout=out, **options)
    return out.getvalue()


def refused(*words: str, **options: Any) -> str:
    with pytest.raises(CommandError) as refusal:
        packs(*words, **options)
    return str(refusal.value)


def test_the_shipped_packs_are_clean() -> None:
    rules = sum(len(pack.rules) for pack in shipped_packs())
    assert packs("lint") == f"{len(shipped_packs())} packs, {rules} rules, no faults.\n"


def test_check_prints_a_table(tmp_path: Path) -> None:
    read(tmp_path)
    assert packs("check", folder=tmp_path).splitlines() == [
        "pack    version  rules  cases  right",
        "zz-law  1            3      3      3",
        "all                  3      3      3",
        "8 changes of a number, a unit, a day or a threshold: cases fail on each.",
    ]


def test_check_fails_where_a_case_differs(tmp_path: Path) -> None:
    read(
        tmp_path,
        zz_law=PACK.replace(
            "amount: 7, unit: calendar_days}\n    hold", "amount: 8, unit: calendar_days}\n    hold"
        ),
    )
    assert refused("check", folder=tmp_path) == (
        "zz-law.yaml:54: zz.tell: expected 2026-03-12T23:59:59-04:00, "
        "got 2026-03-13T23:59:59-04:00. Section 1"
    )


def test_check_fails_where_no_case_guards_a_number(tmp_path: Path) -> None:
    begins, ends = PACK.index("  - rule: zz.tell\n"), PACK.index("  - rule: zz.tell.delay")
    read(tmp_path, zz_law=PACK[:begins] + PACK[ends:])
    assert refused("check", folder=tmp_path) == (
        "No case of its pack fails when this is written instead:\n"
        "zz-law.yaml:13: zz.tell (limit 8 calendar_days; limit 6 calendar_days; limit 7 hours; "
        "limit 7 business_days)"
    )


def test_lint_names_every_fault(tmp_path: Path) -> None:
    read(tmp_path, zz_law=PACK.replace("source: S2", "source: S3").replace("is: true", "is: 7"))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^2 faults\.$"):
        call_command("packs", "lint", folder=tmp_path, stdout=out)
    assert out.getvalue().splitlines() == [
        "zz-law.yaml:28: zz.tell: “breach” is true or false, not 7.",
        "zz-law.yaml:47: zz.page: There is no source “S3” in this pack.",
    ]
    assert "zz-law.yaml:28" in refused("check", folder=tmp_path)
    assert refused("lint", folder=tmp_path / "none").startswith("There is no folder ")


def test_list_tells_the_rules(tmp_path: Path) -> None:
    (pack,) = read(tmp_path).packs
    assert packs("list", folder=tmp_path).splitlines()[:2] == [
        "zz-law 1, draft: An invented law",
        "  zz.tell (deadline): The vendor tells the district. Section 1",
    ]
    (told,) = json.loads(packs("list", "--json", folder=tmp_path))
    assert (told["pack"], told["digest"], told["effective_from"]) == ("zz-law", pack.digest, None)
    assert [rule["id"] for rule in told["rules"]] == ["zz.tell", "zz.tell.delay", "zz.page"]
    assert told["rules"][1]["effective_to"] == "2026-10-31"
    assert told["rules"][0]["address"] == "https://law.example"


def test_due_says_when_and_why() -> None:
    told = json.loads(packs("due", "ny.121_10_a", "--anchor", BREACH, "--json"))
    assert list(told) == ["rule", "due_at", "anchor", "zone", "explanation"]
    assert told["rule"] == "ny.121_10_a"
    assert told["due_at"] == "2026-03-12T23:59:59-04:00"
    assert told["anchor"] == BREACH
    assert told["zone"] == "America/New_York"
    assert told["explanation"]["citation"] == "8 NYCRR 121.10(a)"
    assert len(told["explanation"]["counted"]) == 7
    assert packs("due", "ny.121_10_a", "--anchor", BREACH).splitlines() == [
        "The vendor tells the district of a breach.",
        "Due Thu, Mar 12, 2026 at 23:59:59 (America/New_York).",
        "8 NYCRR 121.10(a): The vendor discovered it on Thu, Mar 5, 2026 at 16:30 "
        "(America/New_York). 7 calendar days from Thu, Mar 5; due on Thu, Mar 12, 2026 at "
        "23:59:59 (America/New_York).",
        "Pack ny-2d 2026.11.2: not yet verified against the statute.",
    ]


def test_a_rule_that_was_not_in_effect_says_so(tmp_path: Path) -> None:
    read(tmp_path)
    late = packs("due", "zz.tell.delay", "--anchor", "2026-11-01T10:00:00-05:00", folder=tmp_path)
    assert late.splitlines()[3:] == [
        "It is in effect from 2020-01-01 until 2026-10-31, and was not on that day.",
        "Pack zz-law 1: not yet verified against the statute.",
    ]
    told = packs("due", "zz.tell.delay", "--anchor", BREACH, "--json", folder=tmp_path)
    assert json.loads(told)["explanation"]["in_effect"] is True


def test_which_version_counts_is_told_by_the_day_where_the_law_is() -> None:
    """Two in the morning of January 1, 2026 in UTC is still 2025 in Sacramento."""
    words = ("due", "ca.1798_82", "--anchor")
    late = packs(*words, "2026-01-01T02:00:00+00:00")
    assert "It is in effect from 2026-01-01, and was not on that day." in late
    assert "in effect" not in packs(*words, "2026-01-01T08:00:00+00:00")


def test_a_rule_without_a_number_says_so() -> None:
    told = json.loads(packs("due", "co.108_4", "--anchor", BREACH, "--json"))
    assert told["due_at"] is None
    assert told["explanation"]["sentence"] == (
        "C.R.S. 22-16-108(4): “as soon as possible”. It names no number, so there is no date."
    )
    assert packs("due", "co.108_4", "--anchor", BREACH).endswith(
        "not yet verified against the statute.\n"
    )


def test_the_districts_zone_and_state_are_for_rules_that_have_none() -> None:
    told = json.loads(
        packs(
            "due",
            "ndpa.audit",
            "--anchor",
            "2026-10-02T10:00:00-06:00",
            "--json",
            zone="America/Denver",
            state="co",
        )
    )
    assert told["due_at"] == "2026-10-19T23:59:59-06:00"
    assert told["explanation"]["skipped"] == [
        {"day": "2026-10-05", "why": "Frances Xavier Cabrini Day"}
    ]


@pytest.mark.django_db
def test_where_there_is_one_district_its_zone_goes_without_saying() -> None:
    assert "write --zone" in refused("due", "ferpa.access", "--anchor", BREACH)
    district()
    told = json.loads(packs("due", "ferpa.access", "--anchor", BREACH, "--json"))
    assert (told["zone"], told["due_at"]) == ("America/Denver", "2026-04-19T23:59:59-06:00")


@pytest.mark.django_db
def test_hours_are_the_same_everywhere() -> None:
    told = json.loads(packs("due", "ndpa.v1.breach", "--anchor", BREACH, "--json"))
    assert (told["zone"], told["due_at"]) == ("UTC", "2026-03-08T21:30:00+00:00")


@pytest.mark.parametrize(
    ("rule", "anchor", "options", "sentence"),
    [
        ("ny.121_10_z", BREACH, {}, "There is no rule “ny.121_10_z”; “ny.121_10_"),
        ("NY.121_10_A", BREACH, {}, "There is no rule “NY.121_10_A”; “ny.121_10_a” is one."),
        ("ny.121_10_a", "2026-03-05", {}, "“2026-03-05” does not say where in the world: write it"),
        (
            "ny.121_10_a",
            "2026-02-30T10:00:00-05:00",
            {},
            "“2026-02-30T10:00:00-05:00” is no instant",
        ),
        ("ny.121_10_a", "yesterday", {}, "“yesterday” is no instant: write it with its offset, as"),
        ("ny.121_10_a", BREACH, {"zone": "Mars/Dome"}, "“Mars/Dome” is no time zone: write one as"),
        ("ny.121_10_a", BREACH, {"zone": "../../etc"}, "“../../etc” is no time zone: write one as"),
        ("ny.121_10_a", BREACH, {"state": "XX"}, "“XX” is no state: write its two letters, as NY."),
        ("ny.121_10_a", "9999-12-31T10:00:00-05:00", {}, "No calendar reaches from 9999-12-31"),
        ("ct.dd_parent", "0001-01-01T00:00:00+14:00", {}, "No calendar reaches from 0001-01-01"),
    ],
)
def test_what_cannot_be_reckoned_is_a_sentence(
    rule: str, anchor: str, options: dict[str, str], sentence: str
) -> None:
    assert refused("due", rule, "--anchor", anchor, **options).startswith(sentence)


def test_of_several_events_the_first_one_counts() -> None:
    told = json.loads(
        packs(
            *("due", "ny.121_10_e", "--json"),
            *("--anchor", "vendor_notice_received=2026-03-10T18:00:00-04:00"),
            *("--anchor", "district_discovered=2026-03-03T09:00:00-05:00"),
        )
    )
    assert told["due_at"] == "2026-05-02T23:59:59-04:00"
    assert told["explanation"]["event"] == "district_discovered"
    later = json.loads(
        packs(
            *("due", "ny.121_10_e", "--json"),
            *("--anchor", "vendor_notice_received=2026-03-10T18:00:00-04:00"),
        )
    )
    assert later["due_at"] == "2026-05-09T23:59:59-04:00"


@pytest.mark.parametrize(
    ("anchors", "sentence"),
    [
        (["discovered=2026-03-10T18:00:00-04:00"], "“discovered” is no event"),
        (["occurred=2026-03-10T18:00:00-04:00"], "ny.121_10_e counts from district_discovered or"),
        ([BREACH, f"district_discovered={BREACH}"], "Each event happens once"),
    ],
)
def test_an_event_that_the_rule_does_not_know_is_refused(anchors: list[str], sentence: str) -> None:
    said = [part for anchor in anchors for part in ("--anchor", anchor)]
    assert refused("due", "ny.121_10_e", *said).startswith(sentence)
