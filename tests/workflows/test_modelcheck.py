"""Every state reachable, every state reaches an end, and the machines agree with each other."""

from dataclasses import replace

import pytest

from tests.workflows.parcels.lifecycle import PARCEL
from workflows import modelcheck
from workflows.actors import Role
from workflows.grammar import Lifecycle, Move, Rung
from workflows.lifecycles import ALL
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST


def changed(machine: Lifecycle, which: str, /, **fields: object) -> Lifecycle:
    def row(old: Move) -> Move:
        return replace(old, **fields) if old.name == which else old  # type: ignore[arg-type]

    return replace(machine, moves=tuple(row(r) for r in machine.moves))


def test_the_tables_of_the_house_are_sound() -> None:
    assert modelcheck.faults(ALL) == []


def test_the_tests_own_machine_is_sound_too() -> None:
    assert modelcheck.faults([PARCEL]) == []


def test_a_state_without_a_way_in_is_named() -> None:
    lonely = replace(PARCEL, states=PARCEL.states | {"in_a_drawer": "In a drawer"},
                     ends=PARCEL.ends | {"in_a_drawer"})  # fmt: skip
    assert modelcheck.faults([lonely]) == ["parcel: in_a_drawer cannot be reached"]


def test_a_state_that_never_reaches_an_end_is_named() -> None:
    rows = tuple(r for r in PARCEL.moves if r.name not in ("lose", "dispatch"))
    endless = replace(PARCEL, moves=rows, notices=())
    faults = modelcheck.faults([endless])
    assert "parcel: on_scales never reaches an end" in faults
    assert "parcel: lost cannot be reached" in faults


def test_a_clock_that_makes_a_move_it_may_not_make_is_named() -> None:
    dwell = replace(PARCEL.dwells[1], ladder=(Rung(0, "dispatch", ""),))
    faults = modelcheck.faults([replace(PARCEL, dwells=(dwell,))])
    assert faults == [
        "parcel: dwell scales makes the move dispatch, which the clock may not make there"
    ]


def test_a_superintendent_who_acts_is_named() -> None:
    acting = changed(PARCEL, "weigh", by=frozenset({Role.SUPERINTENDENT}))
    assert modelcheck.faults([acting]) == ["parcel: weigh: the superintendent hears and never acts"]


def test_a_word_that_is_a_state_and_a_move_is_named() -> None:
    confused = changed(PARCEL, "weigh", name="lost")
    assert "lost is a state and a move" in modelcheck.faults([confused])


def test_a_wait_that_can_never_end_is_named() -> None:
    stalled = changed(AGREEMENT, "take_effect", since="another room")
    assert modelcheck.faults([REQUEST, stalled]) == [
        "request never gets past agreement_ready: agreement never reaches what it waits for"
    ]


def test_two_machines_of_one_name_are_named() -> None:
    assert "two machines are named parcel" in modelcheck.faults([PARCEL, PARCEL])


@pytest.mark.parametrize("machine", ALL, ids=lambda m: m.name)
def test_every_state_is_shown_in_words(machine: Lifecycle) -> None:
    assert all(words and "_" not in words for words in machine.states.values())
