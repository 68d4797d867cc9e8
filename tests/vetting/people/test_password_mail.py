"""A mail with a link to choose a password waits in the outbox, and the link exists only in it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import people
from workflows.outbox.commands import retry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.outbox.rules import LINK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    """allauth counts in the cache how often an address asks."""
    cache.clear()


PHRASE = "a long enough phrase"


def ask(email: str) -> None:
    assert Client().post("/password/reset/", {"email": email}).status_code == 302


def link_in(mail: Any) -> str:
    return next(word for word in mail.body.split() if "/password/reset/" in word)


def choose(link: str) -> Any:
    """Follow the link as a browser does, and type a password twice."""
    client = Client()
    page = client.get(link[link.index("/password") :], follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": PHRASE, "password2": PHRASE})


def everything_stored() -> str:
    """Every column of every table, as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


def test_the_row_promises_a_link_and_the_sent_copy_holds_one(mailoutbox: list[Any]) -> None:
    ada = people.ada()
    ask("ADA@juniper.example")
    row = Message.objects.get()
    assert (row.channel, row.topic, row.to, row.tenant) == (
        Message.MAIL,
        "password_reset",
        ada.user.email,
        ada.district.tenant,
    )
    promised = {"kind": "password", "user": ada.user.pk}
    assert row.payload == {"link": promised, "link_at": [row.body.index(LINK)]}
    assert (row.body.count(LINK), mailoutbox) == (1, [])

    assert drain() == {"done": 1}
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([ada.user.email], "Choose a new password")
    assert link_in(mail).startswith("http://127.0.0.1:8000/password/reset/")
    assert choose(link_in(mail)).status_code == 302
    assert Client().login(email=ada.user.email, password=PHRASE)


def test_no_table_keeps_the_link_or_its_token(mailoutbox: list[Any]) -> None:
    ask(people.ada().user.email)
    drain()
    link = link_in(mailoutbox[0])
    token = link.rstrip("/").partition("-")[2]
    kept = everything_stored()
    assert len(token) > 20
    assert [part for part in (link, token, token.partition("-")[2]) if part in kept] == []
    assert LINK in kept


def test_a_link_works_once(mailoutbox: list[Any]) -> None:
    ada = people.ada()
    ask(ada.user.email)
    drain()
    choose(link_in(mailoutbox[0]))
    ada.user.refresh_from_db()
    chosen = ada.user.password
    again = Client().get(link_in(mailoutbox[0]).partition("8000")[2], follow=True)
    assert 'name="password1"' not in again.content.decode()
    ada.user.refresh_from_db()
    assert ada.user.password == chosen


def test_a_mail_that_waited_for_days_carries_a_link_that_still_opens(mailoutbox: list[Any]) -> None:
    ask(people.ada().user.email)
    Message.objects.update(created_at=timezone.now() - timedelta(days=30))
    drain()
    assert choose(link_in(mailoutbox[0])).status_code == 302


def test_a_closed_account_gets_no_link(mailoutbox: list[Any]) -> None:
    user = people.ada().user
    ask(user.email)
    user.is_active = False
    user.save()
    assert drain() == {Message.FAILED: 1}
    row = Message.objects.get()
    assert row.last_error == (
        "PermanentFault: The account was closed or has another address since."
    )
    assert mailoutbox == []


def test_an_account_whose_address_changed_meanwhile_gets_no_link(mailoutbox: list[Any]) -> None:
    user = people.ada().user
    ask(user.email)
    user.email = "ada.new@juniper.example"
    user.save()
    assert drain() == {Message.FAILED: 1}
    assert retry(Message.objects.get().pk)
    assert drain() == {Message.FAILED: 1}
    assert mailoutbox == []
    Message.objects.all().delete()
    # allauth remembers the old address; the mail goes where the account is now.
    ask("ada@juniper.example")
    assert Message.objects.get().to == "ada.new@juniper.example"


def test_asking_twice_in_a_minute_writes_one_mail() -> None:
    for _ in range(2):
        ask(people.ada().user.email)
    assert Message.objects.count() == 1


def test_an_address_without_an_account_is_told_so_without_a_link(mailoutbox: list[Any]) -> None:
    ask("nobody@fox.example")
    assert drain() == {"done": 1}
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["nobody@fox.example"],
        "No Countersign account for this address",
    )
    assert "http" not in mail.body


def test_an_address_that_no_account_can_have_is_refused_at_the_field() -> None:
    host = ".".join(["b" * 60] * 3)
    for name, status in (("a" * 63, 302), ("a" * 64, 200)):
        email = f"{name}@{host}.foxy.ex"
        answer = Client().post("/password/reset/", {"email": email})
        assert (len(email), answer.status_code) == (len(name) + 191, status)
    assert "Write at most 254 characters: these are 255." in answer.text
    assert [len(row.to) for row in Message.objects.all()] == [254]


def test_an_address_that_grows_in_lower_case_is_refused_too() -> None:
    host = ".".join(["İ" * 15] * 8)
    email = f"{'a' * 60}@{host}.fox.example"
    assert (len(email), len(email.lower())) == (200, 320)
    answer = Client().post("/password/reset/", {"email": email})
    assert answer.status_code == 200
    assert "Write at most 254 characters: these are 320." in answer.text
    assert not Message.objects.exists()
