"""Each attack is rendered for real, with a file that it would create if it ran."""

from pathlib import Path

import pytest

from contracts.papers.linting import fields_of, lint
from contracts.papers.rendering import render
from contracts.papers.rules import PaperError, TemplateRefused

from .documents import word

CONTEXT = {"name": "Ada", "rows": [{"b": "1"}], "vendor": {"name": "Dee"}}
ATTACKS = [
    "{{ cycler.__init__.__globals__.os.popen('touch PROOF').read() }}",
    "{{ cycler.__init__ }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ name.__class__ }}",
    "{{ name|attr('__class__') }}",
    "{{ name['__class__'] }}",
    "{{ vendor['name'] }}",
    "{{ rows.append(1) }}",
    "{{ vendor.clear() }}",
    "{{ self._TemplateReference__context }}",
    "{{ lipsum.__globals__ }}",
    "{{ range(100000000)|list }}",
    "{{ 'A' * 100000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ name|safe }}",
    "{{ name|center(100000000) }}",
    "{{ name.upper }}",
    "{{ vendor.items }}",
    "{{ rows }}",
    "{{ vendor }}",
    "{% set name = 'x' %}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
    "{% macro f() %}{% endmacro %}",
    "{% call name() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% for a, b in rows %}{% endfor %}",
    "{% for x in rows recursive %}{% endfor %}",
    "{% for x in 'A' * 9 %}{% endfor %}",
    "{% for a in rows %}{% for a in rows %}{% for a in rows %}{% for a in rows %}x"
    "{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ " + "(" * 400 + "name" + ")" * 400 + " }}",
    "{% autoescape false %}{{ name }}{% endautoescape %}",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_by_a_sentence(
    attack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PaperError) as refusal:
        render(word(attack), CONTEXT)
    assert str(refusal.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["header", "title"])
def test_an_attack_is_refused_wherever_it_hides(where: str) -> None:
    template = word("fine", **{where: "{{ cycler.__init__ }}"})
    with pytest.raises(TemplateRefused, match="may not use the name “__init__”"):
        render(template, CONTEXT)
    assert lint(template, set()) == ["A template may not use the name “__init__”."]


def test_the_fields_of_a_template_are_dotted_paths() -> None:
    template = word(
        "{{ vendor.name|upper }} {% if offer.on and not pilot %}x{% endif %}",
        "{% for row in schedule %}{{ loop.index }}{{ row.element }}"
        "{% for use in row.uses %}{{ use }}{% endfor %}{% endfor %}",
        title="{{ code }}",
        header="{{ district.name }}",
    )
    assert fields_of(template) == {
        "vendor.name",
        "offer.on",
        "pilot",
        "schedule",
        "schedule[].element",
        "schedule[].uses",
        "schedule[].uses[]",
        "code",
        "district.name",
    }


def test_lint_names_unknown_and_unused_fields() -> None:
    template = word("{{ vendor.nmae }}{% for r in rows %}{{ r.b }}{{ r.c }}{% endfor %}")
    schema = {"vendor.name", "rows[].b", "phone"}
    assert lint(template, schema, optional=frozenset({"phone"})) == [
        "The template uses the field rows[].c, which no document of this kind has.",
        "The template uses the field vendor.nmae, which no document of this kind has.",
        "The template never uses the field vendor.name.",
    ]


def test_lint_is_silent_on_a_template_that_fits() -> None:
    template = word("{% if rows %}{% for r in rows %}{{ r.b }}{% endfor %}{% endif %}")
    assert lint(template, {"rows[].b"}) == []


def test_lint_says_where_a_template_cannot_be_read() -> None:
    assert lint(word("Pay {{ 5 5 }}"), set()) == [
        "The template cannot be read near “Pay {{ 5 5 }}”: "
        "expected token 'end of print statement', got 'integer'."
    ]
