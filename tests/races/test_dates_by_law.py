"""Two people correct one event in the same instant: the later one is a correction of the first's,
and the dates are those of whichever stands."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import people
from tests.factories import requests as make
from tests.races.copying import copies_of
from tests.races.harness import Race
from tests.races.test_requests import own_tool
from vetting.catalog.models import Tool
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.telling import record_breach_facts
from vetting.requests.models import ToolRequest

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


def dated(times: int) -> Sequence[ToolRequest]:
    """Requests with a breach whose determination is recorded."""
    request, ada = make.deciding(), actor_of(people.ada())
    assert request.tool is not None
    told = {"breach": True, "data": ["student_id"], "residents_by_state": {"CO": 700}}
    record_breach_facts(request, facts=told, by=ada, note="A call")
    recorded(people.ada(), 4, "")(request)
    return copies_of([request, request.tool], times, {Tool: own_tool}).of(request)


def recorded(who: Membership, days: int, why: str) -> Callable[[ToolRequest], Any]:
    by, at = actor_of(who), NOW - timedelta(days=days)
    return lambda request: record_anchor(
        request, event="district_determined", at=at, source="The log", by=by, reason=why
    )


def test_two_corrections_of_one_event() -> None:
    Race(
        "two corrections of one event",
        dated,
        {
            "Ada": recorded(people.ada(), 2, "A slip."),
            "Pat": recorded(people.pat(), 3, "The other log."),
        },
        once=("Deadline co.24_73 .*", "Deadline co.24_73.ag .*"),
        in_tests=20,
    ).run()
