"""Who hears of a move, and how often."""

import pytest

from tests.factories import people
from tests.factories import requests as make
from vetting.people.queries import actor_of
from vetting.requests import commands
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
