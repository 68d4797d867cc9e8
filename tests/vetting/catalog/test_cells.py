import contextlib
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetting.catalog.lists import cells
from vetting.catalog.lists.cells import Wrong


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2025-03-04", "", date(2025, 3, 4)),
        ("2025/3/4", "", date(2025, 3, 4)),
        ("2025-03-04T00:00:00", "", date(2025, 3, 4)),
        ("2025-03-04 00:00", "", date(2025, 3, 4)),
        ("4-Mar-25", "", date(2025, 3, 4)),
        ("4 March 2025", "", date(2025, 3, 4)),
        ("Mar 4, 2025", "", date(2025, 3, 4)),
        ("Sept. 30th, 2026", "", date(2026, 9, 30)),
        ("6/30/26", "", date(2026, 6, 30)),
        ("30.06.2026", "", date(2026, 6, 30)),
        ("3/3/2025", "", date(2025, 3, 3)),
        ("3/4/2025", "mdy", date(2025, 3, 4)),
        ("3/4/2025", "dmy", date(2025, 4, 3)),
        ("3/4/2025 12:00 AM", "mdy", date(2025, 3, 4)),
        ("25/12/2025", "mdy", date(2025, 12, 25)),
        ("2/29/2028", "", date(2028, 2, 29)),
        ("N/A", "", None),
        ("Evergreen", "", None),
        ("-", "", None),
        ("", "", None),
    ],
)
def test_dates_as_people_write_them(text: str, order: str, day: date | None) -> None:
    assert cells.day(text, order) == day


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "3/4/2025",
            "“3/4/2025” may be March 4 or April 3. Say whether month or day comes first "
            "(--date-order mdy or dmy), or write the date as 2025-03-04.",
        ),
        ("2/29/2027", "There is no day “2/29/2027”. Write it as 2025-03-04."),
        ("13/13/2025", "There is no day “13/13/2025”. Write it as 2025-03-04."),
        ("1/2/0000", "There is no day “1/2/0000”. Write it as 2025-03-04."),
        ("4-Mer-25", "“4-Mer-25” names no month. Write the date as 2025-03-04."),
        ("next summer", "“next summer” is no date we can read. Write it as 2025-03-04."),
        ("45721", "“45721” is no date we can read. Write it as 2025-03-04."),
    ],
)
def test_a_date_that_is_none_says_what_to_do(text: str, says: str) -> None:
    with pytest.raises(Wrong) as wrong:
        cells.day(text)
    assert str(wrong.value) == says


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1200", (1200, False)),
        ("1,200", (1200, False)),
        ("1 200", (1200, False)),
        ("1200.0", (1200, False)),
        ("350 seats", (350, False)),
        ("0", (0, False)),
        ("Unlimited", (None, True)),
        ("UNLIMITED ", (None, True)),
        ("Site License", (None, True)),
        ("District-wide", (None, True)),
        ("n/a", (None, False)),
        ("", (None, False)),
    ],
)
def test_numbers_of_licenses(text: str, value: tuple[int | None, bool]) -> None:
    assert cells.licenses(text) == value


@pytest.mark.parametrize("text", ["about 500", "500-600", "-3", "1,20", "9" * 12, "1.5"])
def test_what_is_no_number_of_licenses(text: str) -> None:
    with pytest.raises(Wrong, match=r"is no number\. Write a whole number or “Unlimited”"):
        cells.licenses(text)


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("Student Name; E-mail; Grade", ("student-name", "student-email", "grade-level")),
        ("first name, last name, DOB", ("student-name", "date-of-birth")),
        ("Language (native, primary), Gender", ("language", "gender")),
        ("ip addresses|cookies", ("technology-metadata",)),
        ("Race/Ethnicity\nIEP/504", ("ethnicity-or-race", "special-education")),
        ("conduct", ("conduct",)),
        ("teacher email", ("staff-email",)),
        ("student-name", ("student-name",)),
        ("None", ("none",)),
        ("no student data", ("none",)),
        ("N/A", ()),
        ("TBD", ()),
        ("", ()),
    ],
)
def test_data_elements_by_the_names_districts_use(text: str, slugs: tuple[str, ...]) -> None:
    assert cells.elements(text) == slugs


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "Stduent name",
            "“Stduent name” is no data element we know. Did you mean “Student name (first and "
            "last)”? Correct it or take it out.",
        ),
        ("zebra", "“zebra” is no data element we know. Correct it or take it out."),
        (
            "Transportation",
            "“Transportation” holds several elements: Bus assignment; Pick-up or drop-off place; "
            "Bus card ID; Other transportation data. Name them.",
        ),
        ("none; gender", "It says both “no student data” and some data. Keep one of the two."),
    ],
)
def test_an_unknown_data_element_is_answered(text: str, says: str) -> None:
    with pytest.raises(Wrong) as wrong:
        cells.elements(text)
    assert str(wrong.value) == says


@pytest.mark.parametrize("read", [cells.day, cells.licenses, cells.elements, cells.website])
@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused_in_words(read: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(Wrong):
        read(text)


def test_addresses() -> None:
    assert cells.website("quillwork.com") == "https://quillwork.com"
    assert cells.website("none") == ""
    assert cells.email("mailto:Dee@Quillwork.example") == "dee@quillwork.example"
    with pytest.raises(Wrong, match="is no web address"):
        cells.website("ask the vendor")
    with pytest.raises(Wrong, match="is no e-mail address"):
        cells.email("Dee Vance")
