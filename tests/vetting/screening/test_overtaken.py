"""What the night finds of screenings: open work whose answers are on record already."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import catalog, people, requests, screening
from vetting.people.queries import actor_of
from vetting.requests.commands import route
from vetting.requests.models import ToolRequest
from vetting.screening import commands
from vetting.screening.models import Answer
from workflows.desk.astray import overtaken
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db


def in_screening(name: str) -> ToolRequest:
    site = f"https://{name}.example"
    catalog.tool(name, of=catalog.vendor("Ladder Labs"), website=site)
    asked = requests.submit(requests.draft(tool_name=name, website=site))
    routed = route(asked, path="contract", by=actor_of(people.sol()))
    drain()
    return routed


def answer_around_us(request: ToolRequest, *, but: int = 0) -> None:
    """Answers of which the desk has not heard; `but`: how many questions stay open."""
    opened = request.screenings.get()
    names = screening.question_ids(request)
    Answer.objects.bulk_create(
        Answer(
            screening=opened, question=name, value="yes", evidence="Terms, section 3",
            answered_by="membership:1", answered_at=timezone.now(),
        )
        for name in names[: len(names) - but]
    )  # fmt: skip


def found() -> tuple[set[int], int]:
    with CaptureQueriesContext(connection) as asked:
        rows = {subject.pk for subject, _ in overtaken(ToolRequest)}
    return rows, len(asked)


def test_three_cases_cost_what_one_costs() -> None:
    commands.load_questionnaires()
    first = in_screening("alder")
    answer_around_us(first)
    rows, cost = found()
    assert rows == {first.pk}

    second, third = in_screening("birch"), in_screening("cedar")
    answer_around_us(second)
    answer_around_us(third, but=1)
    assert found() == ({first.pk, second.pk}, cost)
