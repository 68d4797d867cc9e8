import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada, ben, errand
from workflows import engine
from workflows.ledger.commands import write_checkpoint
from workflows.ledger.models import CheckpointHead, Entry, Note
from workflows.ledger.queries import verify
from workflows.ledger.rules import digest
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject() -> Errand:
    """Six rows: opened, begin, ask (with a note), answer, hand_over, nod."""
    subject = engine.perform(errand(), "ask", by=ada(), note="Which chalk?")
    subject = engine.perform(subject, "answer", by=ben())
    subject = engine.perform(subject, "hand_over", by=ada())
    return engine.perform(subject, "nod", by=ada())


def tamper(sql: str, *params: str | int) -> None:
    """What somebody with the database's password can do."""
    drop_triggers(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    install_triggers(connection)


def found() -> list[tuple[str, int]]:
    return [(fault.kind, fault.seq) for fault in verify()]


def test_an_honest_ledger_has_no_faults(subject: Errand) -> None:
    errand(title="Another")
    write_checkpoint()
    engine.perform(subject, "finish", by=ada())
    write_checkpoint()
    assert verify() == []
    assert verify(subject.code) == []


def test_a_changed_row_is_named(subject: Errand) -> None:
    tamper(
        "UPDATE workflows_entry SET actor_ref = 'membership:1' WHERE case_id = %s AND seq = 3",
        subject.pk,
    )
    (fault,) = verify()
    assert (fault.case, fault.seq, fault.kind) == (subject.code, 3, "changed")
    assert fault.says == f"Row 3 of case {subject.code} was changed."


def test_swapped_rows_are_named_both(subject: Errand) -> None:
    for old, new in ((2, 99), (4, 2), (99, 4)):
        tamper(
            "UPDATE workflows_entry SET seq = %s WHERE case_id = %s AND seq = %s",
            new,
            subject.pk,
            old,
        )
    assert found() == [("swapped", 2), ("swapped", 4)]
    assert verify()[0].says == f"Row 2 of case {subject.code} holds what was written as row 4."


def test_a_removed_row_is_named(subject: Errand) -> None:
    tamper("DELETE FROM workflows_entry WHERE case_id = %s AND seq = 4", subject.pk)
    assert found() == [("removed", 4)]


def test_a_cut_tail_shows_against_the_version(subject: Errand) -> None:
    tamper("DELETE FROM workflows_entry WHERE case_id = %s AND seq > 4", subject.pk)
    assert found() == [("cut", 5), ("cut", 6)]


def test_a_cut_tail_with_a_forged_version_shows_against_the_checkpoint(subject: Errand) -> None:
    write_checkpoint()
    tamper("DELETE FROM workflows_entry WHERE case_id = %s AND seq = 6", subject.pk)
    tamper("UPDATE toy_errand SET version = 5 WHERE case_id = %s", subject.pk)
    assert found() == [("cut", 6)]


def test_a_rewritten_tail_shows_against_the_checkpoint(subject: Errand) -> None:
    write_checkpoint()
    last = Entry.objects.get(case_id=subject.pk, seq=6)
    last.actor_ref = "membership:1"
    tamper(
        "UPDATE workflows_entry SET actor_ref = 'membership:1', hash = %s WHERE id = %s",
        digest(vars(last)),
        last.pk,
    )
    assert found() == [("changed", 6)]


def test_a_row_replaced_with_its_hash_breaks_the_next_link(subject: Errand) -> None:
    row = Entry.objects.get(case_id=subject.pk, seq=3)
    row.actor_ref = "membership:1"
    tamper(
        "UPDATE workflows_entry SET actor_ref = 'membership:1', hash = %s WHERE id = %s",
        digest(vars(row)),
        row.pk,
    )
    assert found() == [("replaced", 4)]


def test_a_missing_chain_is_named(subject: Errand) -> None:
    tamper("DELETE FROM workflows_note WHERE 1 = 1")
    tamper("DELETE FROM workflows_entry WHERE case_id = %s", subject.pk)
    assert found() == [("missing", 0)]


def test_a_version_without_its_row_is_named(subject: Errand) -> None:
    tamper("UPDATE toy_errand SET version = 5 WHERE case_id = %s", subject.pk)
    assert found() == [("version", 6)]


def test_an_edited_note_is_a_fault_and_an_erased_one_is_not(subject: Errand) -> None:
    note = Note.objects.get(entry__case_id=subject.pk)
    Note.objects.filter(pk=note.pk).update(text="Which paper?")
    assert found() == [("note", 3)]
    note.delete()
    assert found() == []


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE workflows_checkpoint SET cases = 9 WHERE id = %s", "checkpoint"),
        ("DELETE FROM workflows_checkpointhead WHERE checkpoint_id > 0", "checkpoint"),
    ],
)
def test_a_broken_checkpoint_is_named(subject: Errand, sql: str, kind: str) -> None:
    point = write_checkpoint()
    tamper(sql, *([point.pk] if "%s" in sql else []))
    assert {fault.kind for fault in verify()} == {kind}


def test_a_removed_checkpoint_breaks_the_chain_of_checkpoints(subject: Errand) -> None:
    first = write_checkpoint()
    engine.perform(subject, "nod", by=ada())
    second = write_checkpoint()
    assert second.prev == first.hash
    tamper("DELETE FROM workflows_checkpointhead WHERE checkpoint_id = %s", first.pk)
    tamper("DELETE FROM workflows_checkpoint WHERE id = %s", first.pk)
    assert [(fault.kind, fault.seq) for fault in verify()] == [("checkpoint", second.pk)]


def test_a_checkpoint_keeps_only_the_heads_that_moved(subject: Errand) -> None:
    other = errand(title="Another")
    first = write_checkpoint()
    engine.perform(other, "hand_over", by=ada())
    second = write_checkpoint()
    third = write_checkpoint()
    assert [point.cases for point in (first, second, third)] == [2, 2, 2]
    heads = CheckpointHead.objects.order_by("id").values_list("checkpoint_id", "case_id", "seq")
    assert list(heads) == [
        (first.pk, subject.pk, 6),
        (first.pk, other.pk, 2),
        (second.pk, other.pk, 3),
    ]
    assert third.heads_hash == second.heads_hash


def run(*arguments: str) -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("ledger", *arguments, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return out.getvalue(), code


def test_the_command_prints_json_alone_and_fails_on_faults(subject: Errand) -> None:
    assert run("verify") == ("0 faults\n", 0)
    assert json.loads(run("verify", "--json")[0]) == {"faults": [], "count": 0}
    tamper("DELETE FROM workflows_entry WHERE case_id = %s AND seq = 4", subject.pk)
    out, code = run("verify", "--json")
    says = f"Row 4 of case {subject.code} is missing."
    fault = {"case": subject.code, "seq": 4, "kind": "removed", "says": says}
    assert (json.loads(out), code) == ({"faults": [fault], "count": 1}, 1)
    assert run("verify")[0] == f"{says}\n1 faults\n"


def test_a_long_ledger_is_read_in_three_statements(
    subject: Errand, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        errand(title=f"Errand {number}")
    write_checkpoint()
    with django_assert_num_queries(4):
        assert verify() == []
