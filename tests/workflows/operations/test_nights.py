"""What a night finds is kept, and nobody can change it."""

import re
from typing import Any

import pytest
from celery import Task as CeleryTask
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from viewflow.workflow.status import STATUS

from tests.workflows.parcels import story
from tests.workflows.parcels.models import Parcel
from workflows import rounds, tasks
from workflows.clock.models import Beat
from workflows.desk import commands as desk
from workflows.desk.models import Process, Task
from workflows.ledger.models import Entry
from workflows.operations.commands import check_ledger
from workflows.operations.models import LedgerCheck, LedgerFault, Mending
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db


def kept() -> list[tuple[str, int, int, int]]:
    rows = Mending.objects.order_by("id")
    return list(rows.values_list("found", "canceled", "opened", "completed"))


def test_a_mended_case_leaves_one_row_and_a_sound_one_none() -> None:
    parcel = story.on_scales()
    desk.reconcile()
    assert kept() == []
    Task.objects.filter(finished=None).update(finished=timezone.now(), status=STATUS.CANCELED)
    desk.reconcile()
    desk.reconcile()
    assert kept() == [("stuck", 1, 1, 0)]
    mending = Mending.objects.get()
    assert (mending.case_id, mending.tenant_id) == (parcel.pk, parcel.case.tenant_id)
    assert mending.state == parcel.state


def test_what_was_found_is_named() -> None:
    story.on_scales()
    Process.objects.all().delete()
    desk.reconcile()
    Process.objects.update(state="at_counter")
    desk.reconcile()
    Parcel.objects.update(grams=4)
    desk.reconcile()
    assert kept() == [("missing", 0, 1, 0), ("stray", 1, 1, 0), ("overtaken", 0, 0, 1)]


@pytest.mark.database("sqlite")  # a table that refuses one row is quickly made there
def test_a_case_that_cannot_be_put_right_keeps_none_of_the_others() -> None:
    bad, good = story.on_scales(), story.on_scales()
    Process.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TRIGGER broken BEFORE INSERT ON {Process._meta.db_table}"
            f" WHEN NEW.case_id = {bad.pk} BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
        counts = desk.reconcile()
        cursor.execute("DROP TRIGGER broken")
    assert (counts["failed"], counts["cases"]) == (1, 1)
    assert list(Mending.objects.values_list("case_id", flat=True)) == [good.pk]
    assert list(Process.objects.values_list("case_id", flat=True)) == [good.pk]


def test_an_act_that_waits_for_a_person_leaves_no_row_each_night() -> None:
    parcel = story.on_scales(grams=300, title="A lamp")
    desk.complete(parcel.case, "check_customs", by=story.cora())
    desk.complete(parcel.case, "check_contents", by=story.ian())
    for _ in range(2):
        desk.reconcile()
    assert kept() == []


def test_the_night_checks_the_ledger_against_its_checkpoint() -> None:
    story.on_scales()
    result = rounds.reconcile_round()
    check = LedgerCheck.objects.get()
    assert (result["faults"], check.faults) == (0, 0)
    assert check.checkpoint is not None
    assert check.checkpoint.hash == result["checkpoint"]["hash"]


def test_a_fault_is_kept_with_its_case_and_district() -> None:
    parcel, other = story.on_scales(), story.wrapped()
    drop_triggers(connection)
    Entry.objects.filter(case=parcel.pk, seq=1).update(name="never")
    install_triggers(connection)
    assert check_ledger().faults == 1
    fault = LedgerFault.objects.get()
    assert (fault.case_id, fault.tenant_id, fault.kind) == (
        parcel.pk, parcel.case.tenant_id, "changed",
    )  # fmt: skip
    assert fault.says == f"Row 1 of case {parcel.code} was changed."
    assert other.pk != parcel.pk


def test_what_was_found_cannot_be_changed_or_removed() -> None:
    story.on_scales()
    Process.objects.all().delete()
    rounds.reconcile_round()
    for model in (Mending, LedgerCheck):
        for write in (lambda rows: rows.update(at=timezone.now()), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
                write(model.objects.all())


def test_a_part_that_fails_keeps_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    story.on_scales()
    Process.objects.all().delete()
    broken = ("deadlines", lambda: 1 // 0)
    night = [broken if part[0] == "deadlines" else part for part in rounds.NIGHT]
    monkeypatch.setattr(rounds, "NIGHT", tuple(night))
    with pytest.raises(rounds.RoundFailed) as failed:
        rounds.reconcile_round()
    place = r"ZeroDivisionError in tests\.workflows\.operations\.test_nights, line \d+"
    assert re.fullmatch(f"deadlines: {place}", str(failed.value))
    assert kept() == [("missing", 0, 1, 0)]
    assert LedgerCheck.objects.get().faults == 0
    assert Beat.objects.get(name="reconcile").result["broken"] == ["deadlines"]


@pytest.mark.parametrize("task", [tasks.drain, tasks.sweep, tasks.reconcile])
def test_a_round_that_fails_says_where_in_no_words_of_the_error(
    task: CeleryTask, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise DatabaseError("Key (email)=(ada@juniper.example) already exists.")

    with connection.execute_wrapper(broken):
        done = task.apply()
    name = task.name.rpartition(".")[2]
    assert (done.state, type(done.result)) == ("FAILURE", rounds.RoundFailed)
    place = re.escape(f"RoundFailed('{name}: DatabaseError in ") + r"[\w.]+, line \d+'\)"
    assert re.search(place, caplog.text)
    assert "ada@juniper.example" not in caplog.text + str(done.traceback)
