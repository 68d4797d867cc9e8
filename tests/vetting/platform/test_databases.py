import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection

from workflows import triggers


@pytest.mark.django_db
def test_an_address_is_one_person_however_it_is_written() -> None:
    user = get_user_model()
    ada = user.objects.create_user(" Ada@Mesa.example", name="Ada Park")
    assert ada.email == "ada@mesa.example"
    with pytest.raises(IntegrityError):
        user.objects.create(email="ADA@mesa.example")


@pytest.mark.database("sqlite")
@pytest.mark.django_db
def test_sqlite_is_a_file_with_a_write_ahead_log_and_immediate_transactions() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.database("postgresql")
@pytest.mark.django_db
def test_postgres_is_fifteen_or_later() -> None:
    assert connection.pg_version >= 150000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_flush_empties_the_ledger_and_leaves_its_triggers_standing(turn: str) -> None:
    assert triggers.missing(connection) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workflows_entry")
        assert cursor.fetchone() == (0,)
