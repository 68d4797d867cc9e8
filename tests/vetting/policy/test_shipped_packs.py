"""The packs we ship, against their own literals."""

from pathlib import Path

import pytest

from tests.vetting.policy.example import PACK, read
from vetting.policy.checking import Outcome, outcomes
from vetting.policy.queries import library, shipped_packs
from vetting.policy.rules.packs import Pack


def test_no_shipped_pack_has_a_fault() -> None:
    assert [str(fault) for fault in library().faults] == []


@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.slug)
def test_every_case_comes_out_as_it_is_written(pack: Pack) -> None:
    assert [str(one) for one in outcomes(pack, shipped_packs()) if one.differs] == []


def test_there_are_sixty_cases_and_more() -> None:
    assert sum(len(pack.tests) for pack in shipped_packs()) >= 60


def test_every_case_says_why() -> None:
    assert [
        f"{pack.file}:{test['line']}"
        for pack in shipped_packs()
        for test in pack.tests
        if len(test["why"]) < 10
    ] == []


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


@pytest.mark.parametrize("limit", ["10000, unit: business_days", "999999999999, unit: hours"])
def test_a_limit_further_than_any_calendar_is_a_difference(limit: str, tmp_path: Path) -> None:
    begins = PACK.index("limit: {amount: 7, unit: calendar_days}") + len("limit: {amount: ")
    ends = PACK.index("}", begins)
    (pack,) = read(tmp_path, zz_law=PACK[:begins] + limit + PACK[ends:]).packs
    assert next(outcomes(pack, [pack])).got == "further than any calendar"
