"""What the tables promise and is not there stops the house at its start, by name."""

from dataclasses import replace

import pytest
from django.db import connection
from viewflow.workflow import flow

from tests.workflows.parcels import guards, story
from tests.workflows.parcels.flows import WeighingFlow
from tests.workflows.parcels.lifecycle import PARCEL
from tests.workflows.parcels.models import Parcel
from workflows import checks, providers
from workflows.desk import checks as desk_checks
from workflows.desk.grammar import act, phase_flow
from workflows.desk.models import Process, Task
from workflows.grammar import Lifecycle, Notice
from workflows.triggers import drop_triggers

PATH = "tests.workflows.parcels.flows.WeighingFlow"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def put(patch: pytest.MonkeyPatch, **fields: object) -> None:
    patch.setattr(Parcel, "lifecycle", replace(PARCEL, **fields))  # type: ignore[arg-type]


def renamed(machine: Lifecycle, old: str, **fields: object) -> tuple[object, ...]:
    return tuple(replace(r, **fields) if r.name == old else r for r in machine.moves)  # type: ignore[arg-type]


def test_a_sound_room_has_no_faults() -> None:
    assert list(checks.binding_faults(Parcel)) == []
    assert list(checks.guard_faults(Parcel)) == []
    assert list(checks.template_faults(PARCEL)) == []
    assert list(checks.audience_faults(PARCEL)) == []
    assert list(desk_checks.work_faults(PARCEL, {"lost", "weigh"})) == []


def test_a_row_without_a_method_and_a_method_without_a_row(table: pytest.MonkeyPatch) -> None:
    put(table, moves=renamed(PARCEL, "weigh", name="measure"))
    assert list(checks.binding_faults(Parcel)) == [
        "the move measure has no method",
        "the method weigh has no row",
    ]


def test_a_guard_that_nobody_provides_and_one_that_two_provide(table: pytest.MonkeyPatch) -> None:
    put(table, moves=renamed(PARCEL, "weigh", needs=("scales_are_free",)))
    assert list(checks.guard_faults(Parcel)) == ["the guard scales_are_free has no callable"]
    put(table)
    table.setattr(Parcel, "postage_is_paid", lambda self, ask: [], raising=False)
    assert list(checks.guard_faults(Parcel)) == ["the guard postage_is_paid has 2 callables"]


def test_a_guard_may_have_one_provider_only() -> None:
    with pytest.raises(ValueError, match=r"parcel.postage_is_paid has two providers"):
        providers.guard(PARCEL, "postage_is_paid")(lambda subject, ask: [])
    providers.guard(PARCEL, "postage_is_paid")(guards.postage_is_paid)


def test_a_notice_without_templates_and_an_audience_without_people() -> None:
    loud = replace(PARCEL, notices=(Notice("weigh", "parcel_weighed", "neighbors"),))
    assert list(checks.template_faults(loud)) == [
        "the notice parcel_weighed has no template parcels/mail/parcel_weighed.txt",
        "the notice parcel_weighed has no template parcels/mail/parcel_weighed.subject.txt",
    ]
    assert list(checks.audience_faults(loud)) == ["nobody says who the audience neighbors is"]


def test_a_flow_that_does_not_import_is_named() -> None:
    lost = replace(PARCEL, work={"on_scales": "tests.workflows.nowhere.flows.Gone"})
    assert list(desk_checks.work_faults(lost, set())) == [
        "on_scales: there is no flow tests.workflows.nowhere.flows.Gone"
    ]


def test_a_subclassed_flow_is_named() -> None:
    child = type(flow.Flow)("ChildFlow", (WeighingFlow,), {"__module__": "tests.workflows.parcels"})
    faults = list(desk_checks.flow_faults(child, "tests.workflows.parcels.ChildFlow", set()))
    assert faults == [
        "tests.workflows.parcels.ChildFlow is a subclass: its child nodes would belong to the "
        "parent; use phase_flow"
    ]


def test_a_flow_without_our_lock_is_named() -> None:
    nodes = {"start": flow.StartHandle(), "process_class": Process, "task_class": Task}
    home = {"__module__": "tests.workflows.parcels"}
    plain = type(flow.Flow)("PlainFlow", (flow.Flow,), home | nodes)
    faults = list(desk_checks.flow_faults(plain, "tests.workflows.parcels.PlainFlow", set()))
    assert faults == ["tests.workflows.parcels.PlainFlow does not take the subject's lock"]


def test_a_node_named_like_a_state_and_an_outcome_that_is_not_there_are_named() -> None:
    steps = (act("lost", role=story.PEOPLE, title="x", page=""),)
    home = "tests.workflows.parcels.flows"
    odd = phase_flow("OddFlow", home, title="Odd", outcome="a.b.c", steps=steps)
    path = "tests.workflows.parcels.flows.OddFlow"
    assert list(desk_checks.flow_faults(odd, path, {"lost"})) == [
        f"{path}: lost is a node and a state or move",
        f"{path} ends in a.b.c, which is not there",
    ]


@pytest.mark.django_db
def test_an_open_task_whose_node_is_gone_is_named() -> None:
    story.on_scales()
    assert list(desk_checks.unresolved_tasks("default")) == []
    gone = f"{PATH}.old_node".replace("tests.workflows.parcels.", "parcels/", 1)
    Task.objects.filter(finished=None).update(flow_task=gone)
    assert list(desk_checks.unresolved_tasks("default")) == [
        f"default: open tasks refer to {gone}, which no flow has any more."
    ]


@pytest.mark.django_db
def test_a_missing_trigger_is_named() -> None:
    assert checks.check_databases(None, databases=["default"]) == []
    drop_triggers(connection)
    named = {str(m.msg) for m in checks.check_databases(None, databases=["default"])}
    cure = "run manage.py migrate --skip-checks."
    assert f"default: parcels_parcel_moves is missing: {cure}" in named


@pytest.mark.database("sqlite")
def test_sqlite_that_would_not_wait_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(checks.sqlite_faults("default")) == []
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"timeout": 20})
    assert len(list(checks.sqlite_faults("default"))) == 2
