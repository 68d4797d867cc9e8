"""Two drafts for one tool, sent at the same instant, end as one open request."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import people
from tests.factories import requests as make
from vetting.catalog.models import Tool
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.ledger.models import Entry
from workflows.lifecycles.request import OPEN
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 30


def test_two_drafts_for_one_tool_end_as_one_open_request() -> None:
    people.sol()
    for number in range(ROUNDS):
        drafts = [_draft(number, name) for name in ("Ben Ortiz", "Nia Fox")]
        barrier = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(_send, *pair, barrier) for pair in drafts]
        assert sorted(one.result() for one in sent) == [False, True]
        _assert_one_effect(number)


def _draft(number: int, name: str) -> tuple[ToolRequest, Actor]:
    person = people.person(name, Role.REQUESTER, school=people.school())
    draft = make.draft(by=person, tool_name=f"Race {number}", website=f"https://race{number}.com")
    return draft, actor_of(person)


def _send(draft: ToolRequest, by: Actor, barrier: Barrier) -> bool:
    try:
        barrier.wait()
        return commands.submit_request(draft, by=by).joined
    finally:
        connection.close()


def _assert_one_effect(number: int) -> None:
    rows = ToolRequest.objects.filter(tool_name=f"Race {number}")
    assert rows.filter(state__in=OPEN).count() == 1
    assert Tool.objects.filter(domain=f"race{number}.com").count() == 1
    names = Entry.objects.filter(case__in=rows.values("pk")).values_list("name", flat=True)
    assert sorted(names) == ["join", "opened", "opened", "requester_joined", "submit"]
    mails = Message.objects.filter(case__in=rows.values("pk"), channel=Message.MAIL)
    topics = ["request_received", "request_to_triage"]
    assert sorted(mails.values_list("topic", flat=True)) == topics
    running = Deadline.objects.filter(case__in=rows.values("pk"))
    assert sorted(running.values_list("kind", flat=True)) == ["privacy_review", "triage"]
