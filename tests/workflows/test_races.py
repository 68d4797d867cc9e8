"""Two people press one button, thirty times over: one effect, and the loser reads who was first."""

import re
from functools import partial
from typing import Any

import pytest

from tests.races import race
from tests.workflows.parcels import story
from tests.workflows.parcels.lifecycle import ASIDE, ON_SCALES, ON_THE_ROAD
from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.desk import commands as desk
from workflows.desk.models import Process, Task
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db(transaction=True)
RACES = range(30)


def pat() -> Actor:
    return story.person("Pat Quill", Role.PRIVACY, Role.SOURCING)


def everything(parcel: Parcel) -> dict[str, int]:
    """Rows of every kind that one act could double."""
    case = {"case_id": parcel.pk}
    tasks = Task.objects.filter(process__case_id=parcel.pk)
    return {
        "entries": Entry.objects.filter(**case).count(),
        "messages": Message.objects.filter(**case).count(),
        "deadlines": Deadline.objects.filter(**case).count(),
        "processes": Process.objects.filter(**case).count(),
        "tasks": tasks.count(),
        "open tasks": tasks.filter(finished=None).count(),
    }


def one_winner(outcomes: list[Any]) -> Refused:
    """Exactly one of two got through; the other's refusal."""
    refused = [o for o in outcomes if isinstance(o, Refused)]
    assert len(refused) == 1, outcomes
    assert not any(isinstance(o, Exception) for o in outcomes if o not in refused), outcomes
    return refused[0]


def test_two_people_press_one_button() -> None:
    alone = engine.perform(story.at_counter(), "weigh", by=story.sol())
    for _ in RACES:
        parcel = story.at_counter()
        calls = [partial(engine.perform, parcel, "weigh", by=by) for by in (story.sol(), pat())]
        refused = one_winner(race(*calls))
        assert re.fullmatch(
            r"(Sol Vega|Pat Quill) was first: since \w{3}, \w{3} \d+, \d+:\d\d [AP]M \w+ this is "
            r"“On the scales”. Nothing of yours was changed.",
            refused.reasons[0],
        )
        assert everything(parcel) == everything(alone)
    assert registry.faults() == []


def test_two_people_complete_one_task() -> None:
    alone = story.on_scales()
    desk.complete(alone.case, "note_weight", by=story.ada())
    for _ in RACES:
        parcel = story.on_scales()
        calls = [
            partial(desk.complete, parcel.case, "note_weight", by=by) for by in (story.ada(), pat())
        ]
        refused = one_winner(race(*calls))
        assert re.match(r"(Ada Quist|Pat Quill) already did this on ", refused.reasons[0])
        assert everything(parcel) == everything(alone)
    assert registry.faults() == []


def test_both_branches_end_at_once_and_the_join_is_passed_once() -> None:
    for _ in RACES:
        parcel = story.on_scales(grams=3)
        outcomes = race(
            partial(desk.complete, parcel.case, "check_contents", by=story.ian()),
            partial(desk.complete, parcel.case, "check_customs", by=story.cora()),
        )
        assert not [o for o in outcomes if isinstance(o, Exception)]
        open_tasks = Task.objects.filter(process__case_id=parcel.pk, finished=None)
        assert [task.flow_task.name for task in open_tasks] == ["seal_it"]
    assert registry.faults() == []


def test_the_last_act_against_somebody_who_puts_the_case_aside() -> None:
    for _ in RACES:
        parcel = story.on_scales(grams=3, checked=True)
        desk.complete(parcel.case, "check_customs", by=story.cora())
        refused = one_winner(
            race(
                partial(desk.complete, parcel.case, "seal_it", by=story.cora()),
                partial(engine.perform, parcel, "put_aside", by=pat(), note="Lunch"),
            )
        )
        assert "was first" in refused.reasons[0]
        assert Parcel.objects.get(pk=parcel.pk).state in (ON_THE_ROAD, ASIDE)
        assert everything(parcel)["open tasks"] == 0
        assert everything(parcel)["entries"] == 4
    assert registry.faults() == []


def test_two_people_take_one_task_on() -> None:
    for _ in RACES:
        parcel = story.on_scales()
        calls = [
            partial(desk.claim, parcel.case, "note_weight", by=b) for b in (story.ada(), pat())
        ]
        assert "has this since" in one_winner(race(*calls)).reasons[0]
        assert Entry.objects.filter(case_id=parcel.pk, name="work_taken").count() == 1
        assert Parcel.objects.get(pk=parcel.pk).state == ON_SCALES
    assert registry.faults() == []
