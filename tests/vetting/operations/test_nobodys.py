"""A mail for an address that no district knows was given up: every administrator looks after it."""

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import people, troubles
from vetting.operations import commands
from vetting.people.models import Membership, SettingChange
from vetting.people.queries import actor_of
from workflows.actors import system
from workflows.engine import Refused
from workflows.operations.queries import given_up_for
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
STRANGER = "stranger@nowhere.example"
PAGE = "operations:page"
REFUSED = f"SMTPException: {{'{STRANGER}': (550, b'no such user {STRANGER}')}}"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    """allauth counts in the cache how often an address asks."""
    cache.clear()


def as_(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def a_dead_letter(why: str = REFUSED) -> Message:
    """Somebody asked for a new password for an address that has no account here."""
    assert Client().post("/password/reset/", {"email": STRANGER}).status_code == 302
    mail = Message.objects.get(to=STRANGER)
    assert (mail.tenant_id, mail.case_id) == (None, None)
    ended = {"status": Message.FAILED, "send_after": None, "attempts": 20, "last_error": why}
    Message.objects.filter(pk=mail.pk).update(**ended)
    return Message.objects.get(pk=mail.pk)


def press(person: Membership, name: str, **fields: object) -> str:
    answer = as_(person).post(reverse(f"operations:{name}"), fields)
    return [str(said) for said in get_messages(answer.wsgi_request)][-1]


@pytest.mark.parametrize("why", [REFUSED, f"No mail server takes {STRANGER.title()}."])
def test_every_administrator_sees_it_and_nobody_its_address(why: str) -> None:
    troubles.alive()
    mail = a_dead_letter(why)
    for boss in (people.max(), people.eve()):
        page = as_(boss).get(reverse(PAGE)).text
        assert f"Mail “{mail.subject}”" in page
        assert "to somebody who belongs to no district" in page
        assert "Needs you" in page
        assert STRANGER not in page.lower()


def test_it_is_tried_again_by_whoever_is_first() -> None:
    mail, max_ = a_dead_letter(), people.max()
    told = press(max_, "message_again", number=mail.pk, seen=20)
    assert told == "It is being tried again. Look here in a minute."
    assert Message.objects.get(pk=mail.pk).status == Message.RETRY
    again = press(max_, "message_again", number=mail.pk, seen=20)
    assert again.startswith("You asked for this already, on ")
    # Who pressed in another district is nobody's business here.
    elsewhere = press(people.eve(), "message_again", number=mail.pk, seen=20)
    assert elsewhere == "It was tried once more since you opened this page. Look at it again."
    change = SettingChange.objects.get()
    assert (change.what, change.tenant_id) == ("message_retried", max_.district.tenant_id)
    assert STRANGER not in str(change.facts)


def test_it_can_be_let_go() -> None:
    mail, eve = a_dead_letter(), people.eve()
    told = press(eve, "message_let_go", number=mail.pk, note="Nobody of ours.")
    assert told == "It is kept as a record, and nobody tries to deliver it any more."
    assert Message.objects.get(pk=mail.pk).status == Message.WITHHELD
    assert not given_up_for(actor_of(people.max())).exists()


def test_it_is_among_everything_that_is_tried_again() -> None:
    a_dead_letter()
    troubles.given_up()
    assert press(people.eve(), "all_again") == "1 is being tried again."
    assert press(people.max(), "all_again") == "1 is being tried again."


def test_the_role_and_a_district_are_asked_for() -> None:
    mail = a_dead_letter()
    with pytest.raises(Refused, match="This is for: "):
        commands.retry_message(mail, by=actor_of(people.ben()))
    with pytest.raises(Refused, match="There is nothing here for you"):
        commands.let_message_go(mail, by=system("desk"), note="No")
    assert not given_up_for(system("desk")).exists()
