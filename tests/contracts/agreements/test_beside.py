"""Two agreements of one tool name each other."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import strip_tags

from contracts.agreements.models import Agreement, CoveredTool
from tests.factories import agreements, catalog, people, plainly
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.requests import rules
from vetting.requests.views.detail import _gathered
from workflows import engine
from workflows.ledger.queries import Happening

pytestmark = pytest.mark.django_db


def words(agreement: Agreement) -> str:
    page = signed_in(people.cora()).get(agreement.get_absolute_url()).text
    return " ".join(strip_tags(page).split())


def test_each_names_the_other() -> None:
    first = plainly.executed()
    second = engine.open_case(
        Agreement, tenant=first.case.tenant, by=catalog.BY, district=first.district,
        vendor=first.vendor, title=first.title,
    )  # fmt: skip
    tool = first.products.get().tool
    CoveredTool.objects.create(agreement=second, tool=tool, district=first.district)
    end = first.ends_on
    assert end is not None
    assert (
        f"An earlier agreement for the same tool is in effect until {end:%b} {end.day}, "
        f"{end.year}: {first.title} ({first.code})."
    ) in words(second)
    assert (
        "A later agreement for the same tool stands at “Preparing the DPA”: "
        f"{first.title} ({second.code})."
    ) in words(first)


def test_one_alone_names_nobody() -> None:
    assert "agreement for the same tool" not in words(agreements.drafted()[1])


def test_a_yearly_review_in_the_past_is_late() -> None:
    request = make.approved()
    home = signed_in(people.ben())
    on = request.review_on
    assert on is not None
    said = f"{on:%b} {on.day}, {on.year}"
    assert f"late: due on {said}" not in home.get("/").text
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        page = signed_in(people.ben()).get("/").text
    assert f"late: due on {said}" in page
    marks = rules.seven_steps("approved", review_on=on, today=on)
    assert (marks[5].status, marks[5].note) == ("upcoming", said)


def test_an_answer_written_in_two_steps_is_one_answer() -> None:
    now = timezone.now()
    lines = [
        Happening(now, "Pat Quill answered a question", "", "command", "answer_saved", "Pat",
                  "membership:1", seq, about=f"q{seq // 2}")
        for seq in range(32)
    ]  # fmt: skip
    assert [one.sentence for one in _gathered(lines)] == [
        "Pat Quill answered a question (16 times)"
    ]
    assert [one.sentence for one in _gathered(lines[:2])] == ["Pat Quill answered a question"]
