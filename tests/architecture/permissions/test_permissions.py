"""Who may open and press what: every address of the product, every kind of visitor, one table.

An address that has no row fails here: somebody has to say who may open it.
"""

import logging
from collections.abc import Iterable, Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.architecture.permissions import vendor
from tests.architecture.permissions.addresses import (
    UNKNOWN,
    address,
    address_of_nothing,
    patterns,
    takes,
)
from tests.architecture.permissions.asking import Heard, Visitors
from tests.architecture.permissions.rows import (
    CONFLICT,
    EVE,
    FORBIDDEN,
    GET,
    INVALID,
    NOBODY,
    NOTHING,
    POST,
    REQUESTER,
    SIGN_IN,
    STRAY,
    VISITORS,
    WRONG_METHOD,
    AnyRow,
)
from tests.architecture.permissions.tables import ROWS, names
from tests.factories import world as district
from tests.factories.world import World

# Who may open what is decided in Python; what each page asks of PostgreSQL, its room's tests ask.
pytestmark = [pytest.mark.django_db, pytest.mark.database("sqlite")]

WHERE = "tests/architecture/permissions"
TURNED_AWAY = (SIGN_IN, FORBIDDEN, NOTHING, WRONG_METHOD)
# Opening the two of signing is noted: evidence of what was read. allauth keeps the address of a
# person whose number stands in the link.
NOTES_A_VISIT = {"signing:vendor", "signing:sign", "account_reset_password_from_key"}
# A requester who did not ask for it, a principal of another school, another district, nobody.
STRANGERS = (REQUESTER, "leader elsewhere", EVE, STRAY, NOBODY)
# Whoever posts here is signed in by nothing that a browser sends along by itself.
WITHOUT_TOKEN = {*vendor.BY_LINK, "signing:verify"} - {"signing:vendor", "signing:vendor_file"}


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Every second visit is refused here, which is no news for the log."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for the whole table; every visit is taken back, and at the end all of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield district.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitors(world: World) -> Visitors:
    return Visitors(world, VISITORS)


def unsaid(addresses: Iterable[str], said: Iterable[str]) -> list[str]:
    """What to do about every address without a row, and every row without an address."""
    missing = [
        f"{name} is in no table: say in {WHERE}/requests.py, contracts.py, house.py or vendor.py "
        "who may open it and what everybody else gets."
        for name in sorted(set(addresses) - set(said))
    ]
    gone = [
        f"{name} has a row in {WHERE} but no address any more: take the row away."
        for name in sorted(set(said) - set(addresses))
    ]
    return missing + gone


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert unsaid(patterns(), names()) == []


def test_a_page_that_nobody_thought_about_and_a_row_that_was_left_behind_are_seen() -> None:
    new, old = unsaid(["home", "requests:secret"], ["home", "requests:gone"])
    assert new.startswith("requests:secret is in no table: say in ")
    assert old.startswith("requests:gone has a row in ")


def test_only_addresses_that_know_nobody_take_a_post_without_a_token() -> None:
    found = {n for n, p in patterns().items() if getattr(p.callback, "csrf_exempt", False)}
    assert found - {"signing:vendor", "signing:vendor_file"} == WITHOUT_TOKEN


def words(row: AnyRow) -> str:
    return f"{row.name} {row.of}".strip().replace(" ", "-")


def address_for(row: AnyRow, world: World) -> str:
    return address(row.name, world.of[row.of] if row.of else {}) + row.query


def faults(row: AnyRow, method: str, heard: Heard) -> list[str]:
    """Whoever is turned away writes nothing at all, and a refusal leaves no row behind."""
    shown = method == GET and row.name not in NOTES_A_VISIT
    if heard.written and (shown or heard.answer in TURNED_AWAY):
        return [f"{method} {row.name}: {heard.written[0]}"]
    if heard.more and heard.answer in (CONFLICT, INVALID):
        return [f"{method} {row.name}: {heard.more} rows more, although it was refused"]
    return []


@pytest.mark.parametrize("row", ROWS, ids=words)
def test_each_visitor_gets_the_answer_of_the_table(
    row: AnyRow, world: World, visitors: Visitors
) -> None:
    where = address_for(row, world)
    heard = {(how, who): visitors.ask(who, how, where, row.sends) for how, who in row.visits()}

    assert {one: said.answer for one, said in heard.items()} == {
        (how, who): row.expected(how, who) for how, who in heard
    }
    assert [f for (how, _), said in heard.items() for f in faults(row, how, said)] == []


OBJECTS = [row for row in ROWS if row.of and takes(row.name) & set(UNKNOWN)]


@pytest.mark.parametrize("row", OBJECTS, ids=words)
def test_what_is_hidden_is_answered_like_what_is_not_there(
    row: AnyRow, world: World, visitors: Visitors
) -> None:
    where = address_for(row, world)
    nothing, real, unknown = address_of_nothing(row.name, world.of[row.of])
    nothing += row.query
    for how, who in row.visits():
        if who in STRANGERS and row.expected(how, who) in TURNED_AWAY:
            theirs, none = (
                visitors.ask(who, how, where, row.sends),
                visitors.ask(who, how, nothing, row.sends),
            )
            assert (who, theirs.answer) == (who, none.answer)
            assert theirs.without(real) == none.without(unknown)


@pytest.mark.parametrize("link", [*vendor.LIVE, *vendor.SHUT])
@pytest.mark.parametrize("visitor", [NOBODY, EVE, "legal"])
def test_a_personal_link_opens_its_own_agreement_and_nothing_else_does(
    link: str, visitor: str, world: World, visitors: Visitors
) -> None:
    values = {"token": world.links[link], **vendor.FILE}
    asked = [(method, name) for name in vendor.BY_LINK for method in (GET, POST)]
    heard = {one: visitors.ask(visitor, one[0], address(one[1], values)) for one in asked}

    assert {one: heard[one].answer for one in asked} == {
        (method, name): vendor.expected(name, method, link) for method, name in asked
    }
    # Asking for another link writes a mail to the address we have; the answer is the same.
    left = [said for (_, name), said in heard.items() if name != "signing:new_link"]
    assert [h.written for h in left if h.written and h.answer in (NOTHING, WRONG_METHOD)] == []
    assert [h.answer for h in left if h.more and h.answer == CONFLICT] == []
    codes = {state: values["code"] for state, values in world.of.items() if "agreement in" in state}
    page = heard[GET, "signing:vendor"].text
    assert [state for state, code in codes.items() if code in page] == world.opened_by.get(link, [])
    if link in vendor.SHUT:
        wrong = visitors.ask(NOBODY, GET, address("signing:vendor", {"token": "never-made"}))
        shut = heard[GET, "signing:vendor"]
        assert "This link does not open anything" in shut.text
        assert shut.without(world.links[link]) == wrong.without("never-made")
