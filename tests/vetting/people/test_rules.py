from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.people import rules
from workflows.actors import Role

R, S, P, L = Role.REQUESTER, Role.SOURCING, Role.PRIVACY, Role.PRIVACY_LEAD
REST = {"c": [Role.LEGAL], "g": [Role.SIGNATORY]}


def test_three_different_people_can_carry_a_request() -> None:
    assert rules.separation_gaps({"b": [R], "p": [P], "a": [L]} | REST) == []


def test_a_lead_may_screen_when_another_lead_approves() -> None:
    assert rules.separation_gaps({"b": [R], "p": [L], "a": [L]} | REST) == []


@pytest.mark.parametrize(
    ("people", "gap"),
    [
        ({"p": [P], "a": [L]}, "Nobody is a requester or in Strategic Sourcing."),
        ({"b": [R], "p": [P]}, "Nobody is the privacy lead, who approves."),
        ({"b": [R], "a": [L]}, "Whoever screens and whoever approves would be the same person."),
        (
            {"a": [L, R], "p": [P, S]},
            "Whoever asks, whoever screens and whoever approves would be fewer than 3 people.",
        ),
        ({"a": [L, R, S]}, "Whoever asks and whoever screens would be the same person."),
    ],
)
def test_what_is_missing_is_named(people: dict[str, list[Role]], gap: str) -> None:
    assert rules.separation_gaps(people | REST) == [gap]


def test_legal_and_signatory_are_needed_too() -> None:
    said = rules.separation_gaps({"b": [R], "p": [P], "a": [L]})
    assert said == ["Nobody is the legal reviewer.", "Nobody is the signatory."]


@given(
    st.dictionaries(
        st.sampled_from("uvwxy"), st.frozensets(st.sampled_from([R, S, P, L]), max_size=3)
    )
)
def test_no_gap_exactly_if_three_different_people_can_be_found(
    people: dict[str, frozenset[Role]],
) -> None:
    found = any(
        len({asks, screens, approves}) == 3
        for asks in people
        for screens in people
        for approves in people
        if people[asks] & {R, S} and people[screens] & {P, L} and L in people[approves]
    )
    assert (rules.separation_gaps(people | REST) == []) == found


@pytest.mark.parametrize(
    ("first", "last", "reasons"),
    [
        (date(2026, 11, 23), date(2026, 11, 27), []),
        (date(2026, 11, 1), date(2026, 11, 21), []),
        (None, date(2026, 11, 27), ["Say from which day until which day."]),
        (date(2026, 11, 27), date(2026, 11, 23), ["The last day away is before the first."]),
        (date(2026, 11, 1), date(2026, 11, 20), ["That absence is already over."]),
    ],
)
def test_an_absence_has_two_days_in_order(
    first: date | None, last: date | None, reasons: list[str]
) -> None:
    assert rules.reasons_not_to_be_away(date(2026, 11, 21), first, last) == reasons


def test_grades_stand_in_the_order_of_school() -> None:
    assert rules.in_order({"10", "2", "K", "PK"}) == ["PK", "K", "2", "10"]


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Juniper Middle School", set(), "juniper-middle-school"),
        ("Juniper Middle School", {"juniper-middle-school"}, "juniper-middle-school-2"),
        ("???", set(), "school"),
    ],
)
def test_a_school_gets_a_code_nobody_has(name: str, taken: set[str], code: str) -> None:
    assert rules.slug_of(name, taken) == code
