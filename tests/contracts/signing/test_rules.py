import pytest

from contracts.signing import rules
from contracts.signing.rules import district_stage, reasons_not_to_name, same_name

SPOKEN = "Write name and title as they are spoken, without an address in them."


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Renew now at evil.com", "Chief"),
        ("Ravi Shah", "See www.evil.example"),
        ("https://evil", "Chief"),
        ("Ravi <b>Shah</b>", "Chief"),
    ],
)
def test_what_a_mail_program_makes_a_link_of_is_no_name(name: str, title: str) -> None:
    reasons = reasons_not_to_name(name=name, title=title, email="ravi@a.example", present="d@a.ex")
    assert reasons == [SPOKEN]


@pytest.mark.parametrize("name", ["Ravi K. Shah Jr.", "R.K. Shah", "Dr. Ann St. John, Ph.D."])
def test_initials_and_titles_with_dots_are_a_name(name: str) -> None:
    assert reasons_not_to_name(name=name, title="V.P.", email="r@a.example", present="d@a.ex") == []


def test_the_certificate_says_whose_clock_it_was_and_what_is_not_proven() -> None:
    own = rules.time_in_words(["", ""])
    outside = rules.time_in_words(["Granite Time", "Granite Time"])
    mixed = rules.time_in_words(["", "Granite Time", "Slate Time"])
    assert "Nobody outside confirmed that time." in own
    assert "a timestamp that Granite Time gave" in outside
    assert "nobody" not in outside.casefold()
    assert "Some seals carry a timestamp that Granite Time and Slate Time gave" in mixed
    assert all(said.endswith(rules.NOT_PROVEN) for said in (own, outside, mixed))


@pytest.mark.parametrize(
    ("state", "turn", "mine", "stage"),
    [
        ("in_force", "sealed", False, "done"),
        ("abandoned", "", False, "done"),
        ("drafting", "", False, "elsewhere"),
        ("awaiting_board", "", False, "elsewhere"),
        ("out_for_signature", "signed", False, "sealing"),
        ("out_for_signature", "open", False, "waiting"),
        ("out_for_signature", "", False, "waiting"),
        ("out_for_signature", "open", True, "sign"),
    ],
)
def test_what_the_page_of_the_districts_signatory_is_about(
    state: str, turn: str, mine: bool, stage: str
) -> None:
    assert district_stage(state, turn=turn, next_is_mine=mine) == stage


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        ("Nora O'Neil", "Nora O\u2019Neil", True),
        ("ana-lucia gomez", "Ana\u2013Luc\u00eda  G\u00f3mez", True),
        ("Nora ONeil", "Nora O\u2019Neil", False),
    ],
)
def test_a_keyboards_apostrophe_and_dash_are_those_of_the_name(
    typed: str, known: str, same: bool
) -> None:
    assert same_name(typed, known) is same
