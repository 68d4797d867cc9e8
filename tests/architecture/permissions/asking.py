"""Asking one address as one visitor, and what was written on the way."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tests.architecture.permissions.rows import AWAY, DONE, SIGN_IN, Answer
from tests.factories.world import World
from vetting.people.models import User

# A statement that opens with WITH may write too; one that locks (FOR NO KEY UPDATE OF) does not.
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|WITH\b.*\b(INSERT INTO|UPDATE \S+ SET))",
    re.IGNORECASE | re.DOTALL,
)
# A form's token is another one each time.
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=)"\w+"')

FORM = "application/x-www-form-urlencoded"
# What a browser sends for a form in which nothing was typed.
EMPTY_FORM = "csrfmiddlewaretoken=x&"


@dataclass(frozen=True, slots=True)
class Heard:
    """`written`: statements that wrote; `more`: rows that were there afterwards and not before."""

    answer: Answer
    text: str
    written: tuple[str, ...]
    more: int

    def without(self, word: str) -> str:
        return TOKEN.sub(r"\1", self.text).replace(word, "")


class Visitors:
    """A browser for each, signed in once; what a visit does is taken back after it."""

    def __init__(self, world: World, names: Iterable[str]) -> None:
        self._clients = {name: _signed_in(world.user(name)) for name in names}
        self._rows = rows()
        self._heard: dict[tuple[str, str, str, str], Heard] = {}

    def ask(self, visitor: str, method: str, address: str, sends: str = "") -> Heard:
        """The same question has the same answer: nothing of the first visit was kept."""
        asked = visitor, method, address, sends
        if asked not in self._heard:
            self._heard[asked] = self._visit(*asked)
        return self._heard[asked]

    def _visit(self, visitor: str, method: str, address: str, sends: str) -> Heard:
        client = self._client(visitor)
        cache.clear()  # the limits count visits by address and minute
        with transaction.atomic(), _listening() as written:
            response = client.generic(method, address, EMPTY_FORM + sends, FORM)
            text = "" if response.streaming else response.content.decode("utf-8", "replace")
            more = rows() - self._rows if written else 0
            transaction.set_rollback(True)
        return Heard(_answer(response, written), text, tuple(written), more)

    def _client(self, visitor: str) -> Client:
        client, key = self._clients[visitor]
        client.cookies.clear()  # messages of the page before, or a sign-out that was taken back
        if key:
            client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client


def _signed_in(user: User | None) -> tuple[Client, str]:
    client = Client()
    if user is None:
        return client, ""
    client.force_login(user)
    return client, client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _listening() -> Iterator[list[str]]:
    written: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if WRITES.match(sql):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield written


def rows() -> int:
    """How many rows there are in all tables together; one query."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    counted = " + ".join(f"(SELECT COUNT(*) FROM {name})" for name in sorted(tables))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}")
        return int(cursor.fetchone()[0])


def _answer(response: Any, written: list[str]) -> Answer:
    if response.status_code == 401 and b"You are signed out" in response.content:
        return SIGN_IN
    if response.status_code not in (301, 302, 303):
        return int(response.status_code)
    if response["Location"].startswith("/sign-in/?next="):
        return SIGN_IN
    return DONE if written else AWAY
