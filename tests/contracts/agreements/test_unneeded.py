"""A draft whose request has ended: its owner is asked once, and its page says so."""

import pytest
from django.test import Client

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement, ServedRequest
from tests.factories import agreements, people, requests
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests import commands as asking
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
NOTICE = "No open request needs this agreement"


def decline(request: ToolRequest) -> None:
    people.ada()
    asking.decline_request(
        request,
        reason="vendor_will_not_sign",
        words="",
        alternatives="",
        by=actor_of(people.pat()),
    )
    drain()


def told() -> list[str]:
    rows = Message.objects.filter(channel=Message.MAIL, topic="request_gone").order_by("to")
    return list(rows.values_list("to", flat=True))


def page(agreement: Agreement, who: Membership) -> str:
    client = Client()
    client.force_login(who.user)
    return client.get(f"/agreements/{agreement.code}/").text


def test_when_its_request_is_declined_the_privacy_team_is_asked_what_becomes_of_it() -> None:
    request, agreement = agreements.drafted()
    decline(request)

    assert told() == ["ada@juniper.example", "pat@juniper.example"]
    mail = Message.objects.get(topic="request_gone", to="pat@juniper.example")
    assert mail.subject == "No request needs it any more: Reading Ladder by Ladder Labs"
    assert "The request for Reading Ladder has ended: Not approved." in mail.body
    assert f"/agreements/{agreement.code}/" in mail.body
    assert agreements.fresh(agreement).state == "drafting"
    assert Entry.objects.filter(case_id=agreement.pk, name="request_gone").count() == 1


def test_its_owner_alone_is_asked_where_there_is_one() -> None:
    request, agreement = agreements.drafted()
    cora = people.cora()

    def named(row: Agreement) -> None:
        row.owner = cora

    engine.record(agreement, "owner_named", by=actor_of(people.ada()), change=named)
    asking.withdraw_request(request, by=actor_of(people.ben()), note="")
    drain()
    assert told() == ["cora@juniper.example"]


def test_another_open_request_keeps_it_quiet() -> None:
    request, agreement = agreements.drafted()
    other = ToolRequest.objects.get(
        pk=engine.open_case(
            ToolRequest,
            tenant=request.case.tenant,
            by=actor_of(people.ben()),
            district=request.district,
            tool=request.tool,
        ).pk
    )
    ServedRequest.objects.create(agreement=agreement, request=other)
    decline(request)
    assert told() == []
    assert NOTICE not in page(agreement, people.pat())


def test_saying_it_twice_writes_one_mail_and_one_row() -> None:
    request, agreement = agreements.drafted()
    decline(request)
    ended = ToolRequest.objects.select_related("case").get(pk=request.pk)

    again = commands.offer_to_give_up(agreement, request=ended, by=system("agreements"))

    assert again is False
    assert len(told()) == 2
    assert Entry.objects.filter(case_id=agreement.pk, name="request_gone").count() == 1


def test_what_was_given_up_in_between_is_asked_no_more() -> None:
    request, agreement = agreements.drafted()
    pat = actor_of(people.pat())
    asking.withdraw_request(request, by=actor_of(people.ben()), note="")
    commands.abandon(agreement, by=pat, note="Withdrawn.")
    drain()
    assert told() == []


def test_the_page_says_so_and_offers_to_give_it_up_first() -> None:
    request, agreement = agreements.drafted()
    assert NOTICE not in page(agreement, people.pat())
    decline(request)

    text = page(agreement, people.pat())
    assert NOTICE in text
    assert "The request for Reading Ladder has ended: Not approved." in text
    give_up = text.index(f"/agreements/{agreement.code}/abandon/")
    assert give_up < text.index(f"/agreements/{agreement.code}/exhibits/")
    assert "noted that no open request needs it any more" in text


def test_the_list_can_be_narrowed_to_those_that_serve_no_open_request() -> None:
    request, agreement = agreements.drafted()
    client = Client()
    client.force_login(people.cora().user)
    named = ">Reading Ladder by Ladder Labs</a>"
    assert named in client.get("/agreements/").text
    assert named not in client.get("/agreements/?unserving=1").text
    decline(request)
    assert named in client.get("/agreements/?unserving=1").text
    commands.abandon(agreement, by=actor_of(people.pat()), note="Declined.")
    assert named not in client.get("/agreements/?view=all&unserving=1").text


def meant_another(request: ToolRequest) -> None:
    """Sent back, and it turns out to be another tool: a second draft is written for that one."""
    sol = actor_of(people.sol())
    other = requests.tool("Math Ladder", "https://mathladder.com")
    asking.reroute_request(request, note="It is the other one.", by=actor_of(people.pat()))
    asking.settle_match(request, tool=other, by=sol)
    asking.classify(request, facts={"student_data": True}, by=sol)
    asking.route(request, path="contract", by=sol)
    drain()


def test_when_its_request_turns_out_to_mean_another_tool_the_owner_is_told_once() -> None:
    request, first = agreements.drafted()
    people.ada()
    meant_another(request)

    assert told() == ["ada@juniper.example", "pat@juniper.example"]
    mail = Message.objects.get(topic="request_gone", to="pat@juniper.example")
    assert mail.subject == "No request needs it any more: Reading Ladder by Ladder Labs"
    assert "The request that it was being prepared for now asks for Math Ladder." in mail.body
    text = page(first, people.pat())
    assert NOTICE in text
    assert "now asks for Math Ladder." in text
    second = queries.agreement_of(request)
    assert second is not None
    assert NOTICE not in page(second, people.pat())

    # The end of the request says nothing new of the first draft, and something of the second.
    decline(request)
    gone = Entry.objects.filter(name="request_gone").order_by("seq")
    assert sorted(row.case_id for row in gone) == sorted([first.pk, second.pk])


def test_sent_back_and_on_the_same_path_for_the_same_tool_nobody_is_told() -> None:
    request, first = agreements.drafted()
    sol = actor_of(people.sol())
    asking.reroute_request(request, note="Look again.", by=actor_of(people.pat()))
    asking.classify(request, facts={"student_data": True}, by=sol)
    asking.route(request, path="contract", by=sol)
    drain()
    assert told() == []
    assert NOTICE not in page(first, people.pat())
