"""My deadlines: all of them, by month, by whose clock, in a picture, and bounded."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import agreements, people
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.people.models import Membership
from vetting.requests.models import ToolRequest
from workflows.clock.models import Deadline

pytestmark = pytest.mark.django_db
PAGE = "/agenda/"
ZONE = ZoneInfo("America/Denver")


def garden(name: str) -> ToolRequest:
    return make.in_triage(tool_name=name, website=f"https://{name.split()[0].lower()}.com")


def due_at(subject: ToolRequest, at: datetime, **fields: object) -> None:
    """All of its open dates."""
    Deadline.objects.filter(case_id=subject.pk).update(due_at=at, **fields)


def by_law(subject: ToolRequest, layer: str, basis: str, days: int) -> None:
    now = timezone.now()
    Deadline.objects.create(
        case=subject.case, kind=f"ny.{layer}", layer=layer, basis=basis, armed_at=now,
        due_at=now + timedelta(days=days), explanation={"sentence": "seven days from then"},
    )  # fmt: skip


def below(client: Client, query: str = "") -> str:
    """The list under the picture."""
    return client.get(PAGE + query).text.partition('<p class="month-around">')[2]


def test_a_date_beyond_two_weeks_stands_here_and_not_among_those_due_soon() -> None:
    later = timezone.now() + timedelta(days=200)
    due_at(garden("Math Garden"), later)
    client = signed_in(people.sol())
    page = below(client)
    assert f'<h2 id="part-{later.astimezone(ZONE):%Y-%m}">' in page
    assert ">Math Garden</a>" in page
    assert "waiting for you" in page
    assert ">Math Garden</a>" not in client.get("/due/").text


@pytest.mark.parametrize(
    ("who", "concerned"),
    [
        (people.sol, True),
        (people.ben, True),
        (people.ada, True),
        (people.pat, False),
        (people.cora, False),
        (people.eve, False),
    ],
)
def test_only_what_concerns_somebody_is_theirs(who: object, concerned: bool) -> None:
    garden("Math Garden")
    assert callable(who)
    assert ("Math Garden" in signed_in(who()).get(PAGE).text) is concerned


def test_what_is_late_comes_first_and_every_part_says_how_many() -> None:
    now = timezone.now()
    due_at(garden("Math Garden"), now - timedelta(days=3))
    page = below(signed_in(people.sol()))
    assert '<h2 id="part-late">Late (2)</h2>' in page  # the path, and the whole privacy review
    assert "late)" in page


def test_whose_clock_can_be_chosen() -> None:
    math = garden("Math Garden")
    by_law(math, "vendor", "Breach notice by the vendor", 7)
    by_law(math, "district", "Breach notice to families", 60)
    client = signed_in(people.sol())
    whole = client.get(PAGE).text
    assert "The law, on the vendor (1)" in whole
    assert "The law, on the district (1)" in whole
    assert "The agreement (0)" in whole
    theirs = below(client, "?clock=vendor")
    assert "Breach notice by the vendor" in theirs
    assert "Breach notice to families" not in theirs
    ours = below(client, "?clock=own")
    assert "Breach notice" not in ours
    assert ">Our own</span>" in ours
    assert "No date is open here." in below(client, "?clock=contract")
    assert "Breach notice to families" in below(client, "?clock=nonsense")


def test_a_month_can_be_chosen_and_its_picture_names_the_day() -> None:
    at = datetime(timezone.now().year + 1, 3, 17, 12, tzinfo=ZONE)
    due_at(garden("Math Garden"), at)
    garden("Word Garden")
    client = signed_in(people.sol())
    page = client.get(f"{PAGE}?month={at:%Y}-03").text
    assert f"<caption>March {at:%Y}</caption>" in page
    cell = page.partition(f'datetime="{at:%Y}-03-17"')[2].partition("</td>")[0]
    assert ">Math Garden</a>" in cell
    assert "Word Garden" not in page
    assert f'href="?month={at:%Y}-02"' in page
    assert f'href="?month={at:%Y}-04"' in page
    for odd in ("2026-99", "9999-12", "0001-01", "2026"):
        assert client.get(f"{PAGE}?month={odd}&clock=9&page=x").status_code == 200


def test_a_day_with_many_dates_counts_those_it_does_not_name() -> None:
    names = ("Math Garden", "Word Garden", "Map Garden", "Art Garden")
    at = datetime(timezone.now().year + 1, 3, 17, 12, tzinfo=ZONE)
    for name in names:
        due_at(garden(name), at)
    page = signed_in(people.sol()).get(f"{PAGE}?month={at:%Y}-03").text
    cell = page.partition(f'datetime="{at:%Y}-03-17"')[2].partition("</td>")[0]
    assert cell.count("<li><a") == 3
    assert "and 5 more" in cell  # two dates each


def test_a_clock_that_stands_still_is_said_to() -> None:
    due_at(garden("Math Garden"), timezone.now(), paused_at=timezone.now())
    page = below(signed_in(people.sol()))
    assert "Standing still (2)" in page
    assert "the clock stands still" in page
    assert "part-late" not in page


def test_the_reason_and_the_exact_instant_are_there() -> None:
    at = datetime(timezone.now().year + 1, 3, 17, 17, 5, tzinfo=ZONE)
    due_at(garden("Math Garden"), at)
    page = below(signed_in(people.sol()))
    assert f"Exactly {at:%a, %b} 17, {at.year}, 5:05 PM MDT" in page
    assert "business days from" in page


def test_more_than_the_most_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vetting.agenda.queries.dates.MOST", 3)
    garden("Math Garden")
    garden("Word Garden")
    page = signed_in(people.ada()).get(PAGE).text
    assert "There is more than is shown here; these 3 come first." in page


def cost(client: Client) -> int:
    client.get(PAGE)
    with CaptureQueriesContext(connection) as ran:
        assert client.get(PAGE).status_code == 200
    return sum("django_session" not in query["sql"] for query in ran.captured_queries)


@pytest.mark.parametrize("who", [people.sol, people.ben, people.ada, people.cora])
def test_it_costs_the_same_for_one_and_for_three_of_each_kind(who: object) -> None:
    assert callable(who)
    person: Membership = who()
    _, first = agreements.drafted()
    client, counts = signed_in(person), []
    for name in ("Math Garden", "Word Garden", "Map Garden"):
        garden(name)
        agreements.another(first, f"Ladder {name.split()[0]}")
        counts.append(cost(client))
    assert counts[0] == counts[2]
    assert counts[2] <= 16


def test_the_two_pages_of_dates_lead_to_each_other() -> None:
    client = signed_in(people.ben())
    assert 'href="/agenda/"' in client.get("/due/").text
    page = client.get(PAGE).text
    assert 'href="/due/"' in page
    assert 'href="/agenda/year/"' not in page  # for those who see the district
    assert 'href="/agenda/year/"' in signed_in(people.cora()).get(PAGE).text


def test_who_has_more_waiting_than_is_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vetting.agenda.views.dates.READ", 1)
    garden("Math Garden")
    garden("Word Garden")
    page = signed_in(people.sol()).get(PAGE).text
    assert "Of what waits for you the 1 soonest are here." in page
