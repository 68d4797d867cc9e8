"""Two drafts for one tool, sent at the same instant, end as one open request."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import people
from tests.factories import requests as make
from tests.races import race
from vetting.catalog.models import Tool
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.engine import Refused
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


def test_two_requests_settled_on_one_tool_at_once_end_as_one_open_request() -> None:
    sol = actor_of(people.sol())
    for number in range(ROUNDS):
        known = make.tool(f"Known {number}", f"https://known{number}.com")
        pair = _pair_in_triage(number)

        def settle(one: ToolRequest, known: Tool = known) -> int:
            return commands.settle_match(one, tool=known, by=sol).pk

        kept = race(lambda a=pair[0], s=settle: s(a), lambda b=pair[1], s=settle: s(b))
        assert kept[0] == kept[1] in {one.pk for one in pair}
        _assert_one_stays(pair, settled=2)
        assert {ToolRequest.objects.get(pk=one.pk).tool for one in pair} == {known}


def test_two_requests_settled_on_each_others_tool_at_once_end_as_one_open_request() -> None:
    sol = actor_of(people.sol())
    for number in range(ROUNDS):
        one, other = _pair_in_triage(number)

        def settle(this: ToolRequest, like: ToolRequest) -> ToolRequest:
            assert like.tool is not None
            return commands.settle_match(this, tool=like.tool, by=sol)

        kept = race(
            lambda a=one, b=other, s=settle: s(a, b), lambda a=one, b=other, s=settle: s(b, a)
        )
        late = [outcome.reasons for outcome in kept if isinstance(outcome, Refused)]
        # The first to settle takes the last request from its own tool, which is then forgotten.
        names = [row.tool.name for row in (one, other) if row.tool]
        gone = [[f"{name} is no longer in the catalog: reload the page."] for name in names]
        assert len(late) == 1
        assert late[0] in gone
        _assert_one_stays((one, other), settled=1)


def _pair_in_triage(number: int) -> tuple[ToolRequest, ToolRequest]:
    """Two open requests of two people, each for a tool of its own that nobody has settled yet."""
    sent = []
    for name, what in (("Ben Ortiz", "Plum"), ("Nia Fox", "Pear")):
        person = people.person(name, Role.REQUESTER, school=people.school())
        site = f"https://{what}{number}.com".lower()
        sent.append(make.submit(make.draft(by=person, tool_name=f"{what} {number}", website=site)))
    ToolRequest.objects.filter(pk__in=[one.pk for one in sent]).update(matches_settled=False)
    return sent[0], sent[1]


def _assert_one_stays(pair: tuple[ToolRequest, ToolRequest], *, settled: int) -> None:
    rows = ToolRequest.objects.filter(pk__in=[one.pk for one in pair])
    assert sorted(rows.values_list("state", flat=True)) == ["triage", "withdrawn"]
    assert rows.get(state__in=OPEN).requesters.filter(left_at=None).count() == 2
    names = Entry.objects.filter(case__in=rows.values("pk")).values_list("name", flat=True)
    assert sorted(names) == sorted(
        [*["opened", "submit"] * 2, *["match_settled"] * settled, "requester_joined", "withdraw"]
    )
