"""What the night finds of legal reviews: open work whose verdict is on record already."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.agreements.models import Agreement, Review
from tests.factories import agreements, catalog, people, plainly, requests
from vetting.people.queries import actor_of
from vetting.requests.commands import route
from workflows.actors import Role
from workflows.desk.astray import overtaken

pytestmark = pytest.mark.django_db


def another(name: str) -> Agreement:
    site = f"https://{name}.example"
    catalog.tool(name, of=catalog.vendor("Ladder Labs"), website=site)
    asked = requests.submit(requests.draft(tool_name=name, website=site))
    routed = route(asked, path="contract", by=actor_of(people.sol()))
    return plainly.issue(agreements.settle(agreements.draft_of(routed)))


def speak_around_us(agreement: Agreement, role: Role, **fields: object) -> None:
    """A verdict of which the desk has not heard."""
    assert agreement.current is not None
    Review.objects.create(
        version=agreement.current, role=role.value, reviewer=people.cora(), verdict="approved",
        sha256=agreement.current.sha256, given_at=timezone.now(), **fields,
    )  # fmt: skip


def found() -> tuple[set[tuple[int, str]], int]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = {(subject.pk, node.act.name) for subject, node in overtaken(Agreement)}
    return rows, len(asked)


def test_three_cases_cost_what_one_costs() -> None:
    first = plainly.in_review()
    speak_around_us(first, Role.LEGAL)
    rows, cost = found()
    assert rows == {(first.pk, "legal_opinion")}

    second, third = another("alder"), another("birch")
    speak_around_us(second, Role.PRIVACY)
    speak_around_us(third, Role.LEGAL, voided_at=timezone.now())
    assert found() == ({(first.pk, "legal_opinion"), (second.pk, "privacy_opinion")}, cost)
