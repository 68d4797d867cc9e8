"""The harness sees what it is there to see: each fault is planted once, in a race of its own."""

from collections.abc import Callable, Sequence
from threading import Barrier, BrokenBarrierError
from time import sleep
from typing import Any

import pytest
from django.utils import timezone

from contracts.agreements.models import AgreementVersion
from tests.races import report
from tests.races.copying import _dedupe_key, copies_of
from tests.races.harness import Race
from tests.races.judging import Call, Judge
from tests.races.report import Line
from tests.workflows.parcels import story
from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.desk.models import Process, Task
from workflows.invariants import registry
from workflows.ledger.queries import verify
from workflows.outbox.models import Message
from workflows.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[Parcel], Any]


@pytest.fixture(autouse=True)
def a_few_races_that_no_table_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_RACES", "12")
    monkeypatch.delenv("COUNTERSIGN_RACE_REPORT", raising=False)


def raced(one: Act, other: Act, *, says: str = "", **more: Any) -> Race[Parcel]:
    def subjects(times: int) -> Sequence[Parcel]:
        pattern = story.on_scales()
        return copies_of([pattern], times).of(pattern)

    acts = {"one": one, "other": other}
    return Race("planted", subjects, acts, says, kinds=("task_per_node",), **more)


def promise(parcel: Parcel, key: str) -> None:
    Message.objects.create(
        channel=Message.MAIL, topic="planted", case=parcel.case, created_at=timezone.now(),
        dedupe_key=f"{parcel.pk} {key}",
    )  # fmt: skip


def test_an_effect_that_nobody_locks_is_doubled_and_seen() -> None:
    meeting = Barrier(2)

    def careless(who: str) -> Act:
        def act(parcel: Parcel) -> None:
            known = Message.objects.filter(case=parcel.case, topic="planted").exists()
            try:
                meeting.wait(timeout=0.3)
            except BrokenBarrierError:
                meeting.reset()
            if known:
                raise Refused(["You are late."])
            promise(parcel, who)

        return act

    with pytest.raises(AssertionError, match="In no order only one, other got through"):
        raced(careless("one"), careless("other")).run()


def test_an_effect_too_many_is_counted_where_both_may_go() -> None:
    alone = iter([False, False])

    def sometimes(parcel: Parcel) -> None:
        if next(alone, True):
            promise(parcel, "again")

    with pytest.raises(AssertionError, match=r"too much \{'Message mail planted queued': 1\}"):
        raced(sometimes, lambda parcel: None).run()


def test_a_lost_effect_an_error_and_an_answer_nobody_understands_are_seen() -> None:
    sol = story.sol()
    with pytest.raises(AssertionError, match="0 of “Entry dispatch”"):
        raced(lambda parcel: None, lambda parcel: None, once=["Entry dispatch"]).run()
    with pytest.raises(AssertionError, match="ZeroDivisionError: integer division"):
        raced(lambda parcel: None, lambda parcel: 1 // 0).run()
    with pytest.raises(AssertionError, match="other reads: “On the scales” is not yours"):
        raced(lambda parcel: None, _refuse, says="was first").run()
    with pytest.raises(AssertionError, match=r"planted .* after 1 attempts"):
        raced(lambda parcel: _leave_in_flight(parcel), lambda parcel: sol).run()


def _refuse(parcel: Parcel) -> None:
    raise Refused(["“On the scales” is not yours."])


def _leave_in_flight(parcel: Parcel) -> None:
    promise(parcel, "stuck")
    rows = Message.objects.filter(case=parcel.case, topic="planted")
    rows.update(status=Message.INFLIGHT, attempts=1)


@pytest.mark.parametrize("won", [{"one": 98, "other": 2}, {"one": 30, "other": 0}])
def test_a_side_that_hardly_ever_wins_proves_nothing(won: dict[str, int]) -> None:
    line = Line("planted", "sqlite", sum(won.values()), won=won)
    judge = Judge(["one", "other"], line, "", (), ())
    judge.both_won()
    assert "One side hardly ever won" in judge.faults[0]


def test_a_loser_who_waits_over_a_second_is_late() -> None:
    line = Line("planted", "sqlite", 1)
    judge = Judge(["one", "other"], line, "", (), ())
    judge.hear([Call(0.0, 0.5, None), Call(0.0, 1.2, Refused(["You are late."]))])
    assert (line.met, line.late, line.slowest_ms) == (1, 1, 1200)
    assert not line.prompt
    assert "1 late" in report.verdict([line])


def losers(*seconds: float, winners: float, crowded: bool = False) -> list[str]:
    line = Line("planted", "sqlite", len(seconds))
    judge = Judge(["one", "other"], line, "", (), ())
    for spent in seconds:
        judge.hear([Call(0.0, winners, None), Call(0.0, spent, Refused(["You are late."]))])
    judge.keep_time(crowded=crowded)
    return judge.faults


def test_a_loser_who_waits_far_longer_than_is_usual_is_a_fault() -> None:
    (fault,) = losers(0.1, 0.1, 1.2, winners=0.1)
    assert fault == "other read after 1.2 s, others after 0.10"
    (fault,) = losers(2.5, 2.5, 2.6, winners=0.01)
    assert fault == "Losers read after 2.5 s, winners are done in 0.01"
    assert losers(0.1, 0.1, 1.2, winners=0.1, crowded=True) == []
    assert len(losers(0.1, 0.1, 0.1, 1.2, 1.3, winners=0.1, crowded=True)) == 2
    # A crowded machine: all are slow.
    assert losers(0.7, 0.8, 1.9, winners=0.6) == []
    assert losers(2.5, 2.5, 2.6, winners=1.1) == []
    assert losers(0.01, 0.01, 0.9, winners=0.01) == []


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_harness_that_races_no_more_is_a_fault(database: str) -> None:
    line = Line("planted", database, 30, won={"one": 20, "other": 10}, met=0)
    judge = Judge(["one", "other"], line, "", (), ())
    judge.all_met()
    assert judge.faults[0].startswith("Hardly ever all were under way at once")


def test_losers_who_all_wait_for_seconds_end_a_race(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_RACES", "1")

    def slow(parcel: Parcel) -> None:
        sleep(1.1)
        raise Refused(["You are late."])

    with pytest.raises(AssertionError, match=r"Losers read after 1\.\d s, winners"):
        raced(lambda parcel: None, slow).run()


def test_a_copy_is_as_sound_as_its_pattern() -> None:
    """Its chain, its work and its clock are whole, and the engine goes on with it."""
    pattern = story.on_scales()
    copies = copies_of([pattern], 3).of(pattern)
    assert registry.faults() == []
    assert list(verify()) == []
    assert len({parcel.code for parcel in (pattern, *copies)}) == 4
    assert Process.objects.count() == 4
    put = [engine.perform(one, "put_aside", by=story.ada(), note="Lunch") for one in copies]
    assert {parcel.state for parcel in put} == {"aside"}
    assert Task.objects.filter(finished=None).values("process__case").distinct().count() == 1
    assert registry.faults() == []


def test_a_copy_has_keys_of_its_own_where_a_constraint_wants_them() -> None:
    """`dedupe_key` is unique by a constraint, not by its field."""
    pattern = story.on_scales()
    for key in ("parcel told", f"signer-changed:{pattern.pk}:3"):
        Message.objects.create(
            channel=Message.MAIL, topic="planted", case=pattern.case, created_at=timezone.now(),
            dedupe_key=key,
        )  # fmt: skip
    copies = copies_of([pattern], 2).of(pattern)
    planted = Message.objects.filter(topic="planted", case__in=[one.case for one in copies])
    assert set(planted.values_list("dedupe_key", flat=True)) == {
        "0-parcel told", "1-parcel told", *(f"signer-changed:{one.pk}:3" for one in copies)
    }  # fmt: skip


def test_a_promised_certificate_is_the_copys_own() -> None:
    own = {(AgreementVersion, 7): 70}
    assert _dedupe_key("certificate:7", "0-certificate:7", own) == "certificate:70"
    assert _dedupe_key("parcel told", "0-parcel told", own) == "0-parcel told"
