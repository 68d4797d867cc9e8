"""The kernel alone, with parcels: one button, one task, a join, a case put aside."""

from collections.abc import Callable, Sequence

import pytest

from tests.races.copying import copies_of
from tests.races.harness import Race
from tests.workflows.parcels import story
from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.actors import Actor, Role
from workflows.desk import commands as desk

pytestmark = pytest.mark.django_db(transaction=True)
DONE_BY = r"[A-Z]\w+ \w+ already did this on \w{3}, \w{3} \d+, .+\. Nothing of yours was changed\."


def pat() -> Actor:
    return story.person("Pat Quill", Role.PRIVACY, Role.SOURCING)


def copied(make: Callable[[], Parcel]) -> Callable[[int], Sequence[Parcel]]:
    def subjects(times: int) -> Sequence[Parcel]:
        pattern = make()
        return copies_of([pattern], times).of(pattern)

    return subjects


def completing(node: str, by: Actor) -> Callable[[Parcel], object]:
    return lambda parcel: desk.complete(parcel.case, node, by=by)


def test_two_people_press_one_button() -> None:
    sol, other = story.sol(), pat()
    Race(
        "one button, two people",
        copied(story.at_counter),
        {
            "Sol": lambda parcel: engine.perform(parcel, "weigh", by=sol),
            "Pat": lambda parcel: engine.perform(parcel, "weigh", by=other),
        },
        once=("Entry weigh", "Deadline scales .*", "Task note_weight NEW"),
    ).run()


def test_four_people_complete_one_task() -> None:
    names = ("Ada Quist", "Pat Quill", "Quinn Abara", "Rae Doe")
    people = [story.person(name, Role.PRIVACY) for name in names]
    Race(
        "one task, four people",
        copied(story.on_scales),
        {by.name.split()[0]: completing("note_weight", by) for by in people},
        says=DONE_BY,
        once=("Task note_weight DONE", "Task check_contents NEW", "Task check_customs NEW"),
    ).run()


def test_two_people_take_one_task_on() -> None:
    people = {"Ada": story.ada(), "Pat": pat()}
    Race(
        "one task taken by two people",
        copied(story.on_scales),
        {n: lambda p, by=by: desk.claim(p.case, "note_weight", by=by) for n, by in people.items()},
        says=r"[A-Z]\w+ \w+ has this since \w{3}, \w{3} \d+, .+\. Take it back first\.",
        once=("Entry work_taken", "Task note_weight ASSIGNED"),
    ).run()


def test_both_branches_end_at_once_and_the_join_is_passed_once() -> None:
    Race(
        "a join's two last branches",
        copied(lambda: story.on_scales(grams=3)),
        {
            "contents": completing("check_contents", story.ian()),
            "customs": completing("check_customs", story.cora()),
        },
        once=("Task seal_it NEW", "Task check_contents DONE", "Task check_customs DONE"),
    ).run()


def test_the_last_act_against_somebody_who_puts_the_case_aside() -> None:
    def nearly_done() -> Parcel:
        parcel = story.on_scales(grams=3, checked=True)
        desk.complete(parcel.case, "check_customs", by=story.cora())
        return parcel

    other = pat()
    Race(
        "cancel against complete",
        copied(nearly_done),
        {
            "complete": completing("seal_it", story.cora()),
            "cancel": lambda parcel: engine.perform(parcel, "put_aside", by=other, note="Lunch"),
        },
        once=("Entry (dispatch|put_aside)", "Parcel (on_the_road|aside)"),
    ).run()
