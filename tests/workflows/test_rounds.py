import threading
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from time import monotonic

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from tests.workflows.toy.lifecycle import ERRAND
from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada, denver, errand
from vetting import health
from workflows import engine, rounds, tasks
from workflows.cases import Case
from workflows.clock.models import Beat
from workflows.ledger.models import Checkpoint
from workflows.ledger.queries import verify
from workflows.outbox import commands, reactions
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event

pytestmark = pytest.mark.django_db


def tick(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("tick", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_a_tick_sweeps_drains_and_reconciles_once_a_day() -> None:
    with time_machine.travel(denver("2026-12-02 12:00"), tick=False) as clock:
        errand(at=denver("2026-11-09 10:00"))
        first = tick()
        # The rung, and the reminder that it wrote.
        assert first[0] == "swept: fired 1, swept 1; messages: done 2"
        assert first[1].startswith("checkpoint over 1 cases: ")
        assert tick("--until-idle") == ["swept: nothing; messages: nothing"]
        clock.shift(timedelta(hours=21))
        assert len(tick()) == 5
    assert Checkpoint.objects.count() == 2
    assert verify() == []


def test_the_rounds_say_when_they_were_made() -> None:
    with time_machine.travel(denver("2026-12-02 12:00"), tick=False) as clock:
        tasks.drain()
        tasks.sweep()
        tasks.reconcile()
        assert dict(Beat.objects.values_list("name", "at")) == dict.fromkeys(
            ("drain", "sweep", "reconcile", rounds.NIGHT_BEGAN), denver("2026-12-02 12:00")
        )
        clock.shift(timedelta(seconds=5))
        tasks.drain()
        assert Beat.objects.get(name="drain").at == denver("2026-12-02 12:00")
        clock.shift(timedelta(seconds=6))
        tasks.drain()
        assert Beat.objects.get(name="drain").at == denver("2026-12-02 12:00:11")


def test_no_tick_begins_the_night_again_while_one_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes minutes over a large ledger, and cron ticks each minute."""
    seen: list[object] = []

    def meanwhile() -> None:
        seen.extend([tick(), tasks.reconcile(), health.figures(timezone.now())])

    monkeypatch.setattr(rounds, "NIGHT", (("meanwhile", meanwhile), *rounds.NIGHT))
    with time_machine.travel(denver("2026-12-02 12:00"), tick=False) as clock:
        assert len(tick()) == 5
        ticked, beaten, figures = seen
        assert (ticked, beaten) == (["swept: nothing; messages: nothing"], {"under_way": True})
        # What /readyz tells is when a night ended, and none has.
        assert figures["last_beat_seconds"] == {"drain": 0, "sweep": 0, "reconcile": None}
        clock.shift(rounds.RECONCILE_EVERY)
        assert len(tick()) == 5
    assert Checkpoint.objects.count() == 2


def test_a_night_that_died_keeps_the_next_one_waiting_for_some_hours_at_most() -> None:
    evening = denver("2026-12-02 20:00")
    assert rounds.night_is_ours(evening)
    assert not rounds.night_is_ours(evening + timedelta(hours=1))
    assert not rounds.night_is_ours(evening + timedelta(hours=1), every=timedelta())
    morning = evening + rounds.LONGEST_NIGHT
    assert rounds.night_is_ours(morning)
    assert not rounds.night_is_ours(morning)
    assert rounds.reconcile_is_due(morning)


@pytest.mark.django_db(transaction=True)
def test_of_four_ticks_at_once_one_has_the_night() -> None:
    start, ours = threading.Barrier(4), list[bool]()
    noon = denver("2026-12-02 12:00")

    def claim() -> None:
        start.wait()
        ours.append(rounds.night_is_ours(noon))

    for thread in [beside(claim) for _ in range(4)]:
        thread.join()
    assert sorted(ours) == [False, False, False, True]


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_tick_until_idle_leaves_alone_what_another_worker_holds() -> None:
    errand(at=denver("2026-11-09 10:00"))
    rounds.drain_round("test")
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Case.objects.select_for_update().values("pk"))
            held.set()
            release.wait(30)

    holder = beside(hold)
    assert held.wait(30)
    with time_machine.travel(denver("2026-12-02 12:00")):
        rounds.night_is_ours(timezone.now())
        told = tick("--until-idle")
    release.set()
    holder.join()
    assert told == ["swept: nothing; messages: nothing"]


def beside(work: Callable[[], object]) -> threading.Thread:
    """`work` on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_reconcile_prints_what_it_did() -> None:
    errand()
    out = StringIO()
    call_command("reconcile", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"checkpoint over 1 cases: {Checkpoint.objects.get().hash}"
    assert lines[1] == "dates reckoned again: 0"


def test_readiness_knows_late_messages_and_a_missing_worker() -> None:
    assert health.messages_fault() == ""
    assert health.worker_fault().startswith("No worker has been here yet")
    rounds.drain_round("test")
    assert health.worker_fault() == ""
    past = timezone.now() - timedelta(minutes=3, seconds=5)
    row = commands.message(channel=Message.JOB, topic="x", dedupe_key="late", now=past)
    commands.post([row])
    assert health.messages_fault() == "Messages have been waiting for 3 min; 90 s is the most."


def test_a_dead_letter_can_be_given_another_round() -> None:
    row = commands.message(channel=Message.MAIL, topic="x", dedupe_key="dead", to="a@b.example")
    commands.post([row])
    Message.objects.update(status=Message.FAILED, attempts=20)
    assert commands.retry(Message.objects.get().pk) is True
    assert rounds.drain_round("test") == {"done": 1}
    assert commands.retry(Message.objects.get().pk) is False


def waiting(*keys: str) -> None:
    mail = {"channel": Message.MAIL, "topic": "x", "to": "a@b.example"}
    commands.post([commands.message(**mail, dedupe_key=key) for key in keys])


def test_a_long_drain_gives_signs_of_life_and_leaves_the_other_rounds_their_turn() -> None:
    waiting("one", "two")
    heard: list[int] = []
    assert rounds.drain(seconds=0) == {}
    rounds.drain(each=lambda counts: heard.append(sum(counts.values())))
    assert heard == [1, 2]
    long_ago = monotonic() - rounds.SAYS_EVERY.total_seconds()
    say = rounds._still_here(long_ago)
    say({"done": 1})
    say({"done": 2})
    assert Beat.objects.get(name="drain").result == {"done": 1}


def test_a_mail_that_was_given_up_is_withheld_with_those_that_wait() -> None:
    case = errand().case
    mail = {"channel": Message.MAIL, "topic": "sign", "case": case, "to": "dee@vendor.example"}
    commands.post([commands.message(**mail, dedupe_key="sign")])
    Message.objects.filter(topic="sign").update(status=Message.FAILED, send_after=None)
    assert commands.withhold_mails_of(case, topics=["sign"]) == 1
    row = Message.objects.get(topic="sign")
    assert (row.status, row.send_after) == (Message.WITHHELD, None)
    assert commands.retry(row.pk) is False


@pytest.mark.django_db(transaction=True)
def test_four_drains_at_once_run_each_reaction_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_reactions", {})

    @reactions.on(ERRAND, move="begin")
    def begun(event: Event) -> None:
        engine.record(Errand.objects.get(pk=event.case_id), "noticed", by=ada())

    for number in range(30):
        errand(title=f"Errand {number}")
    start, counts = threading.Barrier(4), []

    def run() -> None:
        try:
            start.wait()
            counts.append(rounds.drain(worker="race")["done"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 30
    assert set(Errand.objects.values_list("version", flat=True)) == {3}
    assert set(Message.objects.values_list("status", "attempts")) == {(Message.DONE, 1)}
