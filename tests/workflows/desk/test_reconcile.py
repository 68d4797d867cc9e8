"""The rows of the desk are a projection: whatever happens to them, they can be rebuilt."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from viewflow.workflow.status import STATUS

from tests.workflows.parcels import story
from tests.workflows.parcels.lifecycle import ON_SCALES, ON_THE_ROAD
from tests.workflows.parcels.models import Parcel
from workflows.desk import commands as desk
from workflows.desk import queries
from workflows.desk.models import Process, Task
from workflows.engine import Refused
from workflows.operations.models import Mending

pytestmark = pytest.mark.django_db
NOTHING = {"cases": 0, "canceled": 0, "opened": 0, "completed": 0, "failed": 0}


def test_it_finds_nothing_to_do_where_all_is_well() -> None:
    story.on_scales()
    story.at_counter()
    assert desk.reconcile() == NOTHING


def test_missing_work_is_opened_again_with_what_is_on_record_passed_by() -> None:
    parcel = story.on_scales(grams=300, checked=True)
    Process.objects.all().delete()
    assert desk.reconcile() == NOTHING | {"cases": 1, "opened": 1}
    assert [t.node for t in queries.open_tasks_of(parcel.case)] == ["check_customs"]
    assert desk.reconcile() == NOTHING


def test_stray_work_is_canceled() -> None:
    parcel = story.on_scales()
    Process.objects.update(state="at_counter")
    assert desk.reconcile() == NOTHING | {"cases": 1, "canceled": 1, "opened": 1}
    assert Process.objects.get(finished=None).state == ON_SCALES
    assert [t.node for t in queries.open_tasks_of(parcel.case)] == ["note_weight"]


def test_work_that_is_stuck_is_started_again() -> None:
    parcel = story.on_scales()
    Task.objects.filter(finished=None).update(finished=timezone.now(), status=STATUS.CANCELED)
    assert desk.reconcile()["opened"] == 1
    assert [t.node for t in queries.open_tasks_of(parcel.case)] == ["note_weight"]


def test_a_task_left_open_in_finished_work_is_closed() -> None:
    parcel = story.on_scales()
    Process.objects.update(finished=timezone.now())
    desk.reconcile()
    assert Task.objects.filter(finished=None).count() == 1
    assert len(queries.open_tasks_of(parcel.case)) == 1


def test_an_act_that_is_on_record_is_completed() -> None:
    parcel = story.on_scales()
    Parcel.objects.update(grams=4)
    assert desk.reconcile() == NOTHING | {"completed": 1}
    nodes = sorted(t.node for t in queries.open_tasks_of(parcel.case))
    assert nodes == ["check_contents", "check_customs"]


def test_where_the_record_is_complete_the_last_act_waits_for_a_person() -> None:
    parcel = story.on_scales(grams=300, title="A lamp")
    desk.complete(parcel.case, "check_customs", by=story.cora())
    desk.complete(parcel.case, "check_contents", by=story.ian())
    assert Parcel.objects.get().state == ON_SCALES
    desk.complete(parcel.case, "seal_it", by=story.ada())
    assert Parcel.objects.get().state == ON_THE_ROAD


def test_a_task_of_an_act_that_is_gone_breaks_no_page_and_is_replaced() -> None:
    """A node renamed without its rows broke every list that showed one (engine.md, V11)."""
    parcel = story.on_scales()
    for gone in ("parcels/flows.WeighingFlow.old_act", "parcels/flows.OldFlow.note_weight"):
        Task.objects.filter(finished=None).update(flow_task=gone)
        assert queries.open_tasks_of(parcel.case) == []
        assert queries.inbox(story.ada()) == []
        with pytest.raises(Refused, match="Something else comes first"):
            desk.complete(parcel.case, "note_weight", by=story.ada())
        assert desk.reconcile() == NOTHING | {"cases": 1, "canceled": 1, "opened": 1}
        assert [t.node for t in queries.open_tasks_of(parcel.case)] == ["note_weight"]


def held_by(parcel: Parcel) -> dict[str, str]:
    return {task.node: task.owner_ref for task in queries.open_tasks_of(parcel.case)}


def test_what_another_put_right_in_between_is_left_alone() -> None:
    """Two reconciles read one fault; what the slower one locks is sound and taken on by then."""
    parcel, faster = story.on_scales(), list[dict[str, int]]()
    Process.objects.all().delete()

    def beside(execute: Any, sql: str, *given: Any) -> Any:
        # The slower one has read what is astray, and now begins with the first case.
        if sql.startswith("SAVEPOINT") and not faster:
            faster.append({})
            faster[0] = desk.reconcile()
            desk.claim(parcel.case, "note_weight", by=story.ada())
        return execute(sql, *given)

    with connection.execute_wrapper(beside):
        assert desk.reconcile() == NOTHING
    assert faster == [NOTHING | {"cases": 1, "opened": 1}]
    assert held_by(parcel) == {"note_weight": story.ada().ref}
    assert (Process.objects.count(), Mending.objects.count()) == (1, 1)


def test_whoever_has_an_act_keeps_it_when_its_work_is_opened_anew() -> None:
    parcel = story.on_scales()
    desk.claim(parcel.case, "note_weight", by=story.ada())
    since = Task.objects.get(finished=None).assigned
    Process.objects.update(finished=timezone.now())
    assert desk.reconcile()["opened"] == 1
    assert held_by(parcel) == {"note_weight": story.ada().ref}
    task = Task.objects.get(finished=None)
    assert (task.status, task.assigned) == (STATUS.ASSIGNED, since)
