"""A table that contradicts itself is not accepted."""

from dataclasses import replace

import pytest

from tests.workflows.parcels.lifecycle import ASIDE, AT_COUNTER, ON_SCALES, PARCEL
from tests.workflows.parcels.models import Parcel
from workflows import door
from workflows.actors import Role
from workflows.grammar import Lifecycle, Notice, faults_of, move


def with_move(name: str, source: str, target: str | tuple[str, ...], **rest: object) -> Lifecycle:
    row = move(name, source, target, by=Role.PRIVACY, label=name, told=name, **rest)
    return replace(PARCEL, moves=(*PARCEL.moves, row))


def test_a_sound_table_has_no_faults() -> None:
    assert list(faults_of(PARCEL)) == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (lambda: with_move("x", "nowhere", ASIDE), "x names nowhere, which is not a state"),
        (lambda: with_move("weigh", AT_COUNTER, ASIDE), "weigh leaves at_counter twice"),
        (lambda: with_move("x", ASIDE, (AT_COUNTER, ON_SCALES)), "x must choose among its"),
        (lambda: replace(PARCEL, initial="nowhere"), "initial state nowhere is not a state"),
        (lambda: replace(PARCEL, ends=frozenset({"lost"})), "on_the_road has no exit"),
        (lambda: replace(PARCEL, work={"nowhere": "x.Y"}), "nowhere is named but is not a state"),
        (lambda: replace(PARCEL, todo={}), "reminded of .*, and nothing says what they are to do"),
        (lambda: replace(PARCEL, notices=(Notice("x", "y", "z"),)), "notice y follows no move x"),
    ],
)
def test_each_contradiction_is_named(broken: object, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        broken()  # type: ignore[operator]


def test_a_move_that_nobody_may_make_is_refused() -> None:
    row = replace(PARCEL.moves[0], by=frozenset())
    with pytest.raises(ValueError, match="hand_in may be done by nobody"):
        replace(PARCEL, moves=(row, *PARCEL.moves[1:]))


def test_a_method_without_a_row_cannot_be_bound() -> None:
    def steal(parcel: Parcel) -> None: ...

    with pytest.raises(ValueError, match="no move named steal"):
        PARCEL.move(steal)


def test_a_bound_move_called_outside_the_engine_raises() -> None:
    with pytest.raises(door.DoorClosed, match=r"parcel.hand_in was called outside"):
        Parcel(state="wrapped").hand_in()


def test_pairs_are_every_from_and_to_of_the_rows() -> None:
    assert (ASIDE, ON_SCALES) in PARCEL.pairs()
    assert ("wrapped", "lost") not in PARCEL.pairs()
