"""Who waits for whom: nobody is told to remind themselves, nor what nobody can act on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contracts.agreements import commands as drafting
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly, screening
from tests.factories.visits import signed_in
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows.clock.models import Deadline
from workflows.clock.queries import waited_in_words

pytestmark = pytest.mark.django_db


def cleared(agreement: Agreement) -> ToolRequest:
    return screening.concluded(ToolRequest.objects.get(served_by__agreement=agreement))


def waiting_on_others(person: Membership) -> str:
    home = signed_in(person).get("/").text
    return (
        home.partition("<h2>Waiting on others")[2]
        .partition("<h2>Due in")[0]
        .partition("<h2>Late")[0]
    )


def test_what_waits_for_me_is_not_listed_as_waiting_for_others() -> None:
    _, agreement = agreements.drafted()
    case = cleared(agreement)
    assert "Reading Ladder" not in waiting_on_others(people.pat())
    assert "Reading Ladder" in waiting_on_others(people.sol())
    page = signed_in(people.pat()).get(case.get_absolute_url()).text
    assert "Send a reminder" not in page
    assert "Your turn is on its agreement." in page
    assert agreement.get_absolute_url() in page
    assert "Send a reminder" in signed_in(people.sol()).get(case.get_absolute_url()).text


def test_who_is_to_sign_by_name_is_not_told_to_remind_herself() -> None:
    signed = agreements.vendor_signs(agreements.out_for_signature())
    case = cleared(signed)
    assert "Send a reminder" not in signed_in(people.gwen()).get(case.get_absolute_url()).text
    assert "Reading Ladder" not in waiting_on_others(people.gwen())


def test_late_is_measured_once_on_a_page() -> None:
    agreement = plainly.with_vendor()
    cleared(agreement)
    Deadline.objects.filter(case_id=agreement.pk).update(due_at=timezone.now() - timedelta(days=9))
    assert "overdue" in waiting_on_others(people.sol())


def test_the_late_date_of_its_agreement_stands_on_the_request() -> None:
    """A list says “overdue”: its own page must not show a later date alone."""
    agreement = plainly.with_vendor()
    case = cleared(agreement)
    late = Deadline.objects.filter(case_id=agreement.pk)
    late.update(due_at=timezone.now() - timedelta(days=9))
    own, theirs = (
        signed_in(person).get(case.get_absolute_url()).text.partition("<h2>Dates</h2>")[2]
        for person in (people.ben(), people.sol())
    )
    for dates in (own, theirs):
        assert "The vendor's reading" in plain(dates)
        assert "days late" in dates.partition("its agreement")[2]
    assert f'<a href="{agreement.get_absolute_url()}">its agreement</a>' in theirs
    assert agreement.get_absolute_url() not in own


def plain(page: str) -> str:
    return page.replace("&#x27;", "'")


def test_a_signed_agreement_waits_for_its_day_and_nobody_is_reminded() -> None:
    case = cleared(plainly.executed())
    agreement = Agreement.objects.get(serves__request=case)
    Agreement.objects.filter(pk=agreement.pk).update(effective_from="2031-01-04")
    page = signed_in(people.sol()).get(case.get_absolute_url()).text
    if agreement.state == "signed":
        assert "the agreement to start on Jan 4, 2031" in page
    assert "Send a reminder" not in page


def test_an_agreement_given_up_leaves_it_to_the_privacy_team() -> None:
    _, agreement = agreements.drafted()
    case = cleared(agreement)
    drafting.abandon(
        agreements.fresh(agreement), by=actor_of(people.pat()), note="It came to nothing."
    )
    page = signed_in(people.sol()).get(case.get_absolute_url()).text
    assert "Waiting for Privacy team" in page
    assert "Privacy team" in waiting_on_others(people.sol())


def test_it_counts_from_the_day_the_agreement_came_to_whom_it_waits_for() -> None:
    """A letter to the vendor would else name the days that our own counsel took."""
    offered, asked = plainly.with_vendor(), timezone.now()
    case = cleared(offered)
    assert offered.current is not None
    by, sha256 = agreements.vendor_actor(offered), offered.current.sha256
    with time_machine.travel(sent := asked + timedelta(days=21)):
        drafting.accept_text(offered, by=by, sha256=sha256)
    with time_machine.travel(now := asked + timedelta(days=50)):
        said = waited_in_words(agreements.fresh(offered), sent, now)
        assert said != waited_in_words(case, asked, now)
        assert said in waiting_on_others(people.sol())
        assert said in signed_in(people.sol()).get("/requests/").text
        page, theirs = (
            signed_in(people.cora()).get(one.get_absolute_url()).text for one in (case, offered)
        )
    assert f"({said})" in since_of(page)
    assert since_of(page) == since_of(theirs)


def since_of(page: str) -> str:
    return page.partition('<p class="turn__since">')[2].partition("</p>")[0]


def test_the_privacy_team_waits_no_longer_than_the_request_has_been_there() -> None:
    _, agreement = agreements.drafted()
    drafting.abandon(
        agreements.fresh(agreement), by=actor_of(people.pat()), note="It came to nothing."
    )
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        case = cleared(agreement)
        page = signed_in(people.sol()).get(case.get_absolute_url()).text
    assert "under 1 business day" in since_of(page)
