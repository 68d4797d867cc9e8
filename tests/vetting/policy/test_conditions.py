"""Conditions hold, do not hold, or are open; and an open one says which fact is missing."""

from typing import Any

import pytest

from vetting.policy.rules.conditions import Misread, Reading, compiled, facts_of, holds

BREACH = {"fact": "breach", "is": True}
MANY = {"fact": "residents_affected", "at_least": 500}
MORE = {"fact": "residents_affected", "more_than": 500}
SSN = {"fact": "data", "any_of": ["ssn", "drivers_license"]}


def missing(*names: str) -> Reading:
    return Reading(None, frozenset(names))


@pytest.mark.parametrize(
    ("condition", "facts", "value"),
    [
        (None, {}, True),
        (BREACH, {"breach": True}, True),
        (BREACH, {"breach": False}, False),
        (MANY, {"residents_affected": 499}, False),
        (MANY, {"residents_affected": 500}, True),
        (MORE, {"residents_affected": 500}, False),
        (MORE, {"residents_affected": 501}, True),
        ({"fact": "youngest_age", "below": 13}, {"youngest_age": 13}, False),
        ({"fact": "youngest_age", "at_most": 13}, {"youngest_age": 13}, True),
        ({"fact": "terms", "in": ["click_wrap", "none"]}, {"terms": "none"}, True),
        ({"fact": "terms", "is": "negotiated"}, {"terms": "none"}, False),
        (SSN, {"data": ["student_id"]}, False),
        (SSN, {"data": ["student_id", "ssn"]}, True),
        (SSN, {"data": []}, False),
        ({"not": BREACH}, {"breach": False}, True),
        ({"all": [BREACH, MANY]}, {"breach": True, "residents_affected": 500}, True),
        ({"any": [BREACH, MANY]}, {"breach": False, "residents_affected": 0}, False),
    ],
)
def test_what_is_known_decides(condition: Any, facts: dict[str, Any], value: bool) -> None:
    assert holds(condition, facts) == Reading(value)


@pytest.mark.parametrize(
    ("condition", "facts", "reading"),
    [
        (BREACH, {}, missing("breach")),
        (BREACH, {"breach": None}, missing("breach")),
        ({"not": BREACH}, {}, missing("breach")),
        ({"all": [BREACH, MANY]}, {"breach": True}, missing("residents_affected")),
        ({"all": [BREACH, MANY]}, {}, missing("breach", "residents_affected")),
        ({"any": [BREACH, SSN]}, {"breach": False}, missing("data")),
    ],
)
def test_an_unknown_fact_leaves_it_open(condition: Any, facts: Any, reading: Reading) -> None:
    assert holds(condition, facts) == reading


def test_what_decides_alone_needs_no_other_fact() -> None:
    assert holds({"all": [MANY, BREACH]}, {"breach": False}) == Reading(False)
    assert holds({"any": [MANY, BREACH]}, {"breach": True}) == Reading(True)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("breach", "A condition is a mapping, not 'breach'."),
        ({}, "A condition has one of: fact, all, any, not."),
        ({"none": [BREACH]}, "There is no condition “none”, only fact, all, any and not."),
        ({"all": []}, "“all” needs a list of conditions."),
        ({"fact": "mood", "is": True}, "There is no fact “mood”."),
        (
            {"fact": "breach"},
            "“breach” is compared with one of: is, in, at_least, more_than, below, at_most, "
            "any_of.",
        ),
        ({"fact": "breach", "at_least": 1}, "“breach” cannot be asked with “at_least”."),
        ({"fact": "breach", "is": "yes"}, "“breach” is true or false, not 'yes'."),
        ({"fact": "terms", "is": "verbal"}, "“terms” is never 'verbal'."),
        ({"fact": "data", "any_of": ["gossip"]}, "“data” is never 'gossip'."),
        ({"fact": "data", "any_of": "ssn"}, "“any_of” needs a list of values."),
        (
            {"fact": "enrollment", "below": "many"},
            "“enrollment” is compared with a number, not 'many'.",
        ),
    ],
)
def test_a_condition_that_says_nothing_is_refused(condition: Any, said: str) -> None:
    with pytest.raises(Misread) as refused:
        compiled(condition)
    assert str(refused.value) == said


def test_a_condition_is_compiled_once() -> None:
    assert compiled(MANY) is compiled(MANY)
    assert compiled(MANY) is not compiled(dict(MANY))


def test_every_fact_a_condition_asks_for_is_found() -> None:
    condition = {"any": [{"not": {"all": [BREACH, MANY]}}, SSN]}
    assert list(facts_of(condition)) == ["breach", "residents_affected", "data"]
    assert list(facts_of(None)) == []
