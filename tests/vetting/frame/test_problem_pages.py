"""The pages of a problem: whose they are, and what they may ask of a database that is broken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import MULTIPART_CONTENT
from django.test.utils import CaptureQueriesContext
from django.views.decorators.csrf import csrf_exempt

from tests.factories import people, requests
from vetting.errors import server_error
from vetting.requests.models import ToolRequest
from vetting.unreadable import PLAIN_FORM, UnreadableTextMiddleware
from workflows.ledger.models import Entry, Note


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/registry/?district=%00", "/registry/tools.json?district=%00", "/search/?q=a%00",
        "/may-i-use/?q=%00", "/requests/?q=%00", "/requests/?%00=1", "/registry/%00/",
    ],
)  # fmt: skip
def test_a_text_that_no_database_can_hold_is_turned_away(address: str) -> None:
    client = Client()
    client.force_login(people.ada().user)
    juniperless = client.get(address)
    assert juniperless.status_code == 400
    assert "That request could not be read" in juniperless.text


@pytest.mark.django_db
def test_a_note_with_such_a_text_is_turned_away_before_any_page() -> None:
    client = Client()
    client.force_login(people.sol().user)
    case = requests.in_triage()
    page = f"/requests/{case.code}/withdraw/"
    before = (case.state, case.version, Entry.objects.count(), Note.objects.count())
    plain, as_with_a_file = ("note=a%00b", PLAIN_FORM), ({"note": "a\x00b"}, MULTIPART_CONTENT)
    for typed, encoding in (plain, as_with_a_file):
        answer = client.post(page, typed, encoding)
        assert (encoding, answer.status_code) == (encoding, 400)
        assert "That request could not be read" in answer.text
    case = ToolRequest.objects.get(pk=case.pk)
    assert (case.state, case.version, Entry.objects.count(), Note.objects.count()) == before
    assert client.post(page, {"note": "Not needed."}).status_code == 302
    assert ToolRequest.objects.get(pk=case.pk).state == "withdrawn"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("/requests/{}/route/", "note"), ("/requests/{}/route/", "path"),
        ("/requests/{}/settle/", "tool"), ("/requests/{}/work/triage/", "to"),
        ("/requests/{}/work/triage/", "seen"),
    ],
)  # fmt: skip
def test_a_button_that_reads_a_form_as_it_was_typed_reads_no_such_text(
    page: str, field: str
) -> None:
    client = Client()
    client.force_login(people.sol().user)
    typed = {"act": "give", "path": "contract", field: "a\x00b"}
    case = requests.in_triage()
    assert client.post(page.format(case.code), typed).status_code == 400
    assert ToolRequest.objects.get(pk=case.pk).version == case.version


def test_a_page_without_the_check_of_forms_leaves_a_file_to_its_guard() -> None:
    """The public check judges the length of a body before anything of it is read."""
    request = RequestFactory().post("/verify/", {"file": SimpleUploadedFile("a.pdf", b"%PDF")})
    guard = UnreadableTextMiddleware(server_error)
    guard.process_view(request, csrf_exempt(server_error), (), {})
    assert not hasattr(request, "_files")
    guard.process_view(request, server_error, (), {})
    assert list(request.FILES) == ["file"]


@pytest.mark.django_db
def test_a_number_in_another_hand_is_no_school() -> None:
    client = Client()
    client.force_login(people.ada().user)
    assert client.get("/requests/?school=²").status_code == 200
