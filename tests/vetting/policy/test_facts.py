"""The closed vocabulary: what may be asked, and what is said of a fact that nobody could read."""

from typing import Any

import pytest

from vetting.policy.rules.facts import FACTS, complaints_about


def test_every_fact_asks_a_question_of_people() -> None:
    assert all(fact.words.endswith("?") for fact in FACTS.values())
    assert {fact.kind for fact in FACTS.values()} == {"yes_no", "number", "one_of", "some_of"}
    assert {fact.about for fact in FACTS.values()} == {"agency", "tool", "breach", "agreement"}


def test_a_closed_list_is_given_with_every_fact_that_has_one() -> None:
    listed = {name for name, fact in FACTS.items() if fact.values}
    assert listed == {"agency_state", "basis", "data", "encryption", "terms"}


def test_good_facts_and_unknown_ones_pass() -> None:
    facts = {
        "agency_state": "NY",
        "student_data": True,
        "data": ["ssn", "student_id"],
        "youngest_age": 11,
        "percent_of_enrollment": 10.5,
        "terms": None,
        "residents_by_state": {"NY": 490, "NJ": 30},
    }
    assert complaints_about(facts) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("studentdata", True, "There is no fact “studentdata”; “student_data” is one."),
        ("student_data", "yes", "“student_data” is true or false, not 'yes'."),
        ("student_data", 1, "“student_data” is true or false, not 1."),
        ("youngest_age", True, "“youngest_age” is a number, not True."),
        ("youngest_age", 121, "“youngest_age” lies between 0 and 120, and 121 does not."),
        ("students_affected", -1, "“students_affected” lies between 0 and more, and -1 does not."),
        (
            "enrollment",
            float("nan"),
            "“enrollment” lies between 0 and more, and nan does not.",
        ),
        ("terms", "verbal", "“terms” is one of negotiated, click_wrap, none, not 'verbal'."),
        (
            "residents_by_state",
            {"ZZ": 4},
            "“residents_by_state” says how many people live in each state, as in {“NY”: 490}; "
            "there is no state 'ZZ'.",
        ),
        (
            "residents_by_state",
            490,
            "“residents_by_state” says how many people live in each state, as in {“NY”: 490}; "
            "490 does not.",
        ),
    ],
)
def test_a_fact_that_cannot_be_read_gets_one_sentence(name: str, value: Any, said: str) -> None:
    assert complaints_about({name: value}) == [said]


def test_a_list_of_data_is_checked_kind_by_kind() -> None:
    (said,) = complaints_about({"data": ["ssn", "gossip"]})
    assert said.startswith("“data” knows no 'gossip', only education_records, directory_only, ")
    (said,) = complaints_about({"data": "ssn"})
    assert said.startswith("“data” is a list of education_records, ")


def test_an_agency_is_in_a_state_that_there_is() -> None:
    (said,) = complaints_about({"agency_state": "Colorado"})
    assert said.startswith("“agency_state” is one of AL, AK, ")
    assert said.endswith(", not 'Colorado'.")
