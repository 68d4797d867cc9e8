"""Work opens with a state, is done act by act, and speaks once."""

from datetime import UTC, datetime

import pytest
from viewflow.workflow.flow import Flow
from viewflow.workflow.status import PROCESS, STATUS

from tests.workflows.parcels import story
from tests.workflows.parcels.flows import WeighingFlow
from tests.workflows.parcels.lifecycle import ASIDE, AT_COUNTER, ON_SCALES, ON_THE_ROAD
from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.desk import commands as desk
from workflows.desk import queries
from workflows.desk.models import Process, Task
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


def open_nodes(parcel: Parcel) -> list[str]:
    return sorted(task.node for task in queries.open_tasks_of(parcel.case))


def test_entering_a_state_opens_its_flow_and_leaving_it_cancels_the_flow() -> None:
    parcel = story.on_scales()
    process = Process.objects.get(case=parcel.case)
    assert (process.state, process.flow_class, process.tenant) == (
        ON_SCALES,
        WeighingFlow,
        story.district(),
    )
    assert open_nodes(parcel) == ["note_weight"]

    engine.perform(parcel, "put_aside", by=story.ada(), note="No stamps")

    assert open_nodes(parcel) == []
    assert Process.objects.get().status == PROCESS.CANCELED
    assert set(Task.objects.filter(finished=None)) == set()


def test_a_state_without_a_flow_opens_nothing() -> None:
    parcel = story.at_counter()
    assert not Process.objects.filter(case=parcel.case).exists()


def test_parallel_acts_open_together_and_the_next_waits_for_all_of_them() -> None:
    parcel = story.on_scales(grams=300)
    assert open_nodes(parcel) == ["check_contents", "check_customs"]
    desk.complete(parcel.case, "check_customs", by=story.cora())
    assert open_nodes(parcel) == ["check_contents"]
    desk.complete(parcel.case, "check_contents", by=story.ian())
    assert open_nodes(parcel) == ["seal_it"]


def test_an_act_that_is_not_needed_is_left_out_of_its_group() -> None:
    assert "check_fragile" not in open_nodes(story.on_scales(grams=1, title="A book"))
    assert "check_fragile" in open_nodes(story.on_scales(grams=1, title="Glass bells"))


def test_the_last_act_speaks_and_the_case_moves_in_the_same_breath() -> None:
    parcel = story.on_scales(grams=300, checked=True)
    desk.complete(parcel.case, "check_customs", by=story.cora())
    desk.complete(parcel.case, "seal_it", by=story.cora())

    assert Parcel.objects.get(pk=parcel.pk).state == ON_THE_ROAD
    assert Process.objects.get().status == PROCESS.DONE
    assert not Task.objects.filter(finished=None).exists()
    last = Entry.objects.filter(case=parcel.case).latest("seq")
    assert (last.name, last.actor_ref) == ("dispatch", "parceler:cora")


def test_when_the_move_is_refused_the_act_is_not_done_either() -> None:
    parcel = story.on_scales(grams=300, checked=True)
    parcel.stamps.create(torn=True)
    desk.complete(parcel.case, "check_customs", by=story.cora())

    with pytest.raises(Refused, match="A stamp is torn"):
        desk.complete(parcel.case, "seal_it", by=story.cora())

    assert open_nodes(parcel) == ["seal_it"]
    assert Parcel.objects.get(pk=parcel.pk).state == ON_SCALES


def test_acts_on_record_are_passed_by_when_a_state_is_entered_again() -> None:
    parcel = story.on_scales()
    Parcel.objects.filter(pk=parcel.pk).update(grams=300, checked=True)
    engine.perform(parcel, "put_aside", by=story.ada(), note="Lunch")
    parcel = engine.perform(parcel, "take_up", by=story.sol())
    assert parcel.state == ON_SCALES
    assert open_nodes(parcel) == ["check_customs"]


def test_moving_within_a_state_leaves_its_work_alone() -> None:
    parcel = story.at_counter()
    engine.perform(parcel, "label_again", by=story.sol())
    assert Parcel.objects.get().state == AT_COUNTER


def test_only_the_roles_of_the_act_may_do_it_at_the_moment_they_do_it() -> None:
    parcel = story.on_scales()
    with pytest.raises(Refused, match="“Weigh A book” is for: Privacy team"):
        desk.complete(parcel.case, "note_weight", by=story.sol())
    assert not Task.objects.filter(status=STATUS.DONE, flow_task_type="HUMAN").exists()


def test_somebody_of_another_district_finds_nothing() -> None:
    parcel = story.on_scales()
    with pytest.raises(Refused, match="There is nothing here for you"):
        desk.complete(parcel.case, "note_weight", by=story.eve())


def test_the_second_to_press_reads_who_did_it_and_when() -> None:
    at = datetime(2026, 11, 9, 17, 5, tzinfo=UTC)
    parcel = story.on_scales(at=at)
    desk.complete(parcel.case, "note_weight", by=story.ada(), at=at)
    with pytest.raises(Refused) as refusal:
        desk.complete(parcel.case, "note_weight", by=story.person("Pat Quill", *story.ada().roles))
    assert refusal.value.reasons == [
        "Ada Quist already did this on Mon, Nov 9, 10:05 AM MST. Nothing of yours was changed."
    ]


def test_an_act_whose_turn_has_not_come_says_so() -> None:
    parcel = story.on_scales()
    with pytest.raises(Refused, match="Something else comes first"):
        desk.complete(parcel.case, "seal_it", by=story.cora())


def test_an_act_of_a_state_that_was_left_says_who_moved_the_case() -> None:
    parcel = story.on_scales()
    engine.perform(parcel, "put_aside", by=story.sol(), note="Lunch")
    with pytest.raises(Refused, match=r"Sol Vega was first: .* this is “Put aside”"):
        desk.complete(parcel.case, "note_weight", by=story.ada())


def test_the_act_of_one_case_cannot_be_done_through_another() -> None:
    first, second = story.on_scales(), story.on_scales(grams=5)
    with pytest.raises(Refused):
        desk.complete(second.case, "note_weight", by=story.ada())
    assert open_nodes(first) == ["note_weight"]


def test_the_past_is_told_in_the_rows_too() -> None:
    at = datetime(2026, 9, 1, 15, 0, tzinfo=UTC)
    parcel = story.on_scales(at=at)
    task = desk.complete(parcel.case, "note_weight", by=story.ada(), at=at)
    stored = Task.objects.get(pk=task.pk)
    assert (stored.created, stored.started, stored.finished) == (at, at, at)
    assert {p.created for p in Process.objects.all()} == {at}


def test_flows_are_built_by_the_factory_and_found_again_by_their_path() -> None:
    assert WeighingFlow.__bases__ == (Flow,)
    parcel = story.on_scales()
    refs = Task.objects.filter(process__case=parcel.case).values_list("flow_task", flat=True)
    assert {task.name for task in refs} == {"start", "note_weight"}
    assert ASIDE not in {node.name for node in WeighingFlow.instance.nodes()}
