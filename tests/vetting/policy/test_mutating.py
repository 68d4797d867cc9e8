"""Another amount, unit, day or threshold makes a case fail, in the packs we ship and at all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vetting.policy.example import PACK, read
from vetting.policy.checking import outcomes
from vetting.policy.mutating import changes_of, tried, unguarded
from vetting.policy.queries import shipped_packs
from vetting.policy.rules.packs import Pack

LIMIT = "limit: {amount: 7, unit: calendar_days}\n    hold"


def test_no_number_of_a_shipped_pack_can_change_unseen() -> None:
    assert [str(one) for one in unguarded(shipped_packs())] == []
    assert tried(shipped_packs()) > 400


def words(pack: Pack, rule: str) -> Iterator[str]:
    """What is changed of a rule."""
    return (said for one in pack.rules if one.id == rule for said, _ in changes_of(one))


def test_a_number_that_no_case_guards_is_named(tmp_path: Path) -> None:
    (pack,) = read(tmp_path).packs
    assert list(unguarded([pack])) == []
    without = replace(pack, tests=pack.tests[1:])
    assert [str(one) for one in unguarded([without])] == [
        "zz-law.yaml:13: zz.tell (limit 8 calendar_days; limit 6 calendar_days; limit 7 hours; "
        "limit 7 business_days)"
    ]


@pytest.mark.parametrize(
    ("written", "changes"),
    [
        ("standing: true", []),
        (
            "each_year: [01-31, 07-31]",
            ["each_year 02-01", "each_year 01-30", "each_year 08-01", "each_year 07-30"],
        ),
        (
            "relative: {to: school_year_start, amount: 0, unit: calendar_days}",
            ["relative 1 calendar_days", "relative 0 business_days"],
        ),
        (
            "anchor: [occurred, hold_lifted]\n    promptly: soon",
            ["anchor without occurred", "anchor without hold_lifted"],
        ),
        ("standing: true\n    keep_years: 5", ["keep_years 6", "keep_years 4"]),
        (
            "standing: true\n    when: {any: [{fact: staff_data, is: true}, "
            "{not: {fact: enrollment, below: 9}}]}",
            ["when enrollment below 10", "when enrollment below 8", "when enrollment at_most 9"],
        ),
        (
            "promptly: soon\n    exempt_when: {fact: enrollment, more_than: 9}",
            [
                "exempt_when enrollment more_than 10",
                "exempt_when enrollment more_than 8",
                "exempt_when enrollment at_least 9",
            ],
        ),
    ],
)
def test_every_kind_of_number_is_changed_both_ways(
    written: str, changes: list[str], tmp_path: Path
) -> None:
    (pack,) = read(tmp_path, zz_law=PACK.replace("standing: true", written)).packs
    assert list(words(pack, "zz.page")) == changes
    assert [one.changes for one in unguarded([pack])] == ([tuple(changes)] if changes else [])


def test_a_threshold_is_guarded_by_the_cases_on_both_sides_of_it(tmp_path: Path) -> None:
    asked = PACK.replace(
        "standing: true", "standing: true\n    when: {fact: enrollment, at_least: 500}"
    )
    enough = "  - {facts: {agency_state: NY, enrollment: 500}, applies: [zz.page], why: Section 3}"
    (pack,) = read(tmp_path, zz_law=f"{asked}{enough}\n").packs
    (one,) = unguarded([pack])
    assert one.changes == ("when enrollment at_least 499",)
    fewer = "  - {facts: {agency_state: NY, enrollment: 499}, not: [zz.page], why: Section 3}"
    (pack,) = read(tmp_path, zz_law=f"{asked}{enough}\n{fewer}\n").packs
    assert list(unguarded([pack])) == []


def test_a_number_that_is_no_date_is_guarded_by_what_the_rule_says(tmp_path: Path) -> None:
    kept = PACK.replace("standing: true", "standing: true\n    keep_years: 5")
    case = "rule: zz.page\n    says: {keep_years: 5, what: approved_list}\n    why: Section 3"
    says = f"{kept}  - {case}\n"
    (pack,) = read(tmp_path, zz_law=says).packs
    assert list(unguarded([pack])) == []
    (pack,) = read(
        tmp_path, zz_law=says.replace("says: {keep_years: 5", "says: {keep_years: 6")
    ).packs
    last = list(outcomes(pack, [pack]))[-1]
    assert str(last) == (
        'zz-law.yaml:67: zz.page: expected {"keep_years": 6, "what": "approved_list"}, '
        'got {"keep_years": 5, "what": "approved_list"}. Section 3'
    )


def test_an_extension_is_guarded_by_the_date_it_leads_to(tmp_path: Path) -> None:
    more = "extension: {amount: 14, unit: calendar_days, why: a translation}"
    longer = PACK.replace(LIMIT, f"{LIMIT.removesuffix('hold')}{more}\n    hold")
    (pack,) = read(tmp_path, zz_law=longer).packs
    (one,) = unguarded([pack])
    assert "extension 15 calendar_days" in one.changes
    due, why = "due: 2026-03-12T23:59:59-04:00\n", "    why: Section 1"
    timed = longer.replace(due + why, f"{due}    extended: 2026-03-26T23:59:59-04:00\n{why}")
    (pack,) = read(tmp_path, zz_law=timed).packs
    assert [str(one) for one in outcomes(pack, [pack]) if one.differs] == []
    assert list(unguarded([pack])) == []
    (pack,) = read(tmp_path, zz_law=timed.replace(f"    {more}\n", "")).packs
    assert next(outcomes(pack, [pack])).got == "2026-03-12T23:59:59-04:00, not extended"
