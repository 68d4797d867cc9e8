"""Lists cost the same for one row and for three."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from tests.factories import agreements, people
from tests.factories import requests as make
from vetting.pages import paginate
from vetting.people.queries import actor_of
from vetting.requests import commands, queries
from workflows.clock.models import Deadline
from workflows.clock.queries import business_days_since
from workflows.desk.queries import inbox

pytestmark = pytest.mark.django_db
MOST = 12
NAMES = ("Math Garden", "Word Garden", "Map Garden")


def signed_in(person: people.Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as ran:
        assert client.get(address).status_code == 200
    return sum("django_session" not in query["sql"] for query in ran.captured_queries)


@pytest.mark.parametrize("who", [people.sol, people.ben, people.lee, people.ada])
@pytest.mark.parametrize(
    "address",
    ["/requests/", "/requests/?view=yours", "/", "/may-i-use/?q=garden", "/search/?q=garden"],
)
def test_a_list_costs_the_same_for_one_row_and_for_three(
    who: Callable[[], people.Membership], address: str
) -> None:
    client, counts = signed_in(who()), []
    for name in NAMES:
        make.in_triage(tool_name=name, website=f"https://{name.replace(' ', '').lower()}.com")
        counts.append(queries_of(client, address))
    assert counts[0] == counts[2]


@pytest.mark.parametrize("who", [people.sol, people.ben, people.lee])
def test_the_list_of_requests_stays_under_its_count(
    who: Callable[[], people.Membership],
) -> None:
    client = signed_in(who())
    for name in NAMES:
        make.in_triage(tool_name=name, website=f"https://{name.replace(' ', '').lower()}.com")
    # Whose school it is depends on the day, which a leader's two reads of the list ask first.
    assert queries_of(client, "/requests/") <= MOST + (2 if who is people.lee else 0)


@pytest.mark.parametrize("who", [people.sol, people.ben, people.lee, people.ada, people.eve])
def test_each_view_counts_what_it_lists_drafts_only_ones_own(
    who: Callable[[], people.Membership],
) -> None:
    make.in_triage()
    make.draft(tool_name="Math Garden")
    actor = actor_of(who())
    counted = queries.counted_by_state(actor, queries.requests_for(actor))
    totals = dict(chain(*counted))
    assert sum(map(len, counted)) == len(totals)
    for view, number in queries.counts_by_view(totals).items():
        assert number == len(queries.listed(actor, queries.Filters(view=view)))


def test_the_strip_says_what_is_overdue_for_this_person() -> None:
    request = make.in_triage()
    late = timezone.now() - timedelta(days=1)
    Deadline.objects.filter(case_id=request.pk, kind="triage").update(due_at=late)
    assert "1 thing waits for you beyond its date." in signed_in(people.sol()).get("/").text
    assert "beyond its date" not in signed_in(people.ada()).get("/").text
    assert "beyond its date" not in signed_in(people.eve()).get("/").text


def test_the_strip_counts_what_the_list_marks_agreements_too() -> None:
    agreements.drafted()
    make.in_triage(tool_name="Math Garden", website="https://math.com")
    Deadline.objects.update(due_at=timezone.now() - timedelta(days=1), paused_at=None)
    page = signed_in(people.pat()).get("/").text
    marked = page.partition("<h2>Your turn</h2>")[2].partition("<h2>Waiting on others")[0]
    assert marked.count(">overdue<") == 2  # the screening and the draft
    assert "2 things wait for you beyond their dates." in page


def test_home_says_how_many_more_one_asks_for_and_how_many_more_wait_for_others() -> None:
    for number in range(12):
        make.in_triage(tool_name=f"Garden {number}", website=f"https://garden{number}.com")
    text = signed_in(people.ben()).get("/").text
    assert 'And 2 more under <a href="/requests/?view=all&amp;mine=1">Requests</a>.' in text
    text = signed_in(people.ada()).get("/").text
    assert 'And 4 more: <a href="/requests/">All open requests</a>' in text


def test_all_that_home_counts_stands_in_the_view_of_what_waits_for_me() -> None:
    agreements.drafted()
    for number in range(12):
        make.in_triage(tool_name=f"Garden {number}", website=f"https://garden{number}.com")
    for person, wait in ((people.sol(), 12), (people.pat(), 2), (people.ben(), 0)):
        works = inbox(actor_of(person))
        assert len(works) == wait
        client = signed_in(person)
        page = client.get("/requests/?view=yours").text
        assert f'aria-current="true">Waiting for me ({wait})</a>' in page
        assert [
            work.title for work in works if f'"row">{escape(work.title)}</th>' not in page
        ] == []
        assert 'href="?view=yours">Waiting for me</a>' in client.get("/requests/").text
    more = 'And 2 more under <a href="/requests/?view=yours">Requests, waiting for me</a>.'
    assert more in signed_in(people.sol()).get("/").text
    assert "Waiting for me (0)" in signed_in(people.eve()).get("/requests/?view=yours").text


def test_what_has_no_date_stands_before_what_is_due_in_months() -> None:
    now, names = timezone.now(), ("Later", "Undated", "Soon", "Late", "Timeless")
    rows = {name: make.in_triage(tool_name=name, website=f"https://{name.lower()}.com").pk
            for name in names}  # fmt: skip
    triage = Deadline.objects.filter(kind="triage")
    Deadline.objects.exclude(kind="triage").delete()
    triage.filter(case_id__in=[rows["Undated"], rows["Timeless"]]).delete()
    for name, days in (("Later", 90), ("Soon", 13), ("Late", -1)):
        triage.filter(case_id=rows[name]).update(due_at=now + timedelta(days=days))
    client = signed_in(people.sol())
    rule = (
        "First what is late or due within two weeks, then what has no date (the longest open"
        " first), then what is due later."
    )
    for address in ("/", "/requests/?view=yours"):
        page = client.get(address).text
        assert rule in page
        titles = re.findall(r'<th scope="row">[^<]*?(Later|Timeless|Undated|Soon|Late)</th>', page)
        assert titles == ["Late", "Soon", "Undated", "Timeless", "Later"]


def test_the_list_says_what_is_overdue_and_what_has_aged() -> None:
    request = make.draft()
    long_ago = timezone.now() - timedelta(days=60)
    commands.submit_request(request, by=actor_of(people.ben()), at=long_ago)
    page = signed_in(people.sol()).get("/requests/").text
    counted = business_days_since(long_ago, request.case.tenant, timezone.now())
    assert f"{counted} business days: very long" in page
    assert "overdue" in page


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/requests/?view=open", True),
        ("/requests/?view=approved", False),
        ("/requests/?view=nonsense&school=x&page=99", True),
        ("/requests/?q=ladder", True),
        ("/requests/?q=garden", False),
        ("/requests/?state=triage", True),
        ("/requests/?state=screening", False),
        ("/requests/?mine=1", False),
    ],
)
def test_filters_stand_in_the_address(address: str, found: bool) -> None:
    make.in_triage()
    page = signed_in(people.sol()).get(address)
    assert (">Reading Ladder</a>" in page.text) is found


def test_the_search_shows_only_what_this_person_may_see() -> None:
    make.in_triage()
    people.ada()
    assert "mailto:ada@juniper.example" in signed_in(people.sol()).get("/search/?q=ada").text
    assert "mailto:" not in signed_in(people.ben()).get("/search/?q=ada").text
    foreign = signed_in(people.eve()).get("/search/?q=reading").text
    assert "<h2>Tools</h2>" in foreign
    assert "<h2>Requests</h2>" not in foreign


def three_gardens() -> None:
    for name in NAMES:
        make.in_triage(tool_name=name, website=f"https://{name.replace(' ', '').lower()}.com")


@pytest.mark.parametrize("number", [1, 2, 9])
def test_a_counted_list_is_read_page_by_page_in_its_order(number: int) -> None:
    three_gardens()
    rows = queries.listed(actor_of(people.sol()), queries.Filters())
    request = RequestFactory().get("/requests/", {"page": number})
    page = paginate(request, rows, 2, count=3)
    assert list(page.object_list) == list(rows)[(page.number - 1) * 2 : page.number * 2]
    assert (page.number, page.paginator.num_pages) == (min(number, 2), 2)


@pytest.mark.parametrize("who", [people.sol, people.ben, people.lee])
def test_the_list_counts_what_it_lists(who: Callable[[], people.Membership]) -> None:
    three_gardens()
    make.draft()
    client, actor = signed_in(who()), actor_of(who())
    for state in ("", "triage", "draft"):
        for view in queries.VIEWS:
            answer = client.get("/requests/", {"view": view, "state": state})
            listed = queries.listed(actor, queries.Filters(view=view, state=state))
            assert answer.context["page"].paginator.count == listed.count()
            assert list(answer.context["page"].object_list) == list(listed)
