import pytest

from contracts.signing.rules import reasons_not_to_name

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
