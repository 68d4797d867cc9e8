"""What a request says by itself of the facts that the packs ask, and what is asked of people."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from vetting.catalog.vocabulary import vocabulary
from vetting.policy.queries import shipped_packs
from vetting.policy.rules.answers import ANSWERS, in_words
from vetting.policy.rules.classifying import Reason
from vetting.policy.rules.elements import KIND_OF, MAY_HIDE, kinds_among
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.evaluation import Evaluation
from vetting.policy.rules.facts import FACTS, complaints_about
from vetting.requests import rules

NOTHING: dict[str, Any] = {
    "takes_student_data": None, "elements": [], "grades": [], "under_13": None,
    "bought_how": "", "cost": None,
}  # fmt: skip
NAME = ("student-name", "student")


def said(**known: Any) -> dict[str, Any]:
    return rules.facts_said(**NOTHING | known)


def evaluated(state: str, **facts: Any) -> Evaluation:
    packs = [pack for pack in shipped_packs() if pack.layer != "local"]
    told = {**facts, **rules.NOTHING_HAPPENED, "agency_state": state}
    return evaluate(told, packs, on=date(2026, 11, 22))


def test_what_nobody_said_is_absent_and_not_no() -> None:
    assert said() == {}


def test_a_request_says_what_it_takes_how_young_its_students_are_and_what_a_school_pays() -> None:
    known = said(
        takes_student_data=True,
        elements=[NAME, ("health", "student")],
        grades=["3", "4"],
        bought_how="school_buys",
        cost=Decimal("1250.50"),
    )
    assert known == {
        "student_data": True,
        "staff_data": False,
        "data": ["education_records", "medical"],
        "youngest_age": 8,
        "school_buys_cost": 1250.5,
    }
    assert complaints_about(known) == []


@pytest.mark.parametrize(
    ("grades", "under_13", "age"),
    [
        (["K", "1"], None, 5),
        (["6"], None, 11),
        # Some students of grade 7 are twelve and some are not: nobody said which.
        (["7", "8"], None, None),
        (["7", "8"], True, 12),
        (["7", "8"], False, 13),
        (["10"], False, 15),
        (["10"], True, 12),
        (["3"], False, 13),
        (["Adults"], False, 18),
        ([], True, 12),
        ([], False, 13),
        ([], None, None),
    ],
)
def test_the_youngest_age_never_contradicts_what_was_said_of_those_under_13(
    grades: list[str], under_13: bool | None, age: int | None
) -> None:
    assert said(grades=grades, under_13=under_13).get("youngest_age") == age


@pytest.mark.parametrize(
    ("elements", "kinds"),
    [
        ([], None),
        ([NAME], ["education_records"]),
        ([NAME, ("password", "student")], ["credentials", "education_records"]),
        ([("staff-evaluation", "staff")], ["evaluations"]),
        # “Other data” may be anything: no rule may rest on its absence.
        ([NAME, ("other", "student")], None),
        ([("technology-other", "student")], None),
    ],
)
def test_kinds_of_data_are_told_only_where_they_are_known_as_a_whole(
    elements: list[tuple[str, str]], kinds: list[str] | None
) -> None:
    assert kinds_among(elements) == kinds


def test_every_element_that_is_mapped_is_in_the_catalog_and_every_kind_in_the_packs() -> None:
    slugs = {row["slug"] for row in vocabulary()}
    assert {*KIND_OF, *MAY_HIDE} <= slugs
    assert set(KIND_OF.values()) <= set(FACTS["data"].values)
    # Whatever is called “other” may hide a kind, or is plainly none.
    others = {slug for slug in slugs if slug.endswith("other")}
    harmless = {"assessment-other", "enrollment-other", "transcript-other", "student-work-other"}
    assert others - harmless == set(MAY_HIDE)


def test_evaluations_of_teachers_are_asked_for_by_name() -> None:
    assert said(takes_student_data=False)["staff_data"] is False
    teachers = said(takes_student_data=False, elements=[("staff-evaluation", "staff")])
    assert teachers["staff_data"] is True


def test_the_request_s_own_words_stand_over_an_older_answer_but_not_over_triage() -> None:
    """Who looks at triage may know better whether data moves; data itself is corrected there."""
    known = rules.facts_together(
        {"student_data": False, "youngest_age": 8},
        {"student_data": True, "youngest_age": 13, "primarily_k12": True},
    )
    assert known == {
        "student_data": True,
        "youngest_age": 8,
        "primarily_k12": True,
        **rules.NOTHING_HAPPENED,
    }


def test_first_what_is_asked_of_every_tool_then_what_decides_its_class() -> None:
    asked = rules.to_ask(evaluated("NY", student_data=True), (), ("student_data",))
    assert asked[:5] == [*rules.BASE, "recognizes_faces"]
    assert "basis" in asked[5:]


def test_no_question_about_a_breach_or_the_district_is_asked_of_a_tool() -> None:
    for state in ("CO", "NY", "IL", "CT", "WA"):
        asked = rules.to_ask(evaluated(state, student_data=True), (), ())
        assert {FACTS[name].about for name in asked} == {"tool"}


def test_a_question_that_would_decide_nothing_is_not_asked() -> None:
    """No law of Colorado's asks whether it recognizes faces."""
    assert "recognizes_faces" not in rules.to_ask(evaluated("CO", student_data=True), (), ())
    assert "terms" in rules.to_ask(evaluated("CO", student_data=False, staff_data=False), (), ())


def test_what_was_answered_is_asked_on_so_that_it_can_be_changed() -> None:
    found = evaluated("NY", student_data=True, recognizes_faces=False)
    assert "recognizes_faces" not in {one.fact for one in found.missing}
    assert "recognizes_faces" in rules.to_ask(found, ("recognizes_faces", "breach"), ())


def test_open_facts_about_the_district_are_named_apart() -> None:
    assert rules.of_the_district(evaluated("CO", student_data=True)) == [
        "e_rate",
        "federal_funds",
    ]


def test_a_reason_says_its_citation_that_nobody_verified_it_and_what_is_not_known() -> None:
    reason = Reason("It is forbidden.", "Law 1", "xx.rule", draft=True, missing=("uses_ai",))
    assert rules.reason_in_words(reason) == (
        "It is forbidden (Law 1; not yet verified against the statute). Not known: Does it use "
        "artificial intelligence?"
    )


def test_every_answer_of_a_closed_list_has_its_words() -> None:
    for name, fact in FACTS.items():
        if fact.values and name != "agency_state":
            assert set(ANSWERS[name]) == set(fact.values)
    assert in_words("terms", "click_wrap") == "Accepted by a click: the vendor's own"
    assert in_words("data", ["ssn", "medical"]) == "Social Security numbers, Medical data"
    assert (in_words("uses_ai", None), in_words("uses_ai", False)) == ("not known", "No")
