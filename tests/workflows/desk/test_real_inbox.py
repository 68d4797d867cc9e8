"""The inbox over the real rooms: who sees what, and that rows cost no queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import agreements, catalog, people, requests
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows.desk import queries
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db


def waiting(person: Membership) -> list[tuple[str, str]]:
    return [(work.machine, work.node or work.state) for work in queries.inbox(actor_of(person))]


def test_each_step_waits_for_its_role() -> None:
    request, _ = agreements.drafted()
    assert ("request", "answer_questions") in waiting(people.pat())
    assert ("agreement", "Preparing the DPA") in waiting(people.pat())
    assert waiting(people.cora()) == []
    assert waiting(people.ben()) == []
    triaged = requests.submit(
        requests.draft(tool_name="Number Nest", website="https://nest.example")
    )
    assert waiting(people.sol()) == [("request", "Checking the path")]
    assert {work.case for work in queries.inbox(actor_of(people.sol()))} == {triaged.code}
    assert all(work.url for work in queries.inbox(actor_of(people.pat())))
    assert ToolRequest.objects.count() == 2
    assert request.code in {work.case for work in queries.inbox(actor_of(people.pat()))}


def test_a_draft_is_seen_by_who_writes_it_only() -> None:
    requests.draft()
    assert waiting(people.ben()) == [("request", "Draft")]
    assert waiting(people.sol()) == []


@pytest.mark.parametrize("name", ["ada", "sol", "ben"])
def test_ten_rows_take_as_many_queries_as_two(name: str) -> None:
    person = getattr(people, name)()
    seen = []
    for rows in (2, 8):
        for number in range(rows):
            tool = f"Tool {rows} {number}"
            site = f"https://tool{rows}{number}.example"
            catalog.tool(tool, of=catalog.vendor("Ladder Labs"), website=site)
            requests.in_screening(tool_name=tool, website=site)
            requests.draft(tool_name=f"Draft {rows} {number}")
        drain()
        actor = actor_of(person)
        with CaptureQueriesContext(connection) as run:
            queries.inbox(actor)
        seen.append(len(run))
    assert seen[0] == seen[1]
