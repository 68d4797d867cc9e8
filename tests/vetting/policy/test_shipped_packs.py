"""The packs we ship, against their own literals; and that these literals guard every number."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.vetting.policy.example import PACK, read
from vetting.policy.checking import Outcome, changed_by_one, outcomes, unguarded
from vetting.policy.queries import library, shipped_packs
from vetting.policy.rules.packs import Pack, Rule

# The deadlines that were agreed on before any pack was written.
CHEAT_TABLE = (
    "ndpa.v1.breach ny.121_10_a ny.121_10_b ny.121_10_d ny.121_10_e ny.121_10_e.delay ny.121_4 "
    "il.15_5 il.27_d il.27_post il.27_biannual ct.dd_info ct.dd_other ct.dd_parent ct.bb_post "
    "ct.bb_annual pa.da pa.ind oh.ocic oh.aos oh.annual oh.delete mn.delete mn.annual va.fusion "
    "wi.134_98 wa.590 co.24_73 ca.1798_82 ca.1798_82.ag tx.521 ndpa.dispose ndpa.access "
    "ndpa.audit ferpa.access co.ondemand_list"
)


def test_no_shipped_pack_has_a_fault() -> None:
    assert [str(fault) for fault in library().faults] == []


@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.slug)
def test_every_case_comes_out_as_it_is_written(pack: Pack) -> None:
    assert [str(one) for one in outcomes(pack, shipped_packs()) if one.differs] == []


def test_every_row_of_the_cheat_table_has_a_case() -> None:
    cases = [test for pack in shipped_packs() for test in pack.tests]
    assert len(cases) >= 60
    named = {test.get("rule") for test in cases}
    assert [name for name in CHEAT_TABLE.split() if name not in named] == []


def test_no_number_can_change_by_one_unseen() -> None:
    assert list(unguarded(shipped_packs())) == []


def test_every_case_says_why() -> None:
    assert [
        f"{pack.file}:{test['line']}"
        for pack in shipped_packs()
        for test in pack.tests
        if len(test["why"]) < 10
    ] == []


def test_a_number_that_no_case_guards_is_named(tmp_path: Path) -> None:
    (pack,) = read(tmp_path).packs
    assert list(unguarded([pack])) == []
    without = replace(pack, tests=pack.tests[1:])
    assert list(unguarded([without])) == ["zz-law.yaml:13: zz.tell"]


def amounts(rules: list[Rule]) -> list[object]:
    return [rule.terms.get("limit", rule.terms.get("each_year")) for rule in rules]


def test_a_number_changes_both_ways_and_each_fixed_day_by_a_day(tmp_path: Path) -> None:
    text = PACK.replace("standing: true", "each_year: [01-31, 07-31]")
    (pack,) = read(tmp_path, zz_law=text).packs
    tell, _, page = pack.rules
    days = "calendar_days"
    assert amounts(list(changed_by_one(tell))) == [
        {"amount": 8, "unit": days},
        {"amount": 6, "unit": days},
    ]
    assert amounts(list(changed_by_one(page))) == [["02-01", "07-31"], ["01-31", "08-01"]]


def test_a_case_that_differs_names_its_line_and_both_values(tmp_path: Path) -> None:
    wrong = PACK.replace(
        "due: 2026-03-12T23:59:59-04:00\n    why: Section 1",
        "due: 2026-03-13T23:59:59-04:00\n    why: Section 1",
    )
    wrong = wrong.replace("applies: [zz.tell]", "applies: [zz.page]").replace(
        "not: [zz.tell.delay]", "not: [zz.tell]\n    class: contract"
    )
    (pack,) = read(tmp_path, zz_law=wrong).packs
    dated, right, judged = outcomes(pack, [pack])
    assert dated == Outcome(
        "zz-law.yaml",
        54,
        "zz.tell",
        "2026-03-13T23:59:59-04:00",
        "2026-03-12T23:59:59-04:00",
        "Section 1",
    )
    assert (right.differs, judged.differs) == (False, True)
    assert str(judged).startswith("zz-law.yaml:62: facts: expected not zz.tell")


def test_a_number_that_is_no_date_is_guarded_by_what_the_rule_says(tmp_path: Path) -> None:
    kept = PACK.replace("standing: true", "standing: true\n    keep_years: 5")
    (pack,) = read(tmp_path, zz_law=kept).packs
    assert list(unguarded([pack])) == ["zz-law.yaml:43: zz.page"]
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


@pytest.mark.parametrize("limit", ["10000, unit: business_days", "999999999999, unit: hours"])
def test_a_limit_further_than_any_calendar_is_a_difference(limit: str, tmp_path: Path) -> None:
    begins = PACK.index("limit: {amount: 7, unit: calendar_days}") + len("limit: {amount: ")
    ends = PACK.index("}", begins)
    (pack,) = read(tmp_path, zz_law=PACK[:begins] + limit + PACK[ends:]).packs
    assert next(outcomes(pack, [pack])).got == "further than any calendar"
