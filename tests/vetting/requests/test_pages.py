"""Every page of the room, drawn for the people who may read it."""

import pytest
from django.test import Client

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
