"""The floor: what no code can do, whatever path it takes to the database."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.workflows.parcels import story
from tests.workflows.parcels.lifecycle import PARCEL
from workflows import triggers
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_only_pairs_of_the_table_pass() -> None:
    allowed = PARCEL.pairs()
    for state in PARCEL.states:
        parcel = story.wrapped()
        if state == "on_the_road":
            continue
        pair = (parcel.state, state)
        if pair in allowed or state == parcel.state:
            run("UPDATE parcels_parcel SET state = %s WHERE case_id = %s", state, parcel.pk)
        else:
            with pytest.raises(IntegrityError, match="no row of the lifecycle allows this move"):
                run("UPDATE parcels_parcel SET state = %s WHERE case_id = %s", state, parcel.pk)


def test_a_jump_by_raw_sql_is_refused_and_changes_nothing() -> None:
    parcel = story.at_counter()
    with pytest.raises(IntegrityError, match="no row of the lifecycle allows this move"):
        run("UPDATE parcels_parcel SET state = 'on_the_road'")
    assert type(parcel).objects.get().state == "at_counter"


def test_a_case_opens_in_its_first_state_only() -> None:
    parcel = story.wrapped()
    columns = "state, since, version, title, address, grams, checked"
    with pytest.raises(IntegrityError, match="a case opens in wrapped"):
        run(
            f'INSERT INTO parcels_parcel (case_id, "left", {columns}) '  # noqa: S608
            "SELECT case_id + 1000, '', 'lost', since, 1, 'x', 'y', 1, checked FROM parcels_parcel "
            "WHERE case_id = %s",
            parcel.pk,
        )


def test_cases_stay() -> None:
    story.wrapped()
    with pytest.raises(IntegrityError, match="cases stay"):
        run("DELETE FROM parcels_parcel")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflows_entry SET actor_ref = 'membership:1'",
        "DELETE FROM workflows_entry",
        "DELETE FROM workflows_entry WHERE seq = 2",
    ],
)
def test_the_ledger_is_only_ever_added_to(statement: str) -> None:
    story.at_counter()
    with pytest.raises(IntegrityError, match="append only"):
        run(statement)
    assert Entry.objects.count() == 2


@pytest.mark.database("postgresql")
def test_the_ledger_cannot_be_emptied_at_once() -> None:
    with pytest.raises(DatabaseError, match="append only"):
        run("TRUNCATE workflows_entry CASCADE")


def test_installing_twice_changes_nothing() -> None:
    triggers.install_triggers(connection)
    triggers.install_triggers(connection)
    assert triggers.missing(connection) == []


@pytest.mark.database("sqlite")
def test_a_rebuilt_table_loses_its_triggers_and_gets_them_back() -> None:
    run("DROP TRIGGER parcels_parcel_moves")
    assert [t.name for t in triggers.missing(connection)] == ["parcels_parcel_moves"]
    triggers.install_after_migrate(using="default")
    assert triggers.missing(connection) == []
