"""After the decision its page shows the decision; and who looks at an approval again, and when."""

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.factories import people
from tests.factories import requests as make
from vetting.people.models import Membership
from vetting.people.queries import actor_of, today_in
from vetting.requests import commands, rules
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
TYPED = {"kind": "full", "purpose": "Practice reading", "license": "free"}
FORM = 'name="purpose"'


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def another_lead() -> Membership:
    return people.person("Kim Lowe", Role.PRIVACY_LEAD)


def in_days(number: int) -> date:
    return today_in(people.district()) + timedelta(days=number)


def approved_until(until: date, **fields: object) -> ToolRequest:
    terms = make.approval(until=until, owner=people.ivy().pk, **fields)
    return commands.decide_approve(make.deciding(), approval=terms, by=actor_of(people.ada()))


def test_before_the_decision_the_page_is_the_form() -> None:
    case = make.deciding()
    assert FORM in signed_in(people.ada()).get(f"/requests/{case.code}/decide/").text


def test_afterwards_it_says_who_decided_when_and_on_which_conditions() -> None:
    terms = make.approval(conditions=["Staff accounts only."])
    case = commands.decide_approve(make.deciding(), approval=terms, by=actor_of(people.ada()))
    answer = signed_in(people.ada()).get(f"/requests/{case.code}/decide/")
    assert answer.status_code == 200
    assert "<h1>Decided</h1>" in answer.text
    assert "<strong>Ada Park approved it.</strong>" in answer.text
    assert rules.in_words(in_days(0)) in answer.text
    assert "<li>Staff accounts only.</li>" in answer.text
    assert FORM not in answer.text


def test_a_refusal_stands_there_with_its_reason() -> None:
    case = commands.decline_request(
        make.deciding(), reason="sells_data", alternatives="Math Garden", by=actor_of(people.ada())
    )
    for page in ("decide", "decline"):
        text = signed_in(people.ada()).get(f"/requests/{case.code}/{page}/").text
        assert "<strong>Ada Park did not approve it.</strong>" in text
        assert "It sells data or uses it for advertising." in text
        assert "Math Garden" in text
        assert "<form class" not in text.partition("<main")[2].partition("</main")[0]


def test_who_presses_second_reads_who_was_first_and_nothing_is_written() -> None:
    case = make.approved()
    before = Entry.objects.count()
    answer = signed_in(another_lead()).post(f"/requests/{case.code}/decide/", TYPED)
    assert answer.status_code == 409
    assert "Ada Park was first: since " in answer.text
    assert "this is “Approved”. Nothing of yours was changed." in answer.text
    assert FORM not in answer.text
    assert Entry.objects.count() == before


def test_where_nothing_is_to_be_decided_yet_the_page_says_where_the_request_is() -> None:
    case = make.in_triage()
    text = signed_in(people.ada()).get(f"/requests/{case.code}/decide/").text
    assert "The request is at the step “Checking the path”" in text
    assert FORM not in text


def test_a_full_approval_with_an_end_names_who_looks_after_it() -> None:
    case, terms = make.deciding(), make.approval(until=in_days(200))
    with pytest.raises(Refused) as refused:
        commands.decide_approve(case, approval=terms, by=actor_of(people.ada()))
    assert refused.value.reasons == ["Name the person who looks after it until it ends."]
    assert ToolRequest.objects.get(pk=case.pk).state == "deciding"


def test_page_and_mail_say_who_looks_at_it_again_and_when() -> None:
    case = approved_until(in_days(200))
    words = (
        f"Ivy Chen looks at it again before it ends on {rules.in_words(in_days(200))}; "
        "if nobody decides by then, it stops by itself."
    )
    assert words in signed_in(people.ben()).get(case.get_absolute_url()).text
    assert words in Message.objects.get(topic="request_approved").body


def test_without_an_end_it_is_the_privacy_team_at_the_yearly_review() -> None:
    case = make.approved()
    assert case.review_on is not None
    words = f"The privacy team looks at it again by {rules.in_words(case.review_on)}."
    assert words in signed_in(people.ben()).get(case.get_absolute_url()).text
    assert words in Message.objects.get(topic="request_approved").body


def test_when_its_owner_has_left_the_privacy_team_looks_after_it() -> None:
    case = approved_until(in_days(200))
    Membership.objects.filter(pk=people.ivy().pk).update(active=False)
    text = signed_in(people.ben()).get(case.get_absolute_url()).text
    assert "The privacy team looks at it again before it ends on" in text


def test_who_reinstates_with_an_end_looks_after_it_where_nobody_was_named() -> None:
    ada = actor_of(people.ada())
    case = commands.suspend_tool(make.approved(), reason="The vendor was sold.", by=ada)
    again = commands.reinstate_tool(case, note="Settled.", until=in_days(30), by=ada)
    assert again.approval_owner_id == people.ada().pk
    assert "Ada Park looks at it again before" in Message.objects.get(topic="tool_reinstated").body
