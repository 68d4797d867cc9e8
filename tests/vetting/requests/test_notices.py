"""Who hears of a move, and how often."""

import pytest

from contracts.agreements.commands import give_verdict
from tests.factories import agreements, people, plainly, screening
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def told(topic: str) -> list[str]:
    rows = Message.objects.filter(channel=Message.MAIL, topic=topic).order_by("to")
    return list(rows.values_list("to", flat=True))


def test_who_asks_and_leads_the_school_hears_of_a_suspension_once() -> None:
    request = make.approved(by=people.lee())
    commands.suspend_tool(request, reason="A breach.", by=actor_of(people.pat()))
    assert told("tool_suspended") == ["lee@juniper.example"]


def test_the_school_leader_hears_of_it_beside_those_who_asked() -> None:
    people.lee()
    request = make.approved(by=people.ben())
    commands.suspend_tool(request, reason="A breach.", by=actor_of(people.pat()))
    assert told("tool_suspended") == ["ben@juniper.example", "lee@juniper.example"]


def test_the_privacy_team_hears_of_a_request_that_it_is_to_screen_once() -> None:
    people.pat()
    make.in_screening()
    assert told("request_to_screen") == ["pat@juniper.example"]


def test_the_privacy_team_hears_when_the_agreement_is_to_be_prepared() -> None:
    request, _ = agreements.drafted()
    screening.concluded(request)
    assert told("agreement_to_prepare") == ["pat@juniper.example"]


def test_an_agreement_that_the_vendor_has_already_is_not_to_be_prepared() -> None:
    agreement = plainly.with_vendor()
    screening.concluded(ToolRequest.objects.get(served_by__agreement=agreement))
    assert told("agreement_to_prepare") == []


def test_counsel_hears_that_it_may_be_sent_once_both_have_approved() -> None:
    agreement = plainly.in_review()
    cora, pat = people.cora(), people.pat()
    for person, role in ((cora, Role.LEGAL), (pat, Role.PRIVACY)):
        assert told("ready_to_send") == []
        assert agreement.current is not None
        give_verdict(
            agreement, by=actor_of(person), reviewer=person, role=role, verdict="approved",
            sha256=agreement.current.sha256,
        )  # fmt: skip
    assert told("ready_to_send") == [cora.user.email]
    page = signed_in(cora).get(agreement.get_absolute_url()).text
    assert "Send to the vendor" in page
