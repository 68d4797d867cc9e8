from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.safestring import mark_safe

from contracts.papers.rendering import render
from contracts.papers.rules import ContextRefused, TemplateFieldMissing, TemplateRefused

from .documents import title_of, with_parts, word, words_of


def rendered(text: str, **context: object) -> list[str]:
    return words_of(render(word(text), context))


def test_a_name_with_an_ampersand_and_a_tag_stays_whole() -> None:
    template = word("For {{ name }}.", title="DPA with {{ name }}")
    filled = render(template, {"name": "Smith & Jones <b>x</b> LLC"})
    assert words_of(filled) == ["For Smith & Jones <b>x</b> LLC."]
    assert title_of(filled) == "DPA with Smith & Jones <b>x</b> LLC"


def test_text_marked_safe_is_escaped_all_the_same() -> None:
    assert rendered("{{ name }}", name=mark_safe("A & <w:p/>")) == ["A & <w:p/>"]


def test_the_same_inputs_give_the_same_bytes() -> None:
    template = word("{{ a }}", rows=("{%tr for r in rows %}", "{{ r.b }}", "{%tr endfor %}"))
    context = {"a": "x", "rows": [{"b": "1"}, {"b": "2"}]}
    assert render(template, context) == render(template, context)


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({}, "The template needs the field vendor, which was not given."),
        ({"vendor": {}}, "The template needs the field vendor.contact, which was not given."),
        (
            {"vendor": {"contact": {}}},
            "The template needs the field vendor.contact.name, which was not given.",
        ),
        (
            {"vendor": {"contact": {"name": None}}},
            "The field vendor.contact.name is blank, and the template prints it.",
        ),
    ],
)
def test_a_missing_field_names_itself(context: dict[str, object], sentence: str) -> None:
    with pytest.raises(TemplateFieldMissing) as refusal:
        rendered("{{ vendor.contact.name }}", **context)
    assert str(refusal.value) == sentence


def test_a_missing_field_in_a_row_names_the_row() -> None:
    template = word(rows=("{%tr for r in schedule %}", "{{ r.element }}", "{%tr endfor %}"))
    with pytest.raises(TemplateFieldMissing, match=r"schedule\[2\]\.element"):
        render(template, {"schedule": [{"element": "Name"}, {}]})


def test_a_field_that_is_only_asked_about_must_be_given_too() -> None:
    with pytest.raises(TemplateFieldMissing, match=r"the field offer, which"):
        rendered("{% if offer %}yes{% endif %}")
    assert rendered("a{% if offer %}yes{% endif %}", offer=None) == ["a"]


def test_values_are_printed_for_readers() -> None:
    given = {"d": date(2026, 7, 4), "n": 72, "m": Decimal("10.50"), "y": True, "z": False}
    text = "{{ d }}; {{ n }}; {{ m }}; {{ y }}; {{ z }}"
    assert rendered(text, **given) == ["July 4, 2026; 72; 10.50; Yes; No"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("one\ftwo\athree\x0bfour\x00", "onetwothreefour"),
        ("{_{ 7 }_} {_% x %_}", "{ _ { 7 } _ } { _ % x % _ }"),
        ("I sign at [[sign:district]]", "I sign at [ [sign:district]]"),
        ("{{ 7*7 }} {% raw %}", "{{ 7*7 }} {% raw %}"),
        ("pay\u202e001\u202c dollars\ufeff", "pay001 dollars"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("line\r\nbreak", "line\nbreak"),
        ("\ud800lone\ufffe", "lone"),
    ],
)
def test_a_value_cannot_become_layout_or_template(value: str, kept: str) -> None:
    assert rendered("{{ v }}", v=value) == [kept]


class Model:
    """Stands for any object that has methods."""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Model(), "Model"),
        (1.5, "float"),
        (datetime(2026, 1, 1, tzinfo=UTC), "datetime"),
        (b"x", "bytes"),
        ({1, 2}, "set"),
        (Decimal("NaN"), "Decimal"),
        (len, "builtin_function_or_method"),
    ],
)
def test_only_plain_values_are_taken(value: object, kind: str) -> None:
    with pytest.raises(ContextRefused, match=rf"^The field vendor\.list\[2\]\.x is a {kind}\."):
        render(word("x"), {"vendor": {"list": [1, {"x": value}]}})


@pytest.mark.parametrize("key", ["__class__", "_x", "a.b", "", 7])
def test_only_plain_names_are_taken(key: object) -> None:
    with pytest.raises(ContextRefused, match="is not a usable field name"):
        render(word("x"), {"vendor": {key: "y"}})


def test_a_context_that_contains_itself_is_refused() -> None:
    loop: dict[str, object] = {}
    loop["again"] = loop
    with pytest.raises(ContextRefused, match="nested too deeply"):
        render(word("x"), loop)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", word("x")[:900]])
def test_what_is_not_a_word_file_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(TemplateRefused, match=r"^This is not a Word document \(\.docx\)\.$"):
        render(content, {})


def test_a_package_without_a_document_is_refused() -> None:
    broken = with_parts(word("x"), {"word/document.xml": b"<no"})
    with pytest.raises(TemplateRefused, match=r"^This is not a Word document"):
        render(broken, {})


def test_a_syntax_error_names_its_place() -> None:
    with pytest.raises(TemplateRefused, match=r"near “Notice within \{\{ hours hours\.”"):
        render(word("Fine.", "Notice within {{ hours hours."), {})


def test_tags_that_cut_through_a_paragraph_are_refused_not_repaired() -> None:
    with pytest.raises(TemplateRefused, match="cut through a paragraph"):
        render(word("{% if a %}x", "y{%p endif %}"), {"a": False})
