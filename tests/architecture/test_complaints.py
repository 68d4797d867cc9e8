"""No form answers in Django's own sentences ("This field is required."): they say what is wrong
in the words of a machine, and not what to do."""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from inspect import getsource
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.core import validators
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import fields, models
from django.utils.datastructures import MultiValueDict

from tests.architecture.test_forms import _below, form_classes, named
from vetting.complaints import SENTENCES

# What nobody means: a text that is no number, day, address or choice; below and above every limit.
WRONG = ("no such thing", "-1", "99999999999999.999", "x" * 5000)
# A formset speaks of its hidden fields, which no form of the house has.
NOT_OF_A_FIELD = {"The inline value did not match the parent instance."}


@cache
def djangos() -> re.Pattern[str]:
    """Every sentence of Django's fields and validators; a place for a value matches any."""
    found = {text for module in (fields, models, validators) for text in _spoken(module)}
    places = [re.sub(r"%\\\(\w+\\\)\w|%\(\w+\)\w", ".*", re.escape(text)) for text in found]
    return re.compile("|".join(sorted(places)))


def _spoken(module: ModuleType) -> Iterator[str]:
    for call in ast.walk(ast.parse(getsource(module))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "ngettext_lazy"):
            texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
            # One word ("and", a name of a field) is no sentence.
            yield from (text for text in texts if isinstance(text, str) and text.count(" ") > 1)


def bare(form: type[forms.BaseForm], typed: str) -> forms.Form:
    """The form's own fields, answered all alike; what its rooms check beyond is theirs."""
    kind = type("Bare", (forms.Form,), {n: deepcopy(f) for n, f in form.base_fields.items()})
    files = [SimpleUploadedFile("empty.pdf", b"")] if typed else []
    data = MultiValueDict({name: [typed] if typed else [] for name in form.base_fields})
    return kind(data, MultiValueDict(dict.fromkeys(form.base_fields, files)))


def complaints(form: type[forms.BaseForm]) -> Iterator[str]:
    for typed in ("", *WRONG):
        for name, said in bare(form, typed).errors.items():
            yield from (f"{named(form)}.{name}: {text}" for text in said)


def kinds() -> set[type[forms.Field]]:
    every = {forms.Field, *_below(forms.Field)}
    return {k for k in every if k.__module__.startswith("django.forms.")}


def copied(kind: type[forms.Field]) -> dict[str, Any]:
    """What a new field of this kind has to say."""
    said: dict[str, Any] = {}
    for one in reversed(kind.__mro__):
        said |= getattr(one, "default_error_messages", {})
    return said


@pytest.mark.django_db
def test_every_form_of_the_house_answers_in_plain_sentences() -> None:
    said = [text for form in form_classes() for text in complaints(form)]
    assert [text for text in said if djangos().search(text)] == []
    assert "vetting.people.SchoolForm.name: Write something here." in said
    assert "vetting.people.SchoolForm.students: Write a number of 0 or more." in said
    assert "vetting.people.AbsenceForm.away_from: Choose a day, or write it as 2026-12-04." in said


def test_every_kind_of_field_has_its_sentences_whatever_may_be_wrong() -> None:
    left = {
        f"{kind.__name__}.{code}: {text}"
        for kind in kinds()
        for code, text in copied(kind).items()
        if djangos().search(str(text)) and str(text) not in NOT_OF_A_FIELD
    }
    assert left == set()


def test_each_sentence_says_what_to_do() -> None:
    texts = {text for sentences in SENTENCES.values() for text in sentences.values()}
    does = ("Write ", "Choose ", "Tick ", "Give ", "This file is empty. Choose ")
    assert {text for text in texts if not text.startswith(does) or text[-1] != "."} == set()


def test_djangos_own_sentence_is_found() -> None:
    for text in (
        "This field is required.",
        "Ensure this value is greater than or equal to 0.",
        "Enter a valid email address.",
        "Select a valid choice. pink is not one of the available choices.",
        "Ensure this value has at most 80 characters (it has 81).",
    ):
        assert djangos().search(text)
    assert not djangos().search("Write a number of 0 or more.")
