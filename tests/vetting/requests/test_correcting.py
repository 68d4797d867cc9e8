"""What was first said of the data may be wrong: it is corrected, told, and never passed over."""

import pytest
from django.test import Client

from tests.factories import people, screening
from tests.factories import requests as make
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from vetting.screening import commands as screenings
from vetting.screening import queries as sheets
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
NAMES_NONE = (
    "Its class says that it takes data, and the request names none about students: correct the "
    "data asked for, or the class."
)


def without_data() -> ToolRequest:
    """ben said that it takes no data about students, and sent it."""
    return make.in_triage(takes_student_data=False)


def routed_in_the_old_way() -> ToolRequest:
    """In screening with no data named, as it could come before the path asked for it."""
    request = make.in_screening()
    request.schedule.all().delete()
    ToolRequest.objects.filter(pk=request.pk).update(takes_student_data=False)
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)


def named(request: ToolRequest) -> list[str]:
    return [row.element.slug for row in request.schedule.select_related("element")]


def test_whoever_answers_corrects_the_data_on_the_same_page() -> None:
    request, ben, client = without_data(), people.ben(), Client()
    commands.ask_question(request, text="Does it store names?", by=actor_of(people.sol()))
    name, work = make.element(), make.element("student-work")
    client.force_login(ben.user)
    page = client.get(f"/requests/{request.code}/answer/").text
    assert page.count('name="element_ids"') > 5
    typed = {
        "answer": "student names and essays",
        "takes_student_data": "yes",
        "element_ids": [name.pk, work.pk],
        "data_purpose": "To mark essays",
    }

    assert client.post(f"/requests/{request.code}/answer/", typed).status_code == 302

    kept = ToolRequest.objects.get(pk=request.pk)
    assert (kept.state, kept.takes_student_data, kept.relationship) == ("triage", True, "contract")
    assert [(row.element.slug, row.purpose) for row in kept.schedule.all()] == [
        ("student-name", "To mark essays"),
        ("student-work", "To mark essays"),
    ]
    rows = Entry.objects.filter(case_id=kept.pk).order_by("-seq")[:2]
    assert [row.name for row in rows] == ["answer", "data_corrected"]
    assert "corrected the data asked for" in client.get(f"/requests/{kept.code}/").text


def test_an_answer_that_contradicts_the_ticks_is_refused_and_kept() -> None:
    request, client = without_data(), Client()
    commands.ask_question(request, text="Does it store names?", by=actor_of(people.sol()))
    client.force_login(people.ben().user)
    typed = {"answer": "student names", "takes_student_data": "yes"}
    before = Entry.objects.count()

    page = client.post(f"/requests/{request.code}/answer/", typed)

    assert page.status_code == 422
    assert "Choose the data about students that it takes, or say that it takes none." in page.text
    assert "student names</textarea>" in page.text
    assert Entry.objects.count() == before
    assert ToolRequest.objects.get(pk=request.pk).takes_student_data is False


def test_an_answer_that_changes_no_data_writes_no_correction() -> None:
    request, client = make.in_triage(), Client()
    commands.ask_question(request, text="For which class?", by=actor_of(people.sol()))
    client.force_login(people.ben().user)
    (row,) = request.schedule.all()
    typed = {
        "answer": "Mine",
        "takes_student_data": "yes",
        "element_ids": [row.element_id],
        "data_purpose": row.purpose,
    }
    assert client.post(f"/requests/{request.code}/answer/", typed).status_code == 302
    assert not Entry.objects.filter(case_id=request.pk, name="data_corrected").exists()


@pytest.mark.parametrize("who", ["sol", "pat"])
def test_whoever_chooses_the_path_corrects_the_data_and_the_requester_is_told(who: str) -> None:
    request, name, client = without_data(), make.element(), Client()
    by = getattr(people, who)()
    client.force_login(by.user)
    assert (
        f'href="/requests/{request.code}/data/"'
        in client.get(f"/requests/{request.code}/triage/").text
    )
    typed = {"takes_student_data": "yes", "element_ids": [name.pk]}

    assert client.post(f"/requests/{request.code}/data/", typed).status_code == 302

    kept = ToolRequest.objects.get(pk=request.pk)
    assert (named(kept), kept.relationship) == (["student-name"], "contract")
    mail = Message.objects.get(topic="data_corrected")
    assert mail.to == "ben@juniper.example"
    assert "It said: no data about students." in mail.body
    assert "It says now: Student name (first and last)." in mail.body


def test_nobody_else_corrects_it_and_nobody_after_the_screening() -> None:
    request, name = make.in_screening(), make.element("student-work")
    data = commands.AskedData(True, {name.pk: ""})
    for person in (people.ben(), people.sol(), people.cora(), people.eve()):
        with pytest.raises(Refused, match="corrected by whoever has the request now"):
            commands.correct_data(request, data=data, by=actor_of(person))
    screening.concluded(request)
    with pytest.raises(Refused, match="corrected by whoever has the request now"):
        commands.correct_data(request, data=data, by=actor_of(people.pat()))
    assert named(request) == ["student-name"]


def test_no_path_for_data_is_open_while_the_request_names_none() -> None:
    request, sol = without_data(), actor_of(people.sol())
    commands.classify(request, facts={"student_data": True}, by=sol)
    with pytest.raises(Refused) as refused:
        commands.route(request, path="contract", by=sol)
    assert refused.value.reasons == [NAMES_NONE]
    data = commands.AskedData(True, {make.element().pk: "To sign in"})
    commands.correct_data(request, data=data, by=sol)
    assert commands.route(request, path="contract", by=sol).state == "screening"


def test_a_screening_of_no_data_is_not_concluded_and_its_score_follows_the_correction() -> None:
    request, pat = routed_in_the_old_way(), actor_of(people.pat())
    screening.ready(request)
    with pytest.raises(Refused) as refused:
        screenings.conclude_screening(request, by=pat)
    assert refused.value.reasons == [
        "The request names no data at all: correct the data asked for, or the class."
    ]
    before = sheets.sheet_of(screening.screening_of(request)).score.inherent
    data = commands.AskedData(True, {make.element().pk: "To sign in"})
    corrected = commands.correct_data(request, data=data, by=pat)
    fresh = screening.screening_of(ToolRequest.objects.get(pk=corrected.pk))
    assert sheets.sheet_of(fresh).score.inherent > before
