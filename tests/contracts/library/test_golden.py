"""The shipped templates, filled with the specimen and printed by the built-in engine."""

import re
from dataclasses import replace
from functools import cache

import pypdfium2
import pytest

from contracts.library import specimen
from contracts.library.rules import (
    MAY_BE_UNUSED,
    CertificateFields,
    DpaFields,
    Offer,
    ScheduleRow,
    Terms,
    blanks,
    context_of,
    frameworks_from,
    schema_of,
)
from contracts.papers import text
from contracts.papers.golden import SHIPPED, made_from
from contracts.papers.linting import lint
from contracts.papers.pdf import Pdf
from contracts.papers.rendering import render
from contracts.papers.rules import TemplateFieldMissing
from vetting.catalog.vocabulary import vocabulary

from .golden import FOLDER, filled, made, pages
from .test_authoring import numbers

KINDS: dict[str, type] = {"dpa": DpaFields, "certificate": CertificateFields}


@cache
def printed(name: str) -> Pdf:
    return made(name)


@pytest.mark.parametrize("name", KINDS)
def test_the_printed_words_are_exactly_these(name: str) -> None:
    expected = (FOLDER / f"{name}.txt").read_text()
    assert pages(printed(name).bytes) == expected, "python -m tests.contracts.library.golden"


@pytest.mark.parametrize("name", KINDS)
def test_the_built_in_engine_made_it_and_makes_it_again_to_the_byte(name: str) -> None:
    first = printed(name)
    assert (first.engine, made(name).bytes) == ("dxpdf", first.bytes)


@pytest.mark.parametrize("name", KINDS)
def test_every_word_of_the_document_is_on_paper(name: str) -> None:
    paper = text.squeezed(text.of_pdf(printed(name).bytes))
    words = text.of_docx(filled(name)).split()
    assert len(words) > 150
    assert [word for word in words if text.squeezed(word) not in paper] == []


def test_every_number_is_printed_before_its_clause() -> None:
    paper = " ".join(text.of_pdf(printed("dpa").bytes).split())
    expected = {n: t.replace("{{ terms.breach_notice_hours }}", "72") for n, t in numbers().items()}
    assert [n for n, title in expected.items() if f"{n} {title}" not in paper] == []
    assert "(g) a written plan for responding to incidents" in paper


@pytest.mark.parametrize("name", KINDS)
def test_the_template_uses_every_field_and_no_other(name: str) -> None:
    assert lint((SHIPPED / f"{name}.docx").read_bytes(), schema_of(KINDS[name])) == []


def test_optional_fields_are_fields() -> None:
    assert schema_of(DpaFields) >= MAY_BE_UNUSED


@pytest.mark.parametrize("party", ["vendor", "district"])
def test_each_party_has_one_place_to_sign_with_room_for_the_box(party: str) -> None:
    document = pypdfium2.PdfDocument(printed("dpa").bytes)
    found = []
    for page in document:
        words = page.get_textpage()
        search = words.search(f"[[sign:{party}]]")
        while (hit := search.get_next()) is not None:
            found.append((words, words.get_charbox(hit[0])))
    [(words, (left, _, _, top))] = found
    assert "16.9 Authority and signatures." in words.get_text_range(), "a page of bare signatures"
    box = words.get_text_bounded(left - 2, top - 50, left + 228, top + 2)
    assert box.strip() == f"[[sign:{party}]]"


@pytest.mark.parametrize(
    "path",
    [
        ("code",), ("vendor", "signer", "title"), ("terms", "breach_notice_hours"),
        ("schedule", 3, "purpose"), ("security", "frameworks"), ("offer", "until"),
    ],
)  # fmt: skip
def test_a_missing_field_names_itself(path: tuple[str | int, ...]) -> None:
    context = context_of(specimen.dpa())
    holder: object = context
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]
    del holder[path[-1]]  # type: ignore[attr-defined]
    named = re.sub(r"\.(\d)", lambda m: f"[{int(m[1]) + 1}]", ".".join(map(str, path)))
    with pytest.raises(TemplateFieldMissing, match=rf"needs the field {re.escape(named)}, which"):
        render((SHIPPED / "dpa.docx").read_bytes(), context)


PLAIN_TERMS = Terms(breach_notice_hours=24, destruction_days=30, audit_notice_days=5)


@pytest.mark.parametrize(
    ("change", "present", "absent"),
    [
        (
            {"jurisdiction": "WI", "state_name": "Wisconsin"},
            ["The law of Wisconsin governs"],
            ["Exhibit G: ", "C.R.S."],
        ),
        (
            {"offer": Offer(made=True, email="offers@readwell.example")},
            ["can be accepted until this agreement ends."],
            [],
        ),
        ({"offer": Offer()}, ["14.1 No general offer.", "This exhibit does not apply"], ["E.1"]),
        ({"subprocessors": ()}, ["no other company handles Student Data"], ["Granite"]),
        (
            {"terms": PLAIN_TERMS},
            ["within 24 hours", "the date of the last signature and lasts until it is ended"],
            ["72 hours"],
        ),
        (
            {"terms": replace(PLAIN_TERMS, months=36)},
            ["the date of the last signature and lasts 36 months. However"],
            [],
        ),
    ],
)
def test_conditions_leave_out_whole_paragraphs(
    change: dict[str, object], present: list[str], absent: list[str]
) -> None:
    pdf = made("dpa", replace(specimen.dpa(), **change))  # type: ignore[arg-type]
    paper = " ".join(text.of_pdf(pdf.bytes).split())
    assert [words for words in present if words not in paper] == []
    assert [words for words in absent if words in paper] == []


def test_the_whole_vocabulary_of_data_is_printed() -> None:
    rows = tuple(
        ScheduleRow(row["category"], row["name"], True, row["lay_words"], "Required")
        for row in vocabulary()
        if row["about"] != "none"
    )
    pdf = made("dpa", replace(specimen.dpa(), schedule=rows))
    paper = " ".join(text.of_pdf(pdf.bytes).split())
    assert len(rows) > 60
    assert paper.count("Required") == len(rows) + 1  # the sentence above the table has it too


def test_a_document_with_one_more_construct_is_not_ours_any_more() -> None:
    from tests.contracts.papers.documents import part, with_parts

    content = filled("dpa")
    assert made_from(content) == "dpa.docx"
    body = part(content, "word/document.xml").replace(b"<w:b/>", b"<w:b/><w:caps/>", 1)
    assert made_from(with_parts(content, {"word/document.xml": body})) is None
    styles = part(content, "word/styles.xml").replace(b"Merriweather", b"Comic Sans", 1)
    assert made_from(with_parts(content, {"word/styles.xml": styles})) is None


def test_blank_fields_are_said_in_sentences() -> None:
    vendor = replace(specimen.dpa().vendor, address=" ", contact_phone="")
    assert blanks(specimen.dpa()) == []
    assert blanks(replace(specimen.dpa(), vendor=vendor, services="")) == [
        "The agreement needs vendor.address.",
        "The agreement needs vendor.contact phone.",
        "The agreement needs services.",
    ]


def test_what_an_exhibit_points_to_is_there() -> None:
    """Exhibit F spoke of remarks that an agreement without remarks does not have."""
    fields = specimen.dpa()
    bare = replace(fields, security=replace(fields.security, remarks=None))
    assert "Remarks. The SOC 2 report" in text.of_docx(filled("dpa", fields))
    assert "emarks" not in text.of_docx(filled("dpa", bare))


def test_a_chosen_framework_says_yes_and_the_rest_no() -> None:
    assert [f.name for f in frameworks_from(["cis"]) if f.followed] == [
        "CIS Critical Security Controls"
    ]
