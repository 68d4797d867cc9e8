"""Facts that were answered before the packs get the packs' names, and count as before."""

from importlib import import_module

import pytest

from tests.factories import requests as make
from vetting.requests import queries
from vetting.requests.models import ToolRequest

pytestmark = pytest.mark.django_db

SERVICE = {"student_data": True, "primarily_k12": True, "staff_directed": True}
renamed = import_module("vetting.migrations.0006_facts_of_the_packs").renamed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"state": "CO", "student_data": True, "primarily_k12": True, "staff_directed": None,
             "negotiated": True, "refuses_terms": False, "recognizes_faces": False},
            {"student_data": True, "primarily_k12": True, "terms": "negotiated",
             "refuses_duties": False, "recognizes_faces": False},
        ),
        (
            {"student_data": False, "negotiated": False, "refuses_terms": True},
            {"student_data": False, "terms": "click_wrap", "refuses_duties": True},
        ),
        ({"student_data": None, "negotiated": None}, {}),
    ],
)  # fmt: skip
def test_facts_of_before_the_packs_get_their_names(
    old: dict[str, object], new: dict[str, object]
) -> None:
    assert renamed(old) == new


def test_the_renamed_facts_of_an_old_request_are_asked_and_evaluated() -> None:
    case = make.in_triage()
    old = {"state": "CO", **SERVICE, "negotiated": False, "refuses_terms": False}
    ToolRequest.objects.filter(pk=case.pk).update(class_facts=renamed(old))
    facts = queries.facts_of(ToolRequest.objects.get(pk=case.pk))
    assert queries.law_for(case.district).judge(facts).classification.name == "on_demand"
