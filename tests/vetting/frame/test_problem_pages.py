"""The pages of a problem: whose they are, and what they may ask of a database that is broken."""

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.factories import people
from vetting.errors import server_error


def juniper(answer: HttpResponseBase, status: int) -> None:
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == status
    assert "<span>Juniper School District</span>" in text
    assert "· Juniper School District</title>" in text


@pytest.mark.django_db
def test_a_problem_page_keeps_the_name_of_the_visitors_district() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.ben().user)
    juniper(client.get("/settings/people/"), 403)
    juniper(client.get("/requests/nothing/"), 404)
    juniper(client.get("/no/such/page/"), 404)
    juniper(client.post("/requests/new/"), 403)


@pytest.mark.django_db
def test_a_fault_of_ours_names_the_district_without_asking_the_database() -> None:
    request = RequestFactory().get("/")
    request.district = people.district()  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as ran:
        answer = server_error(request)
    assert len(ran) == 0
    juniper(answer, 500)


def test_a_stranger_reads_the_name_of_the_product() -> None:
    assert "<span>Countersign</span>" in server_error(RequestFactory().get("/")).content.decode()
