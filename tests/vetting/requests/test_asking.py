"""The three pages without any script, as a teacher walks them."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from string import ascii_lowercase

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import catalog, people
from tests.factories import requests as make
from vetting.people.queries import actor_of
from vetting.requests import commands, queries, rules
from vetting.requests.models import ToolRequest

pytestmark = pytest.mark.django_db

FOR_MY_CLASS = {"purpose": "Quizzes", "grades": ["3"], "under_13": "yes"}


@pytest.fixture
def ben() -> Client:
    client = Client()
    client.force_login(people.ben().user)
    return client


def test_a_teacher_asks_in_three_pages(ben: Client) -> None:
    name = catalog.elements()["student-name"]
    aspen = people.school()
    first = ben.post("/requests/new/", {"tool_name": "Math Garden"})
    draft = ToolRequest.objects.get()
    assert first.url == f"/requests/{draft.code}/edit/tool/"  # type: ignore[attr-defined]
    page = {"tool_name": "Math Garden", "website": "mathgarden.com", "bought_how": "free"}
    assert ben.post(f"/requests/{draft.code}/edit/tool/", page).status_code == 302
    page = {
        "purpose": "Fractions", "school_ids": [str(aspen.pk)], "grades": ["3"], "under_13": "yes",
    }  # fmt: skip
    assert ben.post(f"/requests/{draft.code}/edit/who/", page).status_code == 302
    page = {"takes_student_data": "yes", "element_ids": [str(name.pk)], "data_purpose": "Sign in"}
    done = ben.post(f"/requests/{draft.code}/edit/data/", page, follow=True)
    assert "Sent. We write to you when there is a question, and when it is decided." in done.text
    sent = ToolRequest.objects.get()
    assert (sent.state, sent.purpose, sent.under_13) == ("triage", "Fractions", True)
    assert [row.purpose for row in sent.schedule.all()] == ["Sign in"]


def test_sending_an_unfinished_draft_lists_every_reason_and_keeps_what_was_typed(
    ben: Client,
) -> None:
    ben.post("/requests/new/", {})
    draft = ToolRequest.objects.get()
    draft.requesters.get().schools.clear()
    page = ben.post(f"/requests/{draft.code}/edit/data/", {"data_purpose": "To sign in"})
    assert page.status_code == 422
    for reason in (
        "Name the tool or give its web address.",
        "Say what it will be used for.",
        "Choose the schools that would use it, or say that every school would.",
        "Choose the grades of the people who would use it.",
        "Say whether it takes any data about students.",
    ):
        assert reason in page.text
    assert "To sign in" in page.text
    assert ToolRequest.objects.get().state == "draft"


def test_who_goes_on_from_an_empty_page_reads_on_the_next_one_what_it_lacks(ben: Client) -> None:
    ben.post("/requests/new/", {})
    draft = ToolRequest.objects.get()
    draft.requesters.get().schools.clear()
    lead = "Still to say before it can be sent"
    first = f"/requests/{draft.code}/edit/tool/"
    assert lead not in ben.get(first).text
    nothing = {"tool_name": "", "website": ""}

    second = ben.post(first, nothing, follow=True).text
    assert lead in second
    lacks = f'<a href="{first}">Name the tool or give its web address.</a> (page “The tool”)'
    assert lacks in second
    assert f'<a class="chip" href="{first}">1. The tool: to complete</a>' in second
    assert "2. Who and why</span>" in second
    assert "3. The data: to complete</a>" in second

    third = ben.post(f"/requests/{draft.code}/edit/who/", {"purpose": ""}, follow=True).text
    assert [lacks in third, "Say what it will be used for.</a> (page “Who and why”)" in third] == [
        True,
        True,
    ]
    assert "2. Who and why: to complete</a>" in third
    filled = ben.post(first, {"tool_name": "Math Garden"}, follow=True).text
    assert lead not in filled
    assert "1. The tool</a>" in filled
    assert ToolRequest.objects.get().state == "draft"


def test_other_data_without_a_name_is_said_of_the_page_of_the_data() -> None:
    assert [rules.page_of(reason) for reason in (
        "Name the other data: the agreement prints what it is.",
        "Name the partner who would receive the data.",
        "Name the tool or give its web address.",
    )] == ["data", "tool", "tool"]  # fmt: skip


def test_a_wrong_number_is_said_and_the_rest_is_kept(ben: Client) -> None:
    draft = make.draft()
    page = {"purpose": "Reading in pairs", "student_count": "many", "grades": ["3"]}
    answer = ben.post(f"/requests/{draft.code}/edit/who/", page)
    assert answer.status_code == 422
    assert "About how many students?: Write a number, for example 120." in answer.text
    kept = ToolRequest.objects.get()
    assert (kept.purpose, kept.student_count) == ("Reading in pairs", 50)


def test_typing_saves_and_says_so(ben: Client) -> None:
    draft = make.draft()
    answer = ben.post(
        f"/requests/{draft.code}/edit/data/",
        {"takes_student_data": "no"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "Saved at" in answer.text
    assert "The short way: no data about students" in answer.text
    assert 'innerHTML:#path-usual">Nothing on this path was approved' in answer.text
    assert ToolRequest.objects.get().takes_student_data is False


def test_how_long_it_takes_is_not_asked_at_each_keystroke(ben: Client) -> None:
    draft = make.draft()
    page = f"/requests/{draft.code}/edit/tool/"
    assert 'id="path-usual">Nothing on this path' in ben.get(page).text
    typed = ben.post(page, {"tool_name": "Reading Ladder"}, headers={"HX-Request": "true"})
    assert "Saved at" in typed.text
    assert "path-usual" not in typed.text


def test_the_panel_says_at_once_what_is_decided_already(ben: Client) -> None:
    make.approved(tool_name="Map Nook", website="https://mapnook.com")
    draft = make.draft(tool_name="Map Nook", website="https://mapnook.com")
    page = ben.get(f"/requests/{draft.code}/edit/tool/")
    assert "There is an answer already" in page.text


def test_what_could_not_be_finished_is_neither_offered_nor_begun(ben: Client) -> None:
    page = ben.get("/requests/new/").text
    assert "data-sharing" not in page
    assert "Share data" not in page
    answer = ben.post("/requests/new/", {"form": "project"})
    assert answer.status_code == 422
    assert (
        "Asking for a data-sharing project is not part of this release yet (the data-sharing "
        "room). Let counsel prepare its agreement outside of Countersign." in answer.text
    )
    assert not ToolRequest.objects.exists()


def test_a_project_begun_before_is_written_by_the_same_form(ben: Client) -> None:
    draft = make.draft(form="project", tool_name="", website="", vendor_name="")
    page = {
        "project_partner": "The museum", "project_records": "Names of visitors",
        "project_from": "2027-01-04", "project_until": "2027-06-01",
    }  # fmt: skip
    ben.post(f"/requests/{draft.code}/edit/tool/", page)
    ben.post(
        f"/requests/{draft.code}/edit/who/",
        {"purpose": "A visit", "school_ids": [str(people.school().pk)]},
    )
    ben.post(f"/requests/{draft.code}/edit/data/", {"takes_student_data": "no"})
    sent = ToolRequest.objects.get()
    assert (sent.state, sent.title, sent.tool) == ("triage", "Data for The museum", None)


def test_sourcing_asks_for_a_colleague() -> None:
    client = Client()
    client.force_login(people.sol().user)
    ben = people.ben()
    client.post("/requests/new/", {"tool_name": "Math Garden", "behalf": str(ben.pk)})
    draft = ToolRequest.objects.get()
    asking = draft.requesters.order_by("how").values_list("how", "membership__user__name")
    assert list(asking) == [("behalf", "Ben Ortiz"), ("pressed", "Sol Reyes")]


def test_a_sent_request_is_no_longer_edited(ben: Client) -> None:
    request = make.in_triage()
    answer = ben.post(f"/requests/{request.code}/edit/who/", {"purpose": "Something else"})
    assert answer.status_code == 302
    assert ToolRequest.objects.get().purpose == "Practice reading at home"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (make.approved, "Approved"),
        (make.in_triage, "In review"),
    ],
)
def test_may_i_use_it_says_what_the_district_says(
    ben: Client, made: Callable[[], ToolRequest], words: str
) -> None:
    made()
    page = ben.get("/may-i-use/?q=reading ladder")
    assert words in page.text


def test_a_denied_tool_shows_the_reason_and_what_instead(ben: Client) -> None:
    commands.decline_request(
        make.in_triage(), reason="weak_security", alternatives="Word Well",
        by=actor_of(people.ada()),
    )  # fmt: skip
    page = ben.get("/may-i-use/?q=reading ladder")
    assert "Its security is not good enough." in page.text
    assert "Word Well" in page.text


def test_an_approval_past_its_end_is_not_shown_as_approved(ben: Client) -> None:
    request = make.approved()
    ToolRequest.objects.filter(pk=request.pk).update(
        approved_until=date(2026, 1, 1), approval_owner=people.ada()
    )
    page = ben.get("/may-i-use/?q=reading ladder")
    assert "Stop using for now" in page.text


def test_joining_from_the_card_leads_to_the_open_request() -> None:
    request = make.in_triage()
    nia = people.person("Nia Fox", people.Role.REQUESTER, school=people.school("birch"))
    client = Client()
    client.force_login(nia.user)
    assert request.tool is not None
    address = f"/may-i-use/{request.tool.code}/join/"
    assert f'href="{address}"' in client.get("/may-i-use/?q=reading ladder").text
    page = client.post(address, FOR_MY_CLASS, follow=True)
    assert "You now ask for Reading Ladder too" in page.text
    assert page.redirect_chain[-1][0] == f"/requests/{request.code}/"


def test_joining_what_nobody_asks_for_says_so(ben: Client) -> None:
    tool = make.tool()
    page = ben.post(f"/may-i-use/{tool.code}/join/", FOR_MY_CLASS, follow=True)
    assert "Nobody in Juniper School District asks for Reading Ladder any more." in page.text
    assert not ToolRequest.objects.exists()


def test_a_teacher_who_names_a_colleague_reads_who_may(ben: Client) -> None:
    page = ben.post("/requests/new/", {"form": "tool", "behalf": str(people.ada().pk)})
    assert page.status_code == 422
    assert "Only Strategic Sourcing asks for a colleague." in page.text
    assert not ToolRequest.objects.exists()


def test_the_usual_time_costs_the_same_for_one_approval_and_for_thirty() -> None:
    now = timezone.now() + timedelta(days=1)
    make.approved()
    here = people.district()
    with CaptureQueriesContext(connection) as one:
        assert queries.usual_time(here, "exempt", now).days == 1
    for number in range(29):
        # Names that nobody could take for one another.
        name = "".join(Random(number).choices(ascii_lowercase, k=12))  # noqa: S311
        make.approved(tool_name=name, website=f"https://{name}.com")
    with CaptureQueriesContext(connection) as thirty:
        assert queries.usual_time(here, "exempt", now).days == 1
    assert len(one) == len(thirty) == 2
