from datetime import date

import pytest

from vetting.policy.rules.classifying import agreement_first
from vetting.requests import rules
from vetting.requests.rules import Decision, Mark


def test_the_law_that_asks_for_an_agreement_first_is_named_at_the_decision() -> None:
    words = {"relationship": "contract", "exempt_attested": False, "agreement_in_force": False}
    assert rules.reasons_without_basis(
        agreement_first=agreement_first("CT"), kind="pilot", **words
    ) == [
        "Connecticut asks for a written agreement before any data moves (Conn. Gen. Stat. "
        "10-234bb; not yet verified against the statute): none is in effect."
    ]


ON = date(2026, 11, 9)
FULL = Decision(kind="full", on=ON, purpose="Reading", license="free")


def test_a_full_approval_needs_no_end() -> None:
    assert rules.reasons_decision_is_unwritten(FULL) == []


@pytest.mark.parametrize(
    ("decision", "reasons"),
    [
        (
            Decision(kind="", on=None),
            [
                "Choose what kind of approval this is.",
                "Say from which day the approval counts.",
                "Say for which purpose it is approved.",
                "Say how it is paid for.",
            ],
        ),
        (
            Decision(kind="pilot", on=ON, purpose="Reading", license="free"),
            [
                "Give the day on which this approval ends.",
                "Name the person who looks after it until it ends.",
            ],
        ),
        (
            Decision("pilot", ON, "Reading", (), "free", until=date(2027, 1, 9), owner=1),
            ["Such an approval may last 60 calendar days at most: until Fri, Jan 8, 2027."],
        ),
        (
            Decision("provisional", ON, "Reading", (), "free", until=date(2027, 1, 8), owner=1),
            ["Write why the exception is needed."],
        ),
        (
            Decision("full", ON, "Reading", (), "free", until=ON, owner=1),
            ["The approval must end after the day it starts."],
        ),
        (
            Decision("full", ON, "Reading", (), "free", until=date(2027, 6, 30)),
            ["Name the person who looks after it until it ends."],
        ),
    ],
)
def test_a_decision_says_what_it_must(decision: Decision, reasons: list[str]) -> None:
    assert rules.reasons_decision_is_unwritten(decision) == reasons


@pytest.mark.parametrize(
    ("kind", "state", "agreed", "fine"),
    [
        ("full", "CO", True, True),
        ("full", "CO", False, False),
        ("pilot", "CO", False, True),
        ("continuity", "CO", False, True),
        ("pilot", "NY", False, False),
        ("pilot", "NY", True, True),
        (None, "CO", False, True),
    ],
)
def test_an_approval_rests_on_something(
    kind: str | None, state: str, agreed: bool, fine: bool
) -> None:
    reasons = rules.reasons_without_basis(
        agreement_first=agreement_first(state),
        relationship="contract",
        exempt_attested=False,
        agreement_in_force=agreed,
        kind=kind,
    )
    assert (reasons == []) is fine


MARCH_1, MARCH_9 = date(2027, 3, 1), date(2027, 3, 9)
ENDED = "The approval ended on Mon, Mar 1, 2027."
TOO_LONG = (
    "Such an approval may last 60 calendar days at most: this one until Fri, Apr 30, 2027. "
    "For a longer time, retire it and ask for the tool again."
)


@pytest.mark.parametrize(
    ("kind", "until", "new_until", "reasons"),
    [
        ("full", None, None, []),
        ("full", None, date(2028, 3, 1), []),
        ("full", None, MARCH_9, ["The new end date must lie after today."]),
        ("full", None, date(2020, 1, 1), ["The new end date must lie after today."]),
        ("full", MARCH_1, None, [f"{ENDED} Give a new end date."]),
        ("full", MARCH_1, date(2029, 3, 1), []),
        ("pilot", MARCH_9, None, []),
        ("pilot", MARCH_1, None, [f"{ENDED} Give a new end date."]),
        ("pilot", MARCH_1, date(2027, 4, 30), []),
        ("pilot", MARCH_1, date(2027, 5, 1), [TOO_LONG]),
        ("pilot", date(2027, 3, 31), date(2029, 8, 26), [TOO_LONG]),
        ("pilot", date(2027, 3, 31), date(2027, 3, 1), ["The new end date must lie after today."]),
    ],
)
def test_a_suspension_ends_with_an_end_date_that_is_allowed(
    kind: str, until: date | None, new_until: date | None, reasons: list[str]
) -> None:
    found = rules.reasons_cause_remains(
        kind=kind, on=MARCH_1, until=until, new_until=new_until, today=MARCH_9
    )
    assert found == reasons


def test_the_yearly_review_of_a_leap_day_comes_on_the_earlier_day() -> None:
    assert rules.review_due_on(date(2028, 2, 29)) == date(2029, 2, 28)


def statuses(marks: list[Mark]) -> str:
    return "".join(
        {"done": "D", "current": "c", "upcoming": ".", "flag": "!"}[m.status] for m in marks
    )


@pytest.mark.parametrize(
    ("state", "agreement", "shown"),
    [
        ("draft", "", "c......"),
        ("triage", "", "c......"),
        ("screening", "", "Dc....."),
        ("screening", "drafting", "Dcc...."),
        ("screening", "out_for_signature", "DcDc..."),
        ("awaiting_agreement", "", "DDc...."),
        ("awaiting_agreement", "with_vendor", "DDc...."),
        ("awaiting_agreement", "signed", "DDDc..."),
        ("deciding", "in_force", "DDDDc.."),
        ("approved", "in_force", "DDDDD.."),
        ("approved", "renewing", "DDDDD.."),
        ("in_re_review", "in_force", "DDDDDc."),
        ("suspended", "expired", "DDDD!.."),
        ("declined", "", "D...!.."),
        ("withdrawn", "", "!......"),
        ("retired", "", "DDDDD.."),
    ],
)
def test_the_seven_steps_follow_from_the_states(state: str, agreement: str, shown: str) -> None:
    assert statuses(rules.seven_steps(state, agreement=agreement)) == shown


def test_an_agreement_that_is_only_prepared_is_not_said_to_be_under_review() -> None:
    assert rules.seven_steps("screening", agreement="drafting")[2].note == "preparing the DPA"
    assert rules.seven_steps("screening", agreement="legal_review")[2].note == ""


def test_a_question_leaves_the_steps_where_they_were() -> None:
    assert statuses(rules.seven_steps("returned", left_state="screening")) == "Dc....."


def test_what_was_not_needed_says_so() -> None:
    marks = rules.seven_steps("approved", without_data=True, review_on=date(2027, 11, 9))
    assert [mark.note for mark in marks] == [
        "", "not needed", "not needed", "not needed", "", "Nov 9, 2027", "none known",
    ]  # fmt: skip


def test_an_incident_is_a_flag_over_the_bar() -> None:
    assert statuses(rules.seven_steps("approved", incident=True)) == "DDDDD.!"
    assert rules.seven_steps("approved")[6].note == "none known"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "under 1 business day"),
        (1, "1 business day"),
        (9, "9 business days"),
        (10, "10 business days: long"),
        (25, "25 business days: very long"),
    ],
)
def test_age_is_told_in_words(days: int, words: str) -> None:
    assert rules.age_in_words(days)[0] == words
