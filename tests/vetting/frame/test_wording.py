"""How numbers, money and names read in a sentence."""

from decimal import Decimal

import pytest
from django.template import engines

from vetting.templatetags.wording import dollars, number, period


def render(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load countersign %}" + source).render(context)


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (999, "999"), (12500, "12,500"), (1000000, "1,000,000")]
)
def test_a_number_of_students_has_its_commas(value: int, said: str) -> None:
    assert number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("148000.00"), "$148,000"),
        (Decimal("1250.50"), "$1,250.50"),
        (Decimal("0.00"), "$0"),
        (50000, "$50,000"),
    ],
)
def test_cents_are_printed_only_where_there_are_some(value: Decimal, said: str) -> None:
    assert dollars(value) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Maple Street Learning, Inc.", "Maple Street Learning, Inc."),
        ("Ladder Labs", "Ladder Labs."),
        ("Kahoot!", "Kahoot!"),
        ("Who Knows? ", "Who Knows?"),
    ],
)
def test_a_sentence_ends_with_one_period(name: str, said: str) -> None:
    assert period(name) == said


def test_what_was_not_said_prints_nothing() -> None:
    assert (number(None), dollars(None)) == ("", "")
    assert render("{{ students|number|default:'not said' }}", students=None) == "not said"


def test_a_name_stays_escaped_and_only_once() -> None:
    assert render("{{ name|period }}", name="Fox & Hare") == "Fox &amp; Hare."
    joined = render('{{ names|join:", "|period }}', names=["Fox & Hare", "Ladder Labs, Inc."])
    assert joined == "Fox &amp; Hare, Ladder Labs, Inc."
