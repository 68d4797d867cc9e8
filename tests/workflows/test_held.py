"""A row that this transaction has locked is not read again, unless something happened to it."""

import pytest
from django.db import transaction

from tests.races import race
from tests.workflows.deals.models import Deal
from tests.workflows.parcels import story
from tests.workflows.test_statements import person, statements
from workflows import engine, held
from workflows.actors import Role
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_row_that_is_locked_is_not_locked_and_read_again() -> None:
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))

    def twice() -> None:
        with transaction.atomic():
            locked = engine.lock(deal)
            locked.title = "Not saved, so nobody sees it"
            assert engine.lock(deal).title == "Reading app"

    assert len(statements(twice)) == 1
    assert len(statements(lambda: (twice(), twice()))) == 2


def test_what_a_savepoint_took_back_is_read_again() -> None:
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))
    with transaction.atomic():
        engine.lock(deal)
        with transaction.atomic():
            engine.perform(deal, "submit", by=person(Role.REQUESTER))
            assert engine.lock(deal).version == 2
            transaction.set_rollback(True)
        assert engine.lock(deal).version == 1
        assert engine.perform(deal, "submit", by=person(Role.REQUESTER)).version == 2


def test_what_was_written_around_the_engine_is_read_again() -> None:
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))
    with transaction.atomic():
        engine.lock(deal)
        Deal.objects.filter(pk=deal.pk).update(title="Spelling app")
        assert engine.lock(deal).title == "Spelling app"


def test_another_transaction_reads_again() -> None:
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))
    with transaction.atomic():
        engine.lock(deal)
    race(lambda: engine.perform(deal, "submit", by=person(Role.REQUESTER)))
    with transaction.atomic():
        assert engine.lock(deal).version == 2


def test_whoever_waited_for_the_lock_follows_the_row_that_was_written_meanwhile() -> None:
    """A SELECT that waits reads the locked row anew, but the ledger as it was when it began."""
    deal = engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER))
    ada = person(Role.PRIVACY)
    calls = [lambda n=n: engine.record(deal, "noted", by=ada, facts={"n": n}) for n in range(6)]
    for _ in range(5):
        assert not [out for out in race(*calls) if isinstance(out, Exception)]
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 32))
    assert verify() == []


def test_nothing_is_kept_longer_than_its_transaction() -> None:
    deals = [
        engine.open_case(Deal, tenant=story.district(), by=person(Role.REQUESTER)) for _ in range(3)
    ]
    for deal in deals:
        with transaction.atomic():
            engine.lock(deal)
    assert held._here() == {}
    for deal in deals:
        with transaction.atomic():
            engine.lock(deal)
            assert list(held._here()) == [(Deal, deal.pk)]
            transaction.set_rollback(True)
