"""What an administrator reads on the page of Operations."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.factories import people, plainly, requests, troubles
from vetting.people.queries import actor_of
from workflows.clock.models import Beat
from workflows.desk.queries import inbox
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db
PAGE = "operations:page"


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(people.max().user)
    return client


def read(client: Client) -> str:
    return " ".join(client.get(reverse(PAGE)).content.decode().split())


def test_where_nothing_failed_the_page_says_that_all_is_well(boss: Client) -> None:
    troubles.alive()
    page = read(boss)
    assert "All is well." in page
    assert "No message is waiting." in page
    assert "No checkpoint yet." in page
    assert "Needs you" not in page


def test_all_is_well_speaks_of_reminders_and_not_of_people_who_are_late(boss: Client) -> None:
    troubles.alive()
    request = requests.in_triage()
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        troubles.alive()
        assert [w for w in inbox(actor_of(people.sol())) if w.due and w.due < timezone.now()]
        boss.force_login(people.max().user)
        page = read(boss)
    assert request.state == "triage"
    assert (
        "Nothing has failed. No reminder was missed: the machine is on time. Dates that people "
        'are late with stand on <a href="/">Home</a>. What fails stands here'
    ) in page


def test_each_failure_stands_with_its_case_its_reason_and_how_often(boss: Client) -> None:
    troubles.alive()
    request = requests.in_triage()
    troubles.given_up(request)
    page = read(boss)
    assert "Mail “Please sign the agreement”" in page
    assert "to dee@quillwork.example" in page
    assert "The mail server does not answer. Look at EMAIL_URL" in page
    assert "20 times, the last time just now" in page
    assert f'<a href="{request.get_absolute_url()}">Reading Ladder (request)</a>' in page
    assert "One thing needs you." in page
    assert "Errno 111" not in page


def test_a_seal_that_failed_says_what_the_seal_says(boss: Client) -> None:
    agreement = plainly.with_vendor()
    troubles.failed_seal(agreement)
    page = read(boss)
    assert "The seal of a signature" in page
    assert "The seal needs both SEAL_KEY and SEAL_CERT." in page
    assert agreement.get_absolute_url() in page


def test_an_unforeseen_error_keeps_its_exact_words_at_hand(boss: Client) -> None:
    troubles.unreadable_date(requests.in_triage())
    page = read(boss)
    assert "Something unforeseen ended it; the exact words are below." in page
    assert "<code>KeyError: &#x27;at&#x27;</code>" in page
    assert "2 times; again in 39 minutes" in page


def test_what_is_tried_again_by_itself_needs_nobody(boss: Client) -> None:
    troubles.alive()
    troubles.retrying(requests.in_triage())
    page = read(boss)
    assert "Nothing needs you yet" in page
    assert "3 times, the last time just now; again in 7 minutes" in page
    assert "Try now" in page
    Message.objects.filter(status=Message.RETRY).update(
        send_after=timezone.now() + timedelta(seconds=30)
    )
    assert "; again within a minute" in read(boss)


def test_a_silent_worker_is_the_first_thing_one_reads(boss: Client, settings: Settings) -> None:
    assert "The worker has never been here" in read(boss)
    troubles.alive(drain=timedelta(hours=3))
    page = read(boss)
    assert "No sign of life since" in page
    assert "(3 hours ago)" in page
    assert "Start it with <code>manage.py up</code>" in page
    settings.EMBEDDED = False
    assert "<code>manage.py up --only worker</code>" in read(boss)
    settings.MOST_SILENCE = timedelta(hours=4)
    assert "No sign of life" not in read(boss)


def test_a_round_that_is_late_is_named_though_the_worker_is_here(boss: Client) -> None:
    troubles.alive(sweep=timedelta(hours=1))
    page = read(boss)
    assert "one of its rounds below is late" in page
    assert page.count(">Late<") == 1
    Beat.objects.filter(name__in=("sweep", "reconcile")).delete()
    assert ">Late<" not in read(boss)


def test_a_night_that_did_only_a_part_says_which(boss: Client) -> None:
    troubles.alive()
    Beat.objects.filter(name="reconcile").update(result={"broken": ["deadlines"]})
    page = read(boss)
    assert "The nightly check could not do all of its parts" in page
    assert "failed: reckoning dates again" in page
    assert ">In part<" in page
    assert "Needs you" in page
    assert "press the button" not in page


def test_the_page_says_what_waits_and_what_the_worker_has_in_hand(boss: Client) -> None:
    Message.objects.all().delete()
    now = timezone.now()
    troubles.message(send_after=now - timedelta(minutes=7))
    lease = {"status": Message.INFLIGHT, "send_after": now + timedelta(minutes=1)}
    troubles.message(**lease, claimed_at=now - timedelta(minutes=2))
    page = read(boss)
    assert "At work now: Mail “Please sign the agreement” (since 2 minutes ago)." in page
    assert "One message is due and not taken yet, the oldest since" in page
    assert "(7 minutes ago)" in page


def test_what_the_night_put_right_is_told(boss: Client) -> None:
    request = troubles.mended("Padlet")
    page = read(boss)
    assert "The work of “Privacy review” had stopped: nobody could go on." in page
    assert "1 closed, 1 opened anew" in page
    assert f'<a href="{request.get_absolute_url()}">Padlet (request)</a>' in page


def test_the_ledger_says_how_far_it_is_fixed_and_that_it_holds(boss: Client) -> None:
    troubles.alive()
    requests.in_triage()
    troubles.night()
    page = read(boss)
    assert "1 case of your district" in page
    assert "every row is as it was written, checked just now" in page
    assert "All is well." in page


def test_a_changed_ledger_is_alarming_and_names_the_case(boss: Client) -> None:
    request = requests.in_triage()
    troubles.night()
    drop_triggers(connection)
    Entry.objects.filter(case=request.pk, seq=1).update(actor_ref="membership:999")
    install_triggers(connection)
    troubles.night()
    page = read(boss)
    assert "The record of what happened was changed from outside" in page
    assert f"Row 1 of case {request.code} was changed." in page
    assert "All is well." not in page


def test_another_district_sees_none_of_it() -> None:
    troubles.alive()
    request = troubles.mended("Padlet")
    troubles.given_up(request)
    troubles.given_up()
    troubles.retrying(request)
    troubles.unreadable_date(request)
    troubles.message(send_after=timezone.now() - timedelta(hours=1))
    drop_triggers(connection)
    Entry.objects.filter(case=request.pk, seq=1).update(actor_ref="membership:999")
    install_triggers(connection)
    troubles.night()
    client = Client()
    client.force_login(people.eve().user)
    page = read(client)
    assert "All is well." in page
    assert "No message is waiting." in page
    assert "0 cases of your district" in page
    assert [word for word in ("Padlet", request.code, "dee@") if word in page] == []


def test_a_draft_of_somebody_is_named_by_its_code_alone(boss: Client) -> None:
    draft = requests.draft(tool_name="Secret Wish")
    troubles.given_up(draft)
    page = read(boss)
    assert f"Request {draft.code}" in page
    assert "Secret Wish" not in page


def test_only_administrators_come_in(client: Client) -> None:
    client.force_login(people.ada().user)
    assert client.get(reverse(PAGE)).status_code == 403
    assert reverse(PAGE) not in client.get("/").content.decode()


def test_the_page_is_in_the_navigation_of_administrators(boss: Client) -> None:
    assert f'href="{reverse(PAGE)}"' in boss.get("/").content.decode()


@pytest.fixture
def everything() -> Callable[[int], None]:
    def make(number: int) -> None:
        request = troubles.mended(f"Tool{number}")
        troubles.given_up(request)
        troubles.retrying(request)
        troubles.failed_seal(request)
        troubles.unreadable_date(request)

    return make


def test_the_page_costs_the_same_for_one_row_and_for_three(
    boss: Client, everything: Callable[[int], None]
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert boss.get(reverse(PAGE)).status_code == 200
        return len(asked)

    everything(1)
    troubles.night()
    one = cost()
    everything(2)
    everything(3)
    assert cost() == one
    assert one <= 24


def test_every_page_tells_the_administrator_that_the_worker_is_silent(boss: Client) -> None:
    troubles.alive()
    quiet = timezone.now() + timedelta(minutes=3)
    with time_machine.travel(quiet, tick=False):
        boss.force_login(people.max().user)
        home = " ".join(boss.get("/").content.decode().split())
        there = read(boss)
    said = "The worker is silent: mails and reminders wait until it runs."
    assert f'{said} <a href="/operations/">Operations says more</a>' in home
    assert said not in there
    assert "The worker is silent" in there


def test_every_page_tells_the_administrator_of_what_was_given_up_and_nobody_else(
    boss: Client,
) -> None:
    troubles.alive()
    said = "Something was tried until it was hopeless."
    assert said not in boss.get("/").text
    troubles.given_up(requests.in_triage())
    assert f'{said} <a href="/operations/">Look at Operations</a>' in " ".join(
        boss.get("/").text.split()
    )
    boss.force_login(people.ada().user)
    assert said not in boss.get("/").text


def test_where_only_a_round_is_late_no_button_is_spoken_of(boss: Client) -> None:
    """Just after a start the dates were not looked at since the machine was switched off."""
    troubles.alive()
    Beat.objects.filter(name="sweep").update(at=timezone.now() - timedelta(minutes=9))
    page = read(boss)
    assert "Just after a start it comes within a minute." in page
    assert "press the button" not in page
