import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vetting.catalog import rules
from vetting.catalog.rules import Named


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme, Inc.", "acme"),
        ("ACME", "acme"),
        ("  acme   Incorporated ", "acme"),
        ("The Acme Co., LLC", "acme"),
        ("The Acme Company", "acme"),
        ("Écoles & Co", "ecoles"),
        ("McGraw-Hill", "mcgraw hill"),
        ("D2L Corp", "d2l"),
        ("Kahoot! AS", "kahoot"),
        ("U.S. History Ltd.", "us history"),
        ("Teacher\u2019s Pet LLC", "teachers pet"),
        ("The Company", "company"),
        ("Inc.", "inc"),
        ("Company of Experts", "company of experts"),
        ("!!!", "!!!"),
        ("読書", "読書"),
        ("", ""),
    ],
)
def test_spellings_of_a_vendor_fold_to_one_key(name: str, key: str) -> None:
    assert rules.fold_vendor(name) == key


@given(st.text(max_size=40))
@example("\u2130")
def test_folding_twice_changes_nothing(name: str) -> None:
    assert rules.fold(rules.fold(name)) == rules.fold(name)


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.kahoot.com/schools/", "kahoot.com"),
        ("kahoot.com", "kahoot.com"),
        ("HTTPS://WWW.Example.CO.UK:8080/x?y", "example.co.uk"),
        ("http://tools.example.k12.co.us", "example.k12.co.us"),
        ("https://quill.github.io/", "quill.github.io"),
        ("https://app.quillwork.example/x", "quillwork.example"),
        ("https://example/", ""),
        ("https://..example", ""),
        ("10.0.0.1", ""),
        ("http://localhost:8000", ""),
        ("co.uk", ""),
        ("see notes", ""),
        ("N/A", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_the_registered_part_of_an_address(website: str, domain: str) -> None:
    assert rules.domain_of(website) == domain


@given(st.text(max_size=60))
def test_no_text_breaks_reading_an_address(text: str) -> None:
    assert rules.domain_of(text) in rules.host_of(text)
    rules.place_of(text)
    rules.web_address(text)


@pytest.mark.parametrize(
    ("given_address", "kept"),
    [
        ("quillwork.com/schools", "https://quillwork.com/schools"),
        (" http://quillwork.com ", "http://quillwork.com"),
        ("javascript:alert(1)", ""),
        ("quill work.com", ""),
        ("ask Ms. Hart", ""),
    ],
)
def test_an_address_is_kept_with_its_scheme_or_not_at_all(given_address: str, kept: str) -> None:
    assert rules.web_address(given_address) == kept


TOOLS = [
    Named(1, "kahoot", "kahoot.com", ("kahoot",)),
    Named(2, "google classroom", "google.com", ("google",)),
    Named(3, "google docs", "google.com", ("google",)),
    Named(4, "nearpod", "nearpod.com", ("renaissance learning", "nearpod")),
    Named(5, "newsela", "newsela.com", ("newsela",)),
]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("Kahoot!", [1]),
        ("kahot", [1]),
        ("https://kahoot.com/x", [1]),
        ("google clasroom", [2]),
        ("classroom", [2]),
        ("Google", [2, 3]),
        ("Renaissance Learning, Inc.", [4]),
        ("ne", [4, 5]),
        ("spreadsheet", []),
        ("zz", []),
    ],
)
def test_a_search_forgives_spelling(text: str, best: list[int]) -> None:
    found = [pk for pk, _ in rules.ranked(text, TOOLS, limit=5)]
    assert found[: len(best)] == best
    assert bool(found) == bool(best)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("plum reader", "plum raeder", True),
        ("lexia core 5", "lexia core5", True),
        ("math grade 5", "math grade 6", False),
        ("quill", "quill math", False),
    ],
)
def test_a_slip_is_no_other_name_and_a_number_is(one: str, other: str, same: bool) -> None:
    assert rules.same_tool(one, other) is same
