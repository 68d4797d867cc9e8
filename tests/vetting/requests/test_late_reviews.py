"""An approved tool whose yearly review is late is somebody's turn, on its page and in lists."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import people, requests
from tests.factories.visits import signed_in
from vetting.people.models import Membership
from vetting.requests.models import ToolRequest

pytestmark = pytest.mark.django_db

LATE = "Yearly reviews that are late"


@pytest.fixture
def approved() -> ToolRequest:
    return requests.approved()


@pytest.fixture
def overdue(approved: ToolRequest) -> Iterator[ToolRequest]:
    """Six days after the review's day."""
    with time_machine.travel(timezone.now() + timedelta(days=372)):
        yield approved


def seen(person: Membership, path: str) -> str:
    return signed_in(person).get(path).text


def test_its_page_says_who_does_what_and_since_when(overdue: ToolRequest) -> None:
    assert overdue.review_on is not None
    due = f"{overdue.review_on:%b} {overdue.review_on.day}"
    for person in (people.ada(), people.ben()):
        page = seen(person, overdue.get_absolute_url())
        turn = page.partition('<section class="turn')[2].partition("</section>")[0]
        assert "Waiting for Privacy team" in turn
        assert "This waits for nobody" not in page
        assert f"Its yearly review was due by {overdue.review_on:%a}, {due}" in turn
        assert "suspend or retire" in turn
        assert due in turn.partition("turn__since")[2]
        assert "should have looked at it again by" in page
        assert "looks at it again by" not in page
        dates = page.partition("<h2>Dates</h2>")[2]
        assert "Yearly review" in dates
        assert "late)" in dates
        assert "No deadline is running" not in dates


def test_the_list_says_the_same_and_finds_it_among_the_approved(overdue: ToolRequest) -> None:
    requests.approved(tool_name="Word Garden", website="https://word.example")
    title = overdue.title
    rows = seen(people.ada(), "/requests/?view=approved")
    assert rows.count("yearly review late") == 1
    row = rows.partition(f">{title}</a>")[2].partition("</tr>")[0]
    assert "Privacy team" in row
    assert "business day" in row
    assert "yearly review late" in row
    found = seen(people.ada(), "/requests/?view=approved&late=1")
    assert title in found
    assert "Word Garden" not in found


@pytest.mark.parametrize("path", ["/", "/due/"])
def test_those_who_make_it_find_it_where_dates_stand(overdue: ToolRequest, path: str) -> None:
    for person in (people.ada(), people.pat()):
        assert overdue.title in seen(person, path).partition(LATE)[2]
    for person in (people.ben(), people.max(), people.eve()):
        assert LATE not in seen(person, path)


def test_before_its_day_is_over_it_waits_for_nobody(approved: ToolRequest) -> None:
    page = seen(people.ada(), approved.get_absolute_url())
    assert "This waits for nobody" in page
    assert "The privacy team looks at it again by" in page
    assert "yearly review late" not in seen(people.ada(), "/requests/?view=approved")
    assert LATE not in seen(people.ada(), "/due/")


@pytest.mark.parametrize("path", ["/", "/due/", "/requests/?view=approved&late=1"])
def test_three_late_reviews_are_asked_for_like_one(approved: ToolRequest, path: str) -> None:
    names = ("Word Garden", "Number Garden")
    more = [
        requests.approved(tool_name=n, website=f"https://{n[0].lower()}.example") for n in names
    ]
    late = timezone.now().date() - timedelta(days=6)
    ToolRequest.objects.filter(pk=approved.pk).update(review_on=late)
    client = signed_in(people.ada())
    client.get(path)

    def asked(*, known: bool) -> int:
        with CaptureQueriesContext(connection) as run:
            page = client.get(path).text
        named = page.partition(LATE)[2].partition("</ul>")[0] or page
        assert [one.title in named for one in (approved, *more)] == [True, *[known] * 2]
        return len(run)

    once = asked(known=False)
    ToolRequest.objects.filter(pk__in=[one.pk for one in more]).update(review_on=late)
    assert asked(known=True) == once
    assert once <= 12
