"""Who has a piece of work, on the pages of the rooms and in the inbox."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import agreements, catalog, people, requests
from vetting.people import commands as people_commands
from vetting.people.models import Membership
from vetting.people.queries import actor_of, today_in
from vetting.requests.models import ToolRequest
from vetting.screening.commands import load_questionnaires
from workflows.actors import Role
from workflows.desk import commands as desk
from workflows.desk.models import Task
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
NODE = "answer_questions"


def as_(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def url(case: ToolRequest, node: str = NODE) -> str:
    return f"/requests/{case.code}/work/{node}/"


def press(person: Membership, case: ToolRequest, act: str, **typed: str) -> Any:
    return as_(person).post(url(case), {"act": act, **typed})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def holder(case: ToolRequest) -> str:
    return Task.objects.get(process__case=case.pk, finished=None, flow_task_type="HUMAN").owner_ref


def rows(case: ToolRequest) -> list[str]:
    names = Entry.objects.filter(case_id=case.pk, name__startswith="work_").order_by("seq")
    return list(names.values_list("name", flat=True))


def shown(person: Membership, address: str) -> str:
    answer = as_(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_somebody_takes_it_and_everybody_of_the_role_reads_so() -> None:
    load_questionnaires()
    case, pat, ada = requests.in_screening(), people.pat(), people.ada()
    pages = (f"/requests/{case.code}/", f"/requests/{case.code}/screening/")
    assert all("Nobody has it yet" in shown(pat, page) for page in pages)
    assert "Nobody yet" in shown(pat, "/")

    answer = press(pat, case, "take", back=pages[1])
    assert (answer.status_code, answer["Location"]) == (302, pages[1])
    assert said(answer) == ["You have it. Others now read your name there."]
    assert (holder(case), rows(case)) == (pat.ref, ["work_taken"])
    assert all("You have it" in shown(pat, page) for page in pages)
    assert all("Pat Quill has it" in shown(ada, page) for page in pages)
    assert "Pat Quill took on “Answer the screening questions”" in [
        line.sentence for line in history_of(case)
    ]


def test_who_comes_second_reads_who_has_it_and_since_when() -> None:
    case = requests.in_screening()
    press(people.pat(), case, "take")
    answer = press(people.ada(), case, "take")
    assert answer["Location"] == case.get_absolute_url()
    (sentence,) = said(answer)
    assert sentence.startswith("Pat Quill has this since ")
    assert (holder(case), rows(case)) == (people.pat().ref, ["work_taken"])


def test_it_is_put_back_and_taken_back() -> None:
    case, pat, ada = requests.in_screening(), people.pat(), people.ada()
    press(pat, case, "take")
    press(pat, case, "put_back")
    assert holder(case) == ""
    press(pat, case, "take")
    assert said(press(ada, case, "take_back", seen=people.cora().ref))[0].startswith("Pat Quill")
    press(ada, case, "take_back", seen=pat.ref)
    assert holder(case) == ""
    assert rows(case) == ["work_taken", "work_put_back", "work_taken", "work_taken_back"]


def test_a_lead_gives_it_to_somebody_who_is_told() -> None:
    case, pat, ada = requests.in_screening(), people.pat(), people.ada()
    assert f'<option value="{pat.code}">Pat Quill</option>' in shown(ada, case.get_absolute_url())
    assert said(press(ada, case, "give", to=pat.code)) == ["Pat Quill has it now."]
    assert holder(case) == pat.ref
    (mail,) = Message.objects.filter(topic="work_given")
    assert (mail.to, mail.subject) == (
        pat.user.email,
        "Ada Park gave you: Answer the screening questions: Reading Ladder",
    )
    assert f"/requests/{case.code}/" in mail.body
    press(ada, case, "give", to=pat.code)
    assert (rows(case), Message.objects.filter(topic="work_given").count()) == (["work_given"], 1)


def test_only_those_who_could_do_it_today_are_offered() -> None:
    case, pat, ivy = requests.in_screening(), people.pat(), people.ivy()
    today = today_in(pat.district)
    people_commands.set_away(
        membership=pat,
        away_from=today,
        away_until=today + timedelta(days=3),
        delegate=ivy,
        by=actor_of(people.max()),
    )
    page = shown(people.ada(), case.get_absolute_url())
    assert f'<option value="{ivy.code}">Ivy Chen</option>' in page
    assert f'<option value="{pat.code}">Pat Quill (away until ' in page
    assert people.cora().code not in page
    press(people.ada(), case, "give", to=ivy.code)
    assert holder(case) == ivy.ref


@pytest.mark.parametrize("who", [people.cora, people.sol, people.max, people.eve])
def test_it_is_not_given_to_somebody_who_may_not_do_it(who: Callable[[], Membership]) -> None:
    case = requests.in_screening()
    answer = press(people.ada(), case, "give", to=who().code)
    assert said(answer)[0] in (
        "“Answer the screening questions: Reading Ladder” is for: Privacy team.",
        "Choose who gets it.",
    )
    assert (holder(case), rows(case)) == ("", [])


def test_who_holds_nothing_and_leads_nobody_gives_nothing() -> None:
    case, ada = requests.in_screening(), people.ada()
    assert "Give it to" not in shown(people.pat(), case.get_absolute_url())
    (sentence,) = said(press(people.pat(), case, "give", to=ada.code))
    assert sentence == "Nobody has this yet: take it, then give it."
    assert (holder(case), rows(case)) == ("", [])


@pytest.mark.parametrize("act", ["take", "put_back", "take_back", "give"])
def test_others_of_the_district_may_not(act: str) -> None:
    case = requests.in_screening()
    (sentence,) = said(press(people.sol(), case, act, to=people.sol().code))
    assert sentence.endswith("is for: Privacy team.")
    assert (holder(case), rows(case)) == ("", [])
    assert "Take this" not in shown(people.sol(), case.get_absolute_url())


def test_another_district_and_a_hidden_case_are_the_same_as_nothing() -> None:
    case = requests.in_screening()
    other = people.person("Tom Ash", Role.REQUESTER)
    for person in (people.eve(), other):
        assert press(person, case, "take").status_code == 404
    assert as_(people.ada()).post("/requests/nothing/work/x/", {"act": "take"}).status_code == 404
    assert press(people.ada(), case, "burn").status_code == 404
    assert Client().post(url(case), {"act": "take"}).status_code == 401
    assert as_(people.ada()).get(url(case)).status_code == 405
    assert (holder(case), rows(case)) == ("", [])


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_it_leads_back_to_our_own_pages_only(back: str) -> None:
    case = requests.in_screening()
    assert press(people.pat(), case, "take", back=back)["Location"] == case.get_absolute_url()


def test_counsel_takes_an_opinion_of_an_agreement() -> None:
    agreement, cora = agreements.in_review(), people.cora()
    review = f"/agreements/{agreement.code}/review/"
    assert "Nobody has it yet" in shown(cora, review)
    answer = as_(cora).post(agreement.work_url("legal_opinion"), {"act": "take", "back": review})
    assert answer["Location"] == review
    assert "You have it" in shown(cora, review)
    assert "You have it" in shown(cora, agreement.get_absolute_url())
    assert "You have it" not in shown(people.pat(), review)
    eve = as_(people.eve()).post(agreement.work_url("legal_opinion"), {"act": "take"})
    assert eve.status_code == 404


@pytest.mark.parametrize("who", [people.ada, people.pat])
def test_home_costs_the_same_for_one_row_and_for_three(who: Callable[[], Membership]) -> None:
    client, seen = as_(who()), []
    for name in ("One", "Two", "Three"):
        site = f"https://{name.lower()}.example"
        catalog.tool(name, of=catalog.vendor("Ladder Labs"), website=site)
        case = requests.in_screening(tool_name=name, website=site)
        desk.claim(case.case, NODE, by=actor_of(people.pat()))
        client.get("/")
        with CaptureQueriesContext(connection) as run:
            assert client.get("/").status_code == 200
        seen.append(sum("django_session" not in query["sql"] for query in run.captured_queries))
    assert seen[0] == seen[2]
