"""Trying again: once, by whoever is first, and in the record."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import people, plainly, requests, troubles
from vetting.operations import commands
from vetting.people import queries as persons
from vetting.people.models import Membership, SettingChange
from workflows.actors import Role
from workflows.clock.sweep import sweep
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of, verify
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
ONE, ALL, DATE = (f"operations:{name}_again" for name in ("message", "all", "deadline"))


GO = "operations:message_let_go"


def as_(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def ann() -> Membership:
    return people.person("Ann Lowe", Role.ADMIN)


def press(client: Client, name: str, **fields: object) -> str:
    answer = client.post(reverse(name), fields)
    assert (answer.status_code, answer["Location"]) == (302, reverse("operations:page"))
    return [str(said) for said in get_messages(answer.wsgi_request)][-1]


def test_a_mail_that_was_given_up_goes_out_after_one_press(mailoutbox: list[object]) -> None:
    request = requests.in_triage()
    drain()
    mailoutbox.clear()
    mail = troubles.given_up(request)
    said = press(as_(people.max()), ONE, number=mail.pk, seen=20)
    assert said == "It is being tried again. Look here in a minute."
    drain()
    assert len(mailoutbox) == 1
    told = history_of(request)[0]
    assert told.sentence == "Max Webb had a mail that failed sent again"
    assert verify() == []


def test_a_mail_that_nobody_can_get_is_let_go_with_its_reason(mailoutbox: list[object]) -> None:
    request = requests.in_triage()
    drain()
    mailoutbox.clear()
    mail = troubles.given_up(request)
    boss = as_(people.max())
    assert "Let it go" in boss.get(reverse("operations:page")).text
    assert press(boss, GO, number=mail.pk) == "Write why nobody needs this mail any more."
    assert Message.objects.get(pk=mail.pk).status == Message.FAILED
    said = press(boss, GO, number=mail.pk, note="The account was closed; I called her.")
    assert said == "It is kept as a record, and nobody tries to deliver it any more."
    drain()
    assert mailoutbox == []
    told = history_of(request)[0]
    assert told.sentence == "Max Webb let a mail go that could not be delivered"
    assert told.note == "The account was closed; I called her."
    assert "Needs you" not in boss.get(reverse("operations:page")).text
    again = press(as_(ann()), GO, number=mail.pk, note="Late")
    assert again.startswith("It has not been given up, or somebody let it go already.")
    assert Entry.objects.filter(name="message_let_go").count() == 1
    assert verify() == []


def test_what_a_case_stands_on_cannot_be_let_go() -> None:
    request = requests.in_triage()
    step = troubles.given_up(request)
    Message.objects.filter(pk=step.pk).update(channel=Message.REACTION)
    said = press(as_(people.max()), GO, number=step.pk, note="Not needed")
    assert said == "Only a mail can be let go: the case stands on what this one does."
    assert Message.objects.get(pk=step.pk).status == Message.FAILED


def test_a_mail_of_no_case_is_let_go_in_the_record_of_settings() -> None:
    mail, boss = troubles.given_up(), people.max()
    press(as_(boss), GO, number=mail.pk, note="She has left.")
    change = SettingChange.objects.get()
    assert (change.what, change.facts["message"]) == ("message_let_go", mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.last_error) == (Message.WITHHELD, "She has left.")


def test_the_second_person_reads_who_was_first_and_nothing_more_is_written() -> None:
    request = requests.in_triage()
    for mail in (troubles.given_up(request), troubles.retrying(request)):
        press(as_(people.max()), ONE, number=mail.pk, seen=mail.attempts)
        before = Entry.objects.count(), Message.objects.get(pk=mail.pk).send_after
        said = press(as_(ann()), ONE, number=mail.pk, seen=mail.attempts)
        assert said.startswith("Max Webb asked for this already, on ")
        assert said.endswith("You have nothing to do.")
        own = press(as_(people.max()), ONE, number=mail.pk, seen=mail.attempts)
        assert own.startswith("You asked for this already, on ")
        assert (Entry.objects.count(), Message.objects.get(pk=mail.pk).send_after) == before
    drain()
    said = press(as_(ann()), ONE, number=mail.pk, seen=mail.attempts)
    assert said == "It has been done since: there is nothing left to try."


def test_a_page_that_is_out_of_date_presses_nothing() -> None:
    mail = troubles.retrying(requests.in_triage(), attempts=4)
    said = press(as_(people.max()), ONE, number=mail.pk, seen=3)
    assert said == "It was tried once more since you opened this page. Look at it again."
    assert Message.objects.get(pk=mail.pk).send_after == mail.send_after


def test_a_mail_of_no_case_is_told_in_the_record_of_settings() -> None:
    mail, boss = troubles.given_up(), people.max()
    press(as_(boss), ONE, number=mail.pk, seen=20)
    change = SettingChange.objects.get()
    assert (change.what, change.facts["message"]) == ("message_retried", mail.pk)
    said = press(as_(ann()), ONE, number=mail.pk, seen=20)
    assert said.startswith("Max Webb asked for this already")
    page = as_(boss).get(reverse("people:record")).content.decode()
    assert "Max Webb had a mail that failed sent again." in page


def test_a_seal_that_legal_tried_already_is_said_so() -> None:
    from contracts.signing.commands import retry_seal

    agreement = plainly.with_vendor()
    seal = troubles.failed_seal(agreement)
    retry_seal(agreement, by=persons.actor_of(people.cora()))
    said = press(as_(people.max()), ONE, number=seal.pk, seen=20)
    assert said.startswith("Cora Lind asked for this already")


def test_everything_that_was_given_up_is_tried_by_one_press(mailoutbox: list[object]) -> None:
    request = requests.in_triage()
    drain()
    mailoutbox.clear()
    for _ in range(3):
        troubles.given_up(request)
    troubles.given_up()
    assert press(as_(people.max()), ALL) == "4 are tried again."
    assert press(as_(ann()), ALL).startswith("Nothing was left to try")
    drain()
    assert len(mailoutbox) == 4
    assert Entry.objects.filter(name="message_retried").count() == 3


def test_a_date_that_failed_is_swept_at_once() -> None:
    request = requests.in_triage()
    date = troubles.unreadable_date(request, ladder=[])
    press(as_(people.max()), DATE, number=date.pk, seen=2)
    said = press(as_(ann()), DATE, number=date.pk, seen=2)
    assert said.startswith("Max Webb asked for this already")
    assert sweep()["swept"] == 1
    said = press(as_(ann()), DATE, number=date.pk, seen=2)
    assert said == "It has been done since: there is nothing left to try."
    assert Entry.objects.filter(name="deadline_retried").count() == 1
    told = history_of(request)[0].sentence
    assert told.startswith("Max Webb had a date that failed looked at again: ")


def test_another_districts_rows_are_not_there() -> None:
    request = requests.in_triage()
    mail, date = troubles.given_up(request), troubles.unreadable_date(request)
    eve = people.eve()
    for name, row in ((ONE, mail), (DATE, date)):
        answer = as_(eve).post(reverse(name), {"number": row.pk, "seen": row.attempts})
        assert answer.status_code == 404
    by = persons.actor_of(eve)
    with pytest.raises(Refused, match="There is nothing here for you"):
        commands.retry_message(mail, by=by)
    with pytest.raises(Refused, match="There is nothing here for you"):
        commands.retry_deadline(date, by=by)
    assert press(as_(eve), ALL).startswith("Nothing was left to try")
    assert Message.objects.get(pk=mail.pk).status == Message.FAILED


def test_the_role_is_asked_for_in_the_command_too() -> None:
    mail = troubles.given_up(requests.in_triage())
    with pytest.raises(Refused, match="This is for: Administrator"):
        commands.retry_message(mail, by=persons.actor_of(people.ada()))
    assert not Entry.objects.filter(name="message_retried").exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "²", "9" * 30])
def test_a_number_that_is_none_finds_nothing(number: str) -> None:
    answer = as_(people.max()).post(reverse(ONE), {"number": number, "seen": "1"})
    assert answer.status_code == 404


def test_a_message_without_trouble_is_left_alone() -> None:
    mail = troubles.message(send_after=timezone.now() + timedelta(hours=1))
    said = press(as_(people.max()), ONE, number=mail.pk, seen=0)
    assert said == "It is being tried at this moment. Look again in a minute."
