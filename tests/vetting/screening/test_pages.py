"""The screening's pages: who may read, who may write, and what they show."""

import pytest
from django.test import Client

from tests.factories import people, requests
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Answer, Finding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


@pytest.fixture
def request_(questions: None) -> ToolRequest:
    return requests.in_screening()


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def address(request: ToolRequest, *parts: object) -> str:
    return "/".join([f"/requests/{request.code}/screening", *map(str, parts), ""])


def every_answer(request: ToolRequest, value: str = "yes") -> dict[str, str]:
    screening = queries.screening_to_show(request)
    assert screening is not None
    names = [q["id"] for q in queries.sheet_of(screening).questions]
    answers = {f"{name}-value": value for name in names}
    return answers | {f"{name}-evidence": "Terms, section 3" for name in names}


BASIS = {"basis-basis": "school_official", "basis-reason": "It replaces a service of our staff."}


def test_the_page_opens_before_anybody_has_opened_the_screening(request_: ToolRequest) -> None:
    page = signed_in(people.pat()).get(address(request_))
    assert page.status_code == 200
    assert "0 of 16" in page.text
    assert "Do the terms forbid selling student data?" in page.text
    assert "C.R.S. 22-16-109" in page.text
    assert not queries.screenings_of(request_).exists()


def test_the_whole_page_is_saved_and_concluded_in_one_press(request_: ToolRequest) -> None:
    client = signed_in(people.pat())
    typed = every_answer(request_) | BASIS | {"conclude": "1"}
    answer = client.post(address(request_), typed)
    assert (answer.status_code, answer["Location"]) == (302, request_.get_absolute_url())
    moved = ToolRequest.objects.get(pk=request_.pk)
    assert moved.state == "awaiting_agreement"
    page = client.get(address(request_))
    assert "Concluded by Pat Quill" in page.text
    assert '<form id="screening"' not in page.text


def test_an_answer_saves_itself_and_brings_its_finding_along(request_: ToolRequest) -> None:
    client = signed_in(people.pat())
    page = client.post(
        address(request_, "answer", "no_sale"),
        {"no_sale-value": "no", "no_sale-seen": "0"},
        headers={"HX-Request": "true"},
    )
    assert page.status_code == 200
    assert "Saved at" in page.text
    assert "Selling student data is not forbidden" in page.text
    assert "1 of 16" in page.text
    assert Answer.objects.get().value == "no"


def test_the_second_reviewer_reads_who_answered_meanwhile(request_: ToolRequest) -> None:
    commands.save_answer(request_, question="no_sale", value="no", by=actor_of(people.pat()))
    client = signed_in(people.ada())
    typed = {"no_sale-value": "yes", "no_sale-evidence": "Section 9", "no_sale-seen": "0"}
    page = client.post(address(request_), typed)
    assert page.status_code == 409
    assert "Pat Quill answered this with “No” on" in page.text
    assert "Section 9" in page.text
    assert Answer.objects.get().value == "no"


def test_a_finding_is_settled_from_the_rail(request_: ToolRequest) -> None:
    commands.save_answer(request_, question="no_sale", value="no", by=actor_of(people.pat()))
    finding = Finding.objects.get()
    where = address(request_, "findings", finding.pk)
    name = f"finding-{finding.pk}"
    client = signed_in(people.pat())
    refused = client.post(where, {f"{name}-status": "mitigated"})
    assert refused.status_code == 409
    assert "Write what was done, or why an exception is right." in refused.text
    client.post(where, {f"{name}-status": "mitigated", f"{name}-resolution": "DPA, article 4"})
    assert Finding.objects.get().status == "mitigated"


def test_nobody_of_another_district_finds_it(request_: ToolRequest) -> None:
    assert signed_in(people.eve()).get(address(request_)).status_code == 404


def test_it_security_reads_and_writes_nothing(request_: ToolRequest) -> None:
    client = signed_in(people.ivy())
    page = client.get(address(request_))
    assert page.status_code == 200
    assert '<form id="screening"' not in page.text
    assert client.post(address(request_), every_answer(request_)).status_code == 403
    assert Answer.objects.count() == 0
