"""Each invariant is broken by raw SQL, and exactly that fault is named."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection

from tests.workflows.parcels import story
from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.actors import system
from workflows.clock.models import Deadline
from workflows.desk import commands as desk
from workflows.invariants import registry
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CONSTRAINTS = ("one_open_task_per_node", "one_open_deadline_per_kind")


@pytest.fixture
def no_floor(db: None) -> None:
    """The database without our triggers: what a careless hand with a console could do.

    Both databases take the drop back with the test's transaction.
    """
    drop_triggers(connection)


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def named() -> list[tuple[str, str]]:
    """Everything the invariants say, but for the triggers this test took away."""
    return [(f.kind, f.case) for f in registry.faults() if f.kind != "trigger"]


def two_parcels() -> tuple[Parcel, Parcel]:
    """One that must never be named, and the one to be broken."""
    return story.on_scales(), story.on_scales()


def break_version(parcel: Parcel) -> None:
    sql("UPDATE parcels_parcel SET version = 9 WHERE case_id = %s", parcel.pk)


def break_ledger_gap(parcel: Parcel) -> None:
    sql("UPDATE workflows_entry SET seq = 7 WHERE case_id = %s AND seq = 3", parcel.pk)
    sql("UPDATE parcels_parcel SET version = 7 WHERE case_id = %s", parcel.pk)


def break_replay(parcel: Parcel) -> None:
    sql(
        "UPDATE workflows_entry SET source = 'aside', name = 'take_up' "
        "WHERE case_id = %s AND seq = 3",
        parcel.pk,
    )


def break_state(parcel: Parcel) -> None:
    sql("UPDATE workflows_entry SET target = 'aside', name = 'put_aside' WHERE case_id = %s "
        "AND seq = 3", parcel.pk)  # fmt: skip


def break_since(parcel: Parcel) -> None:
    sql("UPDATE parcels_parcel SET since = %s WHERE case_id = %s", NEW_YEAR, parcel.pk)


def break_outside_the_table(parcel: Parcel) -> None:
    sql("UPDATE workflows_entry SET name = 'levitate' WHERE case_id = %s AND seq = 3", parcel.pk)


def break_foreign_actor(parcel: Parcel) -> None:
    other = story.district("oak")
    sql("UPDATE workflows_entry SET actor_tenant_id = %s WHERE case_id = %s AND seq = 2",
        other.pk, parcel.pk)  # fmt: skip


def break_open_work(parcel: Parcel) -> None:
    sql("UPDATE workflows_process SET finished = created, status = 'CANCELED' WHERE case_id = %s",
        parcel.pk)  # fmt: skip
    sql("UPDATE workflows_task SET finished = created WHERE process_id IN "
        "(SELECT id FROM workflows_process WHERE case_id = %s)", parcel.pk)  # fmt: skip


def break_overtaken_work(parcel: Parcel) -> None:
    sql("UPDATE parcels_parcel SET grams = 3 WHERE case_id = %s", parcel.pk)


def break_dwell_elsewhere(parcel: Parcel) -> None:
    sql("UPDATE workflows_deadline SET met_at = NULL WHERE case_id = %s AND kind = 'counter'",
        parcel.pk)  # fmt: skip


def break_dwell_missing(parcel: Parcel) -> None:
    sql("DELETE FROM workflows_deadline WHERE case_id = %s AND kind = 'scales'", parcel.pk)


def break_date_explained(parcel: Parcel) -> None:
    sql("UPDATE workflows_deadline SET due_at = %s WHERE case_id = %s AND kind = 'scales'",
        NEW_YEAR, parcel.pk)  # fmt: skip


def break_fired_rungs(parcel: Parcel) -> None:
    sql("UPDATE workflows_deadline SET rung = 1 WHERE case_id = %s AND kind = 'scales'", parcel.pk)


def break_case_without_subject(parcel: Parcel) -> None:
    lonely = story.wrapped()
    sql("DELETE FROM parcels_parcel WHERE case_id = %s", lonely.pk)
    sql("UPDATE workflows_case SET code = %s WHERE id = %s", parcel.code + "x", lonely.pk)


BREAKS: dict[str, Callable[[Parcel], None]] = {
    name.removeprefix("break_"): function
    for name, function in list(globals().items())
    if name.startswith("break_")
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_broken_row_is_named_by_its_invariant_and_by_no_other(kind: str, no_floor: None) -> None:
    sound, broken = two_parcels()
    assert named() == []
    BREAKS[kind](broken)
    found = named()
    assert [k for k, _ in found] == [kind]
    assert found[0][1].startswith(broken.code)
    assert sound.code not in {case for _, case in found}


def test_a_rung_sent_beyond_the_count_is_named() -> None:
    parcel = story.on_scales()
    deadline = Deadline.objects.get(case_id=parcel.pk, kind="scales")
    Message.objects.create(
        channel=Message.REACTION, topic="deadline_rung", case_id=parcel.pk, dedupe_key="x",
        payload={"deadline": deadline.pk, "rung": 0, "missed": []},
        created_at=deadline.armed_at, send_after=deadline.armed_at, status=Message.DONE,
    )  # fmt: skip
    assert named() == [("fired_rungs", parcel.code)]


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_the_database_itself_refuses_a_second_open_row(constraint: str) -> None:
    table = "workflows_task" if "task" in constraint else "workflows_deadline"
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    assert found[constraint]["unique"]


@pytest.mark.parametrize(
    ("constraint", "table", "column", "kind"),
    [
        (CONSTRAINTS[0], "workflows_task", "finished", "task_per_node"),
        (CONSTRAINTS[1], "workflows_deadline", "met_at", "deadline_per_kind"),
    ],
)
def test_a_second_open_row_is_named_where_the_constraint_is_gone(
    constraint: str, table: str, column: str, kind: str
) -> None:
    parcel = story.on_scales()
    model = Deadline if table == "workflows_deadline" else desk.Task
    names = [f.column for f in model._meta.concrete_fields if f.column != "id"]
    listed = ", ".join(f'"{name}"' for name in names)
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(f"DROP INDEX {constraint}")
    sql(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {table} WHERE {column} IS NULL")  # noqa: S608
    assert named() == [(kind, parcel.code)]


def test_a_missing_trigger_is_named(no_floor: None) -> None:
    kinds = {fault.kind for fault in registry.faults()}
    assert kinds == {"trigger"}
    assert any("parcels_parcel_moves" in fault.says for fault in registry.faults("trigger"))


def test_a_job_pending_in_an_ended_case_is_named() -> None:
    parcel = story.at_counter()
    parcel = engine.perform(parcel, "lose", by=system("clock"))
    at = parcel.case.opened_at
    Message.objects.create(channel=Message.JOB, topic="seal", case=parcel.case, dedupe_key="job",
                           created_at=at, send_after=at)  # fmt: skip
    assert named() == [("pending_at_an_end", parcel.code)]


def test_a_reaction_to_an_event_that_is_not_there_is_named() -> None:
    parcel = story.at_counter()
    at = parcel.case.opened_at
    Message.objects.create(channel=Message.REACTION, topic="x", case=parcel.case, dedupe_key="r",
                           created_at=at, send_after=at, payload={"entry": 0})  # fmt: skip
    assert named() == [("reaction_without_event", parcel.code)]


def test_a_whole_story_leaves_no_fault() -> None:
    parcel = story.on_scales(grams=3, checked=True)
    engine.perform(parcel, "put_aside", by=story.ada(), note="Lunch")
    engine.perform(parcel, "take_up", by=story.sol())
    desk.complete(parcel.case, "check_customs", by=story.cora())
    desk.complete(parcel.case, "seal_it", by=story.ada())
    engine.perform(story.at_counter(), "lose", by=system("clock"))
    assert registry.faults() == []


def test_the_command_prints_json_alone_and_fails_on_faults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("invariants", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said == {"faults": [], "asked": registry.kinds()}

    parcel = story.on_scales()
    break_overtaken_work(parcel)
    with pytest.raises(SystemExit) as end:
        call_command("invariants")
    assert end.value.code == 1
    printed = capsys.readouterr().out
    assert f"overtaken_work {parcel.code}: note_weight is open" in printed
    assert "1 faults in" in printed
