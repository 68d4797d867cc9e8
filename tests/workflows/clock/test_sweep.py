import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connections, transaction
from pytest_django import DjangoAssertNumQueries

from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada, ben, denver, errand
from workflows import engine
from workflows.actors import system
from workflows.cases import Case
from workflows.clock import acts
from workflows.clock.commands import arm
from workflows.clock.models import Deadline
from workflows.clock.sweep import sweep
from workflows.grammar import Rung
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
BEGUN = "2026-11-09 10:00"


def mails() -> list[tuple[str, str]]:
    rows = Message.objects.filter(channel=Message.MAIL).order_by("id")
    return list(rows.values_list("topic", "to"))


def work(subject: Errand) -> Deadline:
    return Deadline.objects.get(case_id=subject.pk, kind="work")


def night(text: str) -> None:
    """One visit of the sweep and the drain at that moment in Denver."""
    with time_machine.travel(denver(text), tick=False):
        sweep()
        drain()


def test_the_ladder_speaks_rung_by_rung() -> None:
    subject = errand(at=denver(BEGUN))
    night("2026-12-02 07:59")
    assert mails() == []
    night("2026-12-02 08:00")
    assert mails() == [("deadline_remind", "ada@lupine.example")]
    night("2026-12-09 23:59:58")
    assert len(mails()) == 1
    night("2026-12-10 00:00")
    night("2026-12-10 08:00")
    night("2026-12-16 08:00")
    night("2026-12-23 08:00")
    assert mails()[1:] == [
        ("deadline_overdue", "ada@lupine.example"),
        ("deadline_escalate", "lea@lupine.example"),
        ("deadline_escalate", "pia@lupine.example"),
        ("deadline_escalate", "sue@lupine.example"),
    ]
    row = work(subject)
    assert (row.rung, row.next_at, row.met_at) == (5, None, None)


def test_the_reminder_says_what_is_due_when_and_why() -> None:
    errand(at=denver(BEGUN))
    night("2026-12-02 08:00")
    mail = Message.objects.get(channel=Message.MAIL)
    assert mail.subject == "By Wed, Dec 9, 2026: do this: Buy chalk"
    assert (
        "Buy chalk is waiting for you.\n\n"
        "What to do: Do this: Buy chalk.\n"
        "Whose turn: you.\n"
        "Until when: Wed, Dec 9, 2026 (Doing the errand)."
    ) in mail.body
    assert "Why this date: 20 business days from Mon, Nov 9, skipping Nov 11" in mail.body


def test_whoever_is_asked_for_help_reads_what_is_to_be_done_by_whom_and_since_when() -> None:
    errand(at=denver(BEGUN))
    night("2026-12-10 08:00")
    mail = Message.objects.get(channel=Message.MAIL, to="lea@lupine.example")
    assert mail.subject == "Late and in need of you: do this: Buy chalk"
    assert (
        "What to do: Do this: Buy chalk.\n"
        "Whose turn: Ada Osei.\n"
        "It was due: Wed, Dec 9, 2026 (Doing the errand)."
    ) in mail.body
    assert "ask them what stands in the way" in mail.body


def test_a_date_beside_the_service_levels_asks_for_its_own() -> None:
    subject = errand(at=denver(BEGUN))
    arm(
        subject,
        kind="feast",
        at=denver(BEGUN),
        basis="The feast",
        due_at=denver("2026-11-20 12:00"),
        ladder=(Rung(-1, "remind", "owner_lead"), Rung(-1, "remind", "privacy")),
    )
    night("2026-11-19 23:00")
    said = dict(Message.objects.filter(channel=Message.MAIL).values_list("to", "body"))
    assert "What to do: Prepare the feast after Buy chalk." in said["lea@lupine.example"]
    assert "Whose turn: you." in said["lea@lupine.example"]
    assert "Whose turn: Lea Moss." in said["ada@lupine.example"]


def test_every_fired_rung_stands_in_the_ledger_gap_free() -> None:
    subject = errand(at=denver(BEGUN))
    night("2026-12-02 08:00")
    entry = Entry.objects.get(name="deadline_fired")
    assert (entry.actor_ref, entry.kind) == ("system:sweep", Entry.COMMAND)
    said = {"kind": "work", "act": "remind", "to": "holders", "rung": 0}
    assert entry.facts == said | {"deadline": work(subject).pk}
    subject = Errand.objects.get(pk=subject.pk)
    assert list(subject.case.entries.values_list("seq", flat=True)) == [1, 2, 3]
    assert subject.version == 3


def test_missed_nights_catch_up_once_with_the_latest_news_for_each() -> None:
    subject = errand(at=denver(BEGUN))
    night("2026-12-17 12:00")
    assert sorted(mails()) == [
        ("deadline_escalate", "lea@lupine.example"),
        ("deadline_escalate", "pia@lupine.example"),
        ("deadline_overdue", "ada@lupine.example"),
    ]
    assert work(subject).rung == 4
    facts = [entry.facts for entry in Entry.objects.filter(name="deadline_fired")]
    assert [(f["rung"], f.get("missed")) for f in facts] == [(1, [0]), (2, None), (3, None)]


def test_a_sweep_that_is_repeated_writes_nothing() -> None:
    subject = errand(at=denver(BEGUN))
    moment = denver("2026-12-02 08:00")
    assert sweep(moment) == {"swept": 1, "fired": 1, "failed": 0}
    assert sweep(moment) == {}
    # Even when the deadline's own memory is lost, the message's key remembers.
    Deadline.objects.filter(pk=work(subject).pk).update(rung=0, next_at=moment)
    sweep(moment)
    assert Message.objects.filter(topic="deadline_rung").count() == 1


def test_nobody_is_told_of_a_deadline_that_was_met_in_between() -> None:
    subject = errand(at=denver(BEGUN))
    engine.perform(subject, "hand_over", by=ada(), at=denver("2026-12-02 07:00"))
    sweep(denver("2026-12-03 08:00"))
    engine.perform(subject, "finish", by=ada(), at=denver("2026-12-03 09:00"))
    drain()
    assert [topic for topic, _ in mails()] == ["errand_finished"]
    row = Message.objects.get(topic="deadline_rung")
    assert (row.status, row.last_error) == (Message.DONE, "The deadline is no longer running.")
    assert not Entry.objects.filter(name="deadline_fired").exists()


def test_a_system_move_happens_at_its_rung() -> None:
    subject = errand(at=denver(BEGUN))
    engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-10 09:00"))
    sweep(denver("2026-12-10 23:59:58"))
    assert Deadline.objects.get(kind="no_reply").rung == 0
    with time_machine.travel(denver("2026-12-11 02:00"), tick=False):
        sweep()
        drain()
    subject = Errand.objects.get(pk=subject.pk)
    assert subject.state == "dropped"
    last = subject.case.entries.get(name="lapse")
    assert (last.actor_ref, last.at) == ("system:clock", denver("2026-12-11 02:00"))
    assert not Deadline.objects.filter(met_at=None).exists()


def test_a_system_move_that_is_refused_is_done_and_says_why() -> None:
    subject = errand(at=denver(BEGUN))
    arm(
        subject,
        kind="ban",
        at=denver(BEGUN),
        due_at=denver("2026-11-12 12:00"),
        basis="End of the permission",
        ladder=(Rung(0, "forbid", ""),),
    )
    night("2026-11-12 12:00")
    row = Message.objects.get(topic="deadline_rung")
    assert (row.status, row.last_error) == (Message.DONE, "Nobody has forbidden it.")
    assert Errand.objects.get(pk=subject.pk).state == "doing"


def test_an_act_may_be_a_registered_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "_acts", {})

    @acts.due_act("ban_at_end")
    def ban_at_end(subject: Errand, deadline: Deadline) -> None:
        engine.record(
            subject, "banned", by=system("clock"), change=lambda e: setattr(e, "forbidden", True)
        )
        engine.perform(subject, "forbid", by=system("clock"))

    subject = errand(at=denver(BEGUN))
    due = denver("2026-11-12 12:00")
    ladder = (Rung(0, "ban_at_end", ""),)
    arm(subject, kind="ban", at=denver(BEGUN), due_at=due, basis="End", ladder=ladder)
    night("2026-11-12 12:00")
    assert Errand.objects.get(pk=subject.pk).state == "dropped"


def test_a_poisoned_row_waits_an_hour_and_blocks_nobody() -> None:
    poisoned, healthy = errand(at=denver(BEGUN)), errand(at=denver(BEGUN), title="Wash the board")
    Deadline.objects.filter(pk=work(poisoned).pk).update(ladder=[{"act": "remind"}])
    moment = denver("2026-12-02 08:00")
    assert sweep(moment) == {"swept": 1, "fired": 1, "failed": 1}
    row = work(poisoned)
    assert (row.attempts, row.last_error) == (1, "KeyError: 'at'")
    assert (row.rung, row.next_at) == (0, moment + timedelta(hours=1))
    assert work(healthy).rung == 1


def test_batches_go_on_until_nothing_is_due() -> None:
    for _ in range(5):
        errand(at=denver(BEGUN))
    assert sweep(denver("2026-12-02 08:00"), batch=2) == {"swept": 5, "fired": 5, "failed": 0}


def test_an_idle_sweep_is_one_read(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    errand(at=denver(BEGUN))
    with django_assert_num_queries(1):
        sweep(denver("2026-11-10 08:00"))


def test_a_batch_is_a_fixed_number_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(20):
        errand(at=denver(BEGUN))
    with django_assert_max_num_queries(9):
        sweep(denver("2026-12-02 08:00"))


def beside(work: Callable[[], None]) -> threading.Thread:
    """`work` on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_four_sweepers_at_once_fire_each_rung_once() -> None:
    for number in range(30):
        errand(at=denver(BEGUN), title=f"Errand {number}")
    moment = denver("2026-12-02 08:00")
    start, total = threading.Barrier(4), []

    def run() -> None:
        start.wait()
        total.append(sweep(moment, batch=3)["fired"])

    for thread in [beside(run) for _ in range(4)]:
        thread.join()
    assert sum(total) == 30
    assert Message.objects.filter(topic="deadline_rung").count() == 30
    assert set(Deadline.objects.values_list("rung", flat=True)) == {1}


@pytest.mark.database("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_full_batch_that_another_worker_holds_is_left_for_the_next_tick() -> None:
    """It would choose the same cases again and again, for as long as the other one holds them."""
    for number in range(3):
        errand(at=denver(BEGUN), title=f"Errand {number}")
    moment = denver("2026-12-02 08:00")
    held, release, total = threading.Event(), threading.Event(), []

    def hold() -> None:
        with transaction.atomic():
            list(Case.objects.select_for_update().values("pk"))
            held.set()
            release.wait(30)

    holder = beside(hold)
    assert held.wait(30)
    sweeper = beside(lambda: total.append(sweep(moment, batch=2)))
    sweeper.join(10)
    ended = not sweeper.is_alive()
    release.set()
    holder.join()
    sweeper.join()
    assert ended, "it spins until the other worker ends"
    assert total == [{"swept": 0, "fired": 0, "failed": 0}]
    assert sweep(moment, batch=2) == {"swept": 3, "fired": 3, "failed": 0}


def test_the_one_who_answers_hears_nothing_after_answering() -> None:
    subject = errand(at=denver(BEGUN))
    engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-10 09:00"))
    engine.perform(subject, "answer", by=ben(), at=denver("2026-11-12 09:00"))
    assert sweep(denver("2026-12-01 08:00")) == {}
