"""Home's late and coming dates concern the reader, and the page behind it has the rest."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.agreements import commands as drafting
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly
from tests.factories import requests as make
from vetting.people.models import District, Membership
from vetting.people.queries import actor_of
from vetting.requests import commands
from workflows import engine
from workflows.actors import Role
from workflows.clock.models import Deadline
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db
NAMES = ("Math Garden", "Word Garden", "Map Garden", "Art Garden", "Rock Garden", "Sea Garden")
Person = Callable[[], Membership]


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def due_on(client: Client, address: str = "/") -> str:
    """The part of the page below the heading."""
    heading = "Due in the next two weeks</h2>" if address == "/" else "Late and due soon</h1>"
    return client.get(address).text.partition(heading)[2]


def garden(name: str, **fields: object) -> None:
    make.in_triage(tool_name=name, website=f"https://{name.split()[0].lower()}.com", **fields)


@pytest.mark.parametrize(
    ("who", "concerned"),
    [
        (people.sol, True),  # whose turn it is
        (people.ben, True),  # who asked
        (people.ada, True),  # the lead, who follows everybody's
        (people.pat, False),
        (people.cora, False),
        (people.lee, False),
        (people.ivy, False),
        (people.max, False),
        (people.eve, False),
    ],
)
def test_a_request_in_triage_concerns_those_who_owe_asked_and_lead(
    who: Person, concerned: bool
) -> None:
    garden("Math Garden")
    assert ("Math Garden" in due_on(signed_in(who()))) is concerned
    assert ("Math Garden" in due_on(signed_in(who()), "/due/")) is concerned


def test_it_says_whom_a_date_waits_for() -> None:
    garden("Math Garden")
    assert "waiting for you" in due_on(signed_in(people.sol()))
    assert "waiting for Strategic Sourcing" in due_on(signed_in(people.ben()))


def test_a_date_names_whom_it_waits_for_as_the_case_does() -> None:
    """A role, the vendor and a signatory by name would else be three names of one waiting."""
    agreement, ada = plainly.with_vendor(), people.ada()
    soon = timezone.now() + timedelta(days=3)
    Deadline.objects.filter(case_id=agreement.pk).update(due_at=soon)
    for address in ("/", "/due/"):
        assert "waiting for the vendor, Ladder Labs" in due_on(signed_in(ada), address)
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    drafting.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    drain()
    plainly.signed_by_vendor(agreements.fresh(agreement))
    Deadline.objects.filter(case_id=agreement.pk).update(due_at=soon)
    assert "waiting for Gwen Hart" in due_on(signed_in(ada), "/due/")


def test_a_date_at_a_school_waits_for_the_principal() -> None:
    people.lee()
    District.objects.update(school_gate=True)
    make.submit(make.draft(tool_name="Math Garden", website="https://math.example"))
    assert "waiting for the principal" in due_on(signed_in(people.ada()), "/due/")


def test_somebody_elses_request_concerns_no_other_requester() -> None:
    garden("Math Garden")
    nia = people.person("Nia Frost", Role.REQUESTER, school=people.school())
    assert "Nothing falls due in the next two weeks." in due_on(signed_in(nia))


def test_who_withdrew_hears_of_it_no_more() -> None:
    request = make.in_triage()
    request.requesters.update(left_at=timezone.now())
    assert "Nothing falls due in the next two weeks." in due_on(signed_in(people.ben()))


@pytest.mark.parametrize(
    ("who", "owner", "concerned"),
    [
        (people.cora, people.pat, False),
        (people.cora, people.cora, True),
        (people.pat, people.pat, True),
        (people.pat, people.cora, False),
        (people.pat, None, True),
        (people.ada, people.cora, True),
        (people.sol, None, False),
    ],
)
def test_what_the_vendor_owes_concerns_the_owner_of_the_agreement(
    who: Person, owner: Person | None, concerned: bool
) -> None:
    agreement = agreements.with_vendor()
    soon = timezone.now() + timedelta(days=3)
    Deadline.objects.filter(case_id=agreement.pk).update(due_at=soon)

    def named(row: Agreement) -> None:
        row.owner = owner() if owner else None

    engine.record(agreement, "owner_named", by=actor_of(people.ada()), change=named)
    shown = due_on(signed_in(who()))
    assert ("The vendor&#x27;s reading" in shown or "The vendor's reading" in shown) is concerned
    assert (">Reading Ladder by Ladder Labs</a>" in shown) is concerned


def test_home_shows_five_and_the_page_behind_the_link_has_them_all() -> None:
    for name in NAMES:
        garden(name)
    client = signed_in(people.sol())
    home, page = due_on(client), due_on(client, "/due/")
    assert [name for name in NAMES if name in home] == list(NAMES[:5])
    assert '<a href="/due/#coming">and 1 more</a>' in home
    assert [name for name in NAMES if name in page] == list(NAMES)


def make_late(name: str) -> None:
    rows = Deadline.objects.filter(case__toolrequest__tool_name=name)
    rows.update(due_at=timezone.now() - timedelta(days=2))


def test_late_and_coming_stand_apart_each_under_its_own_title() -> None:
    garden("Math Garden")
    garden("Word Garden")
    make_late("Math Garden")
    client = signed_in(people.sol())
    late, _, coming = (
        client.get("/").text.partition("<h2>Late</h2>")[2].partition("Due in the next two weeks")
    )
    assert [name for name in NAMES if name in late] == ["Math Garden"]
    assert [name for name in NAMES if name in coming] == ["Word Garden"]
    page = client.get("/due/").text
    assert "<h2>Late (2)</h2>" in page  # the path and the whole privacy review
    assert '<h2 id="coming">Due in the next two weeks (1)</h2>' in page


def test_where_nothing_is_late_home_does_not_speak_of_it() -> None:
    garden("Math Garden")
    assert "<h2>Late" not in signed_in(people.sol()).get("/").text


def test_late_dates_beyond_the_few_are_counted() -> None:
    for name in NAMES[:3]:
        garden(name)
        make_late(name)
    page = signed_in(people.sol()).get("/").text
    late = page.partition("<h2>Late</h2>")[2].partition("Due in the next two weeks")[0]
    assert '<a href="/due/">and 1 more</a>' in late


def test_without_more_there_is_no_link() -> None:
    garden("Math Garden")
    assert "/due/" not in due_on(signed_in(people.sol()))


def test_what_is_not_due_yet_and_what_stands_still_is_left_away() -> None:
    garden("Math Garden")
    later = timezone.now() + timedelta(days=15)
    Deadline.objects.update(due_at=later)
    assert "Nothing falls due in the next two weeks." in due_on(signed_in(people.sol()))
    Deadline.objects.update(due_at=timezone.now(), paused_at=timezone.now())
    assert "Nothing falls due in the next two weeks." in due_on(signed_in(people.sol()))


def cost(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as ran:
        assert client.get(address).status_code == 200
    return sum("django_session" not in query["sql"] for query in ran.captured_queries)


@pytest.mark.parametrize("who", [people.sol, people.ben, people.ada, people.cora])
@pytest.mark.parametrize(("address", "most"), [("/", 25), ("/due/", 19)])
def test_it_costs_the_same_for_one_and_for_three_of_each_kind(
    who: Person, address: str, most: int
) -> None:
    _, first = agreements.drafted()
    client, counts = signed_in(who()), []
    for name in NAMES[:3]:
        garden(name)
        agreements.another(first, f"Ladder {name.split()[0]}")
        counts.append(cost(client, address))
    assert counts[0] == counts[2]
    assert counts[2] <= most


def test_a_stranger_is_asked_to_sign_in() -> None:
    answer = Client().get("/due/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/due/")


def test_what_one_was_named_to_look_after_concerns_one() -> None:
    request = make.deciding()
    terms = make.approval(
        kind="pilot",
        until=timezone.localdate() + timedelta(days=10),
        owner=people.ivy().pk,
        reason="To see whether it helps",
    )
    commands.decide_approve(request, approval=terms, by=actor_of(people.ada()))
    assert "Reading Ladder" in due_on(signed_in(people.ivy()))
    assert "Reading Ladder" not in due_on(signed_in(people.sol()))


def test_a_lead_is_shown_the_first_dates_of_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vetting.requests.views.due.MOST", 3)
    for name in NAMES[:3]:
        garden(name)
    make_late("Math Garden")
    page = signed_in(people.ada()).get("/due/").text
    assert "There is more than is shown here; these 3 come first." in page
    assert "<h2>Late (2)</h2>" in page
    assert '<h2 id="coming">Due in the next two weeks (at least 1)</h2>' in page
    make_late("Word Garden")
    page = signed_in(people.ada()).get("/due/").text
    assert "<h2>Late (at least 3)</h2>" in page
    assert "Due in the next two weeks" not in page
