"""A pack is read whole or not at all; whoever wrote it is told where, which rule and what to do."""

from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from tests.vetting.policy.example import PACK, complaints, read
from vetting.policy.reading import read_packs
from vetting.policy.rules.packs import ALWAYS, rule_named

TELL, DELAY, PAGE = "zz.tell", "zz.tell.delay", "zz.page"


def test_what_a_file_says_is_what_is_read(tmp_path: Path) -> None:
    (pack,) = read(tmp_path).packs
    tell, delay, page = pack.rules
    assert (pack.slug, pack.state, pack.zone) == ("zz-law", "NY", "America/New_York")
    assert pack.digest == sha256(PACK.encode()).hexdigest()
    assert (tell.id, tell.line, tell.pack, tell.state) == (TELL, 13, "zz-law", "NY")
    assert tell.terms["limit"] == {"amount": 7, "unit": "calendar_days"}
    assert (tell.source and tell.source.address, delay.source) == ("https://law.example", None)
    assert (tell.effective_from, tell.effective_to) == (ALWAYS, None)
    assert (delay.effective_from, delay.effective_to) == (date(2020, 1, 1), date(2026, 10, 31))
    assert tell.last_verified == date(2026, 11, 21)
    assert page.source
    assert page.source.address == ""
    assert [test["line"] for test in pack.tests] == [54, 58, 62]


# What is written instead of what, and the line, the rule and the sentence that come back.
FAULTS = [
    (
        "[hold_lifted]",
        "occurred",
        "25: zz.tell: The hold names zz.tell.delay, which does not count",
    ),
    (
        "    due: 2026-03-12T23:59:59-04:00\n    why: Section 1",
        "    why: Section 1",
        "54: zz.tell: It is not complete: write rule with due, or rule with says, or facts.",
    ),
    (
        "citation: Section 1\n",
        "citatoin: Section 1\n",
        "13: zz.tell: It has no citation: write the section of the law or contract that say",
    ),
    (
        "fact: breach, is",
        "fact: breech, is",
        "28: zz.tell: There is no fact “breech”; “breach” is one.",
    ),
    ("is: false}}", "is: nobody}}", "29: zz.tell: “by_vendor” is true or false, not 'nobody'."),
    (
        "2020-01-01",
        "2026-02-30",
        "36: zz.tell.delay: “2026-02-30” is no day of the calendar: write one as 2026-11-21",
    ),
    (
        "2020-01-01",
        "2026-11-01",
        "37: zz.tell.delay: It ends on 2026-10-31, before it begins on 2026-11-01.",
    ),
    (
        "hold: zz.tell.delay",
        "hold: zz.tell.dely",
        "25: zz.tell: The hold names a rule that does not exist: zz.tell.dely; “zz.tell.del",
    ),
    (
        "vendor_discovered",
        "vendor_saw",
        "23: zz.tell: “vendor_saw” is no anchor; the anchors are occurred, vendor_discovere",
    ),
    (
        "[hold_lifted]",
        "[hold_gone]",
        "41: zz.tell.delay: “hold_gone” is no anchor; the anchors are occurred, vendor_disc",
    ),
    (
        "standing: true",
        "standing: true\n    each_year: [01-31]",
        "52: zz.page: It says when in two ways, each_year and standing: keep one of them.",
    ),
    (
        "    standing: true\n",
        "",
        "43: zz.page: It does not say when: write one of limit, promptly, each_year, relati",
    ),
    (
        "    anchor: vendor_discovered\n",
        "",
        "23: zz.tell: A limit counts from something: write its anchor.",
    ),
    ("source: S2", "source: S3", "47: zz.page: There is no source “S3” in this pack."),
    (
        "source: S1",
        "source: null",
        "17: zz.tell: Without a source nobody can have read it: its status is draft.",
    ),
    (
        "confidence: low",
        "confidence: high",
        "49: zz.page: Its confidence cannot be high: no source was read.",
    ),
    (
        "confidence: medium",
        "confidence: high",
        "38: zz.tell.delay: Its confidence cannot be high: no source was read.",
    ),
    (
        "read: whole",
        "read: excerpt",
        "20: zz.tell: Its source “S1” was not read whole: its status is draft until somebo",
    ),
    (
        "status: draft\nlast",
        "status: draft\ncalendar:\n  arguable: [Lincoln's Birthday,\n    Linclon's Birthday]\nlast",
        "10: “Linclon's Birthday” is no legal holiday of NY; “Lincoln's Birthday” is one.",
    ),
    (
        "status: draft\nlast_verified: 2026-11-21",
        "status: draft\nlast_verified: 2026-11-31",
        "8: “2026-11-31” is no day of the calendar: write one as 2026-11-21.",
    ),
    (
        "anchor: 2026-03-05T16:30:00-05:00",
        "anchor: 2026-02-29T16:30:00-05:00",
        "55: zz.tell: “2026-02-29T16:30:00-05:00” is no instant: write one with its offset",
    ),
    (
        "    why: Section 1\n  - rule: zz.tell.delay",
        "    why: Section 1\n    on: 2026-06-31\n  - rule: zz.tell.delay",
        "58: zz.tell: “2026-06-31” is no day of the calendar: write one as 2026-11-21.",
    ),
    (
        "citation: Section 3",
        "citation: ''",
        "46: zz.page: “citation” cannot be '': write a text.",
    ),
    (
        "    hold: zz.tell.delay\n",
        "    hold: zz.tell.delay\n    exempt_when: {fact: encription, is: key_safe}\n",
        "26: zz.tell: There is no fact “encription”; “encryption” is one.",
    ),
    (
        "    due: 2026-03-12T23:59:59-04:00\n    why: Section 2",
        "    due: null\n    extended: 2026-03-12T23:59:59-04:00\n    why: Section 2",
        "61: zz.tell.delay: What is extended is a date: write due as well.",
    ),
    (
        "standing: true",
        "standing: true\n    extension: {amount: 1, unit: hours, why: more time}",
        "53: zz.page: An extension lengthens a limit: write the limit.",
    ),
    (
        "applies: [zz.tell]",
        "applies: [zz.told]",
        "63: The test names a rule that does not exist: zz.told; “zz.tell” is one.",
    ),
    (
        "not: [zz.tell.delay]",
        "not: [zz.no]",
        "64: The test names a rule that does not exist: zz.no.",
    ),
    (
        "- rule: zz.tell\n",
        "- rule: zz.tale\n",
        "54: zz.tale: The test names a rule that does not exist: zz.tale; “zz.tell” is one.",
    ),
    (
        "facts: {agency_state: NY",
        "facts: {agency_stat: NY",
        "62: There is no fact “agency_stat”; “agency_state” is one.",
    ),
    (
        "kind: publication",
        "kind: poster",
        "44: zz.page: “kind” is one of deadline, duty, clause, attachment, publication, not",
    ),
    ("to: district", "two: district", "22: zz.tell: A deadline has no “two”; “to” is one."),
    (
        "what: approved_list",
        "what: a_list",
        "51: zz.page: “what” is one of approved_list, contract_copy, contract_notice, suppl",
    ),
    (
        "amount: 7, unit: calendar_days}\n    hold",
        "amount: 0, unit: hours}\n    hold",
        "24: zz.tell: “amount” cannot be 0: its minimum is 1.",
    ),
    (
        "unit: calendar_days}\n    hold",
        "unit: weeks}\n    hold",
        "24: zz.tell: “unit” is one of calendar_days, business_days, hours, not 'weeks'.",
    ),
    (
        "standing: true",
        "each_year: [02-29]",
        "52: zz.page: “02-29” is no day of every year: write one as 01-31.",
    ),
    (
        "layer: state",
        "layer: galaxy",
        "3: “layer” is one of federal, state, contract, generic, local, not 'galaxy'.",
    ),
    ("state: NY\nzone", "state: XX\nzone", "4: “XX” is no state: write its two letters, as NY."),
    (
        "America/New_York",
        "America/Gotham",
        "5: “America/Gotham” is no time zone: write one as America/New_York.",
    ),
    ("pack: zz-law", "pack: zz-lore", "1: The pack is named as its file: zz-law."),
    ("title: An", "titel: T\ntitle: An", "2: There is no key “titel” here; “title” is one."),
    ("status: draft\nlast", "status: draft\nstatus: draft\nlast", "8: “status” is written twice."),
    (
        "tells the district\n",
        "tells: a: b\n",
        "15: This is no YAML: mapping values are not allowed in this context.",
    ),
    (
        "16:30:00-05:00\n    due",
        "16:30:00\n    due",
        "55: zz.tell: “2026-03-05T16:30:00” is no instant: write one with its offset, as 20",
    ),
    (
        "    anchor: 2026-03-05T16:30:00-05:00\n",
        "",
        "54: zz.tell: A deadline is counted from its anchor: write anchor, or anchors by th",
    ),
    (
        "applies: [zz.tell]\n    not: [zz.tell.delay]\n    why: Section 1\n",
        "applies: []\n",
        "62: “why” is missing.",
    ),
]


@pytest.mark.parametrize(("words", "instead", "told"), FAULTS)
def test_a_fault_is_refused_with_its_file_line_and_rule(
    words: str, instead: str, told: str, tmp_path: Path
) -> None:
    library = read(tmp_path, zz_law=PACK.replace(words, instead))
    assert library.packs == ()
    (fault,) = library.faults
    assert str(fault).startswith(f"zz-law.yaml:{told}")


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    spoiled = PACK.replace("source: S2", "source: S3").replace("is: true", "is: 7")
    spoiled = spoiled.replace("Section 2\n    source", "''\n    source")
    assert [(fault.line, fault.rule) for fault in read(tmp_path, zz_law=spoiled).faults] == [
        (28, TELL),
        (33, DELAY),
        (47, PAGE),
    ]


def test_no_yaml_and_no_text_are_faults_too(tmp_path: Path) -> None:
    assert complaints(tmp_path, zz_law="") == ["zz-law.yaml:1: “the pack” is a mapping, not None."]
    (tmp_path / "zz-law.yaml").write_bytes(b"\xff\xfe")
    assert [str(fault) for fault in read_packs(tmp_path.glob("*.yaml")).faults] == [
        "zz-law.yaml:1: This is no text in UTF-8."
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("&a [*a]", "It is nested without end: an alias leads back to itself."),
        ("a: *b", "This is no YAML: found undefined alias."),
        ("? [1]\n: 2", "This is no YAML: found unhashable key."),
        ("!!python/object:os.system {}", "This is no YAML: could not determine a constructor for "),
        ("- a", "“the pack” is a mapping, not ['a']."),
        (
            PACK.replace("  - id: zz.page", "  - [id]\n  - id: zz.page"),
            "Each of “rules” is a mapping",
        ),
        (
            PACK.replace("fact: breach, is", "fact: [breach], is"),
            "There is no fact “['breach']”; “breach” is one.",
        ),
        (f"{PACK[: PACK.index('rules:')]}rules: 7\ntests: []", "“rules” is a list, not 7."),
        (
            "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in pairwise("abcdef")),
            "It is too large for a pack.",
        ),
    ],
)
def test_whatever_is_in_a_file_is_a_fault_and_no_crash(
    text: str, told: str, tmp_path: Path
) -> None:
    library = read(tmp_path, zz_law=text)
    assert library.packs == ()
    assert library.faults[0].sentence.startswith(told)


def test_an_id_belongs_to_one_pack(tmp_path: Path) -> None:
    other = PACK.replace("pack: zz-law", "pack: zz-lore")
    told = complaints(tmp_path, zz_law=PACK, zz_lore=other)
    assert told[0] == (
        "zz-lore.yaml:13: zz.tell: Two rules have this id, here and in zz-law.yaml:13: "
        "give one of them another."
    )
    assert len(told) == 3


def versions(first_ends: str, second_begins: str) -> str:
    """The rule after a hold, in two versions."""
    begins = PACK.index("  - id: zz.tell.delay")
    rule = PACK[begins : PACK.index("  - id: zz.page")]
    second = rule.replace("2026-10-31", "2099-12-31").replace("2020-01-01", second_begins)
    text = PACK.replace("2026-10-31", first_ends)
    ends = text.index("  - id: zz.page")
    return text[:ends] + second + text[ends:]


def test_versions_of_a_rule_follow_each_other(tmp_path: Path) -> None:
    (pack,) = read(tmp_path, zz_law=versions("2026-10-31", "2026-11-01")).packs
    first, second = (rule for rule in pack.rules if rule.id == DELAY)
    assert rule_named([pack], DELAY, date(2026, 10, 31)) is first
    assert rule_named([pack], DELAY, date(2026, 11, 1)) is second
    assert rule_named([pack], DELAY, date(2019, 1, 1)) is second  # none was in effect
    assert rule_named([pack], "zz.none", date(2026, 11, 1)) is None


@pytest.mark.parametrize(
    ("ends", "begins", "told"),
    [
        ("2026-10-31", "2026-10-31", "Its effective dates overlap those in zz-law.yaml:30: end"),
        ("2099-12-31", "2020-01-01", "Two rules have this id, here and in zz-law.yaml:30, for the"),
    ],
)
def test_versions_that_overlap_are_refused(
    ends: str, begins: str, told: str, tmp_path: Path
) -> None:
    (only,) = complaints(tmp_path, zz_law=versions(ends, begins))
    assert only.startswith(f"zz-law.yaml:43: zz.tell.delay: {told}")
