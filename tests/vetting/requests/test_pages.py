"""Every page of the room, drawn for the people who may read it."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import people
from tests.factories import requests as make
from vetting.people.models import Membership

pytestmark = pytest.mark.django_db


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def test_home_of_a_teacher_shows_what_they_asked_for() -> None:
    make.in_triage()
    page = signed_in(people.ben()).get("/")
    assert page.status_code == 200
    assert "Reading Ladder" in page.text
    assert "Checking the path" in page.text


def test_home_of_sourcing_shows_whose_turn_it_is() -> None:
    make.in_triage()
    page = signed_in(people.sol()).get("/")
    assert "Choose the path: Reading Ladder" in page.text


@pytest.mark.parametrize("part", ["ask/", "decline/"])
def test_the_pages_of_a_request_open_for_the_privacy_lead(part: str) -> None:
    request = make.in_triage()
    answer = signed_in(people.ada()).get(f"/requests/{request.code}/{part}")
    assert answer.status_code == 200


@pytest.mark.parametrize("part", ["tool", "who", "data"])
def test_the_three_pages_of_a_draft_open_for_its_requester(part: str) -> None:
    draft = make.draft()
    assert signed_in(people.ben()).get(f"/requests/{draft.code}/edit/{part}/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/requests/", "/requests/new/", "/may-i-use/", "/may-i-use/?q=reading", "/search/?q=reading"],
)
def test_the_other_pages_open(address: str) -> None:
    make.in_triage()
    assert signed_in(people.sol()).get(address).status_code == 200


def test_an_unfinished_draft_leads_back_to_its_pages() -> None:
    draft = make.draft(purpose="")
    page = signed_in(people.ben()).get(draft.get_absolute_url()).text
    assert f'href="{reverse("requests:continue", args=[draft.code])}"' in page
    assert "Go on with the draft" in page
    assert page.index("Go on with the draft") < page.index("Withdraw")


def test_a_request_whose_tool_is_not_settled_leads_to_its_path() -> None:
    make.tool("Kestrel Gradebook", website="https://kestrel.example")
    case = make.submit(make.draft(tool_name="Kestrel Gradebooks", website=""))
    page = signed_in(people.sol()).get(case.get_absolute_url()).text
    assert "Settle first which tool of the catalog this is" in page
    assert f'href="{reverse("requests:triage", args=[case.code])}"' in page
    assert "Choose the path" in page


def test_whoever_may_record_what_happened_finds_it_once_the_class_is_set() -> None:
    """The first date comes from what is recorded there, so the way there waits for no date."""
    classed = make.in_screening()
    dates, ada = reverse("requests:dates", args=[classed.code]), signed_in(people.ada())
    assert f'href="{dates}"' in ada.get(classed.get_absolute_url()).text
    assert f'href="{dates}breach/"' in ada.get(dates).text
    assert f'href="{dates}"' not in signed_in(people.ben()).get(classed.get_absolute_url()).text
