"""One sweep, one case, one person: one mail, and it says the most serious rung."""

import threading

import pytest
import time_machine
from django.db import connections

from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada, denver, errand
from workflows import engine, providers
from workflows.clock import sweep as sweeping
from workflows.clock.models import Deadline
from workflows.clock.sweep import sweep
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.providers import Recipient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
BEGUN = "2026-11-09 10:00"
# Both clocks of the errand, the work and its checking, end on Wednesday, December 9.
HANDED_OVER = "2026-12-07 09:00"


def mails() -> list[tuple[str, str]]:
    rows = Message.objects.filter(channel=Message.MAIL).order_by("to", "id")
    return [(to.partition("@")[0], topic) for to, topic in rows.values_list("to", "topic")]


def rungs() -> list[tuple[str, int, list[int] | None]]:
    rows = Entry.objects.filter(name="deadline_fired").order_by("seq")
    facts = rows.values_list("facts", flat=True)
    return sorted((f["kind"], f["rung"], f.get("missed")) for f in facts)


def night(text: str) -> None:
    with time_machine.travel(denver(text), tick=False):
        sweep()
        drain()


def handed_over() -> Errand:
    subject = errand(at=denver(BEGUN))
    # The reminder of the work was sent on its day.
    sweep(denver("2026-12-02 08:00"))
    drain()
    Message.objects.filter(channel=Message.MAIL).delete()
    return engine.perform(subject, "hand_over", by=ada(), at=denver(HANDED_OVER))


@pytest.fixture
def lea_leads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner's lead and the privacy lead are one person, as in most districts."""

    def lea(errand: Errand) -> list[Recipient]:
        return [Recipient("LEA@lupine.example", "Lea Moss")]

    monkeypatch.setitem(providers._audiences, ("errand", "privacy_lead"), lea)


@pytest.mark.usefixtures("lea_leads_alone")
def test_two_audiences_of_one_person_are_one_mail_after_a_missed_week() -> None:
    errand(at=denver(BEGUN))
    night("2026-12-17 12:00")
    assert mails() == [("LEA", "deadline_escalate"), ("ada", "deadline_overdue")]
    assert rungs() == [("work", 1, [0]), ("work", 2, None), ("work", 3, None)]


def test_two_deadlines_of_one_case_are_one_mail_that_names_both() -> None:
    handed_over()
    night("2026-12-10 00:00")
    assert mails() == [("ada", "deadline_overdue")]
    assert [rung[:2] for rung in rungs()] == [("check", 0), ("work", 0), ("work", 1)]
    body = Message.objects.get(channel=Message.MAIL).body
    assert "It was due: Wed, Dec 9, 2026 (Doing the errand)." in body
    assert "Also: Checking the errand, due Wed, Dec 9, 2026." in body


@pytest.mark.usefixtures("lea_leads_alone")
def test_the_most_serious_is_what_the_mail_says(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = handed_over()
    lea = providers._audiences["errand", "privacy_lead"]
    monkeypatch.setitem(providers._audiences, ("errand", "privacy"), lea)
    # The checking has only just become late; the work is five days late: Lea hears of the work.
    Deadline.objects.filter(case_id=subject.pk, kind="check").update(
        next_at=denver("2026-12-16 08:00")
    )
    night("2026-12-16 08:00")
    assert mails() == [("LEA", "deadline_escalate")]
    body = Message.objects.get(channel=Message.MAIL).body
    assert "It was due: Wed, Dec 9, 2026 (Doing the errand)." in body


def test_nights_without_a_drain_are_one_mail_too() -> None:
    errand(at=denver(BEGUN))
    for day in ("2026-12-02 08:00", "2026-12-10 00:00"):
        sweep(denver(day))
    with time_machine.travel(denver("2026-12-10 09:00"), tick=False):
        drain()
    assert mails() == [("ada", "deadline_overdue")]
    assert rungs() == [("work", 0, None), ("work", 1, None)]
    told = Message.objects.filter(topic="deadline_rung").order_by("id")
    assert list(told.values_list("status", "last_error")) == [
        ("done", ""),
        ("done", "Said together with another rung of this case."),
    ]


def test_another_sweep_is_another_mail() -> None:
    errand(at=denver(BEGUN))
    night("2026-12-02 08:00")
    night("2026-12-10 00:00")
    assert mails() == [("ada", "deadline_remind"), ("ada", "deadline_overdue")]


def test_a_case_is_claimed_whole_however_small_the_batch() -> None:
    subject = handed_over()
    other = errand(at=denver(BEGUN), title="Wash the board")
    moment = denver("2026-12-10 00:00")
    # Nobody reminded of the other one yet: it is the longest due, and comes first.
    first, second = sweeping._batches(sweeping._due(moment, 20), 1)
    assert [row.case_id for row in first] == [other.pk]
    assert [row.case_id for row in second] == [subject.pk, subject.pk]
    assert sweep(moment, batch=1) == {"swept": 3, "fired": 3, "failed": 0}
    assert Deadline.objects.get(case_id=other.pk, kind="work").rung == 2
    assert sweep(moment) == {}


def test_a_rung_that_fails_keeps_the_others_from_nobody() -> None:
    subject = handed_over()
    sweep(denver("2026-12-10 00:00"))
    broken = Message.objects.get(
        topic="deadline_rung", payload__deadline=_deadline(subject, "check").pk
    )
    Message.objects.filter(pk=broken.pk).update(
        attempts=1, last_error="KeyError: 0", payload={"deadline": 0, "rung": 0}
    )
    with time_machine.travel(denver("2026-12-10 00:01"), tick=False):
        drain()
    assert mails() == [("ada", "deadline_overdue")]
    broken.refresh_from_db()
    assert (broken.status, broken.attempts) == ("awaiting_retry", 2)


def test_a_rung_that_another_worker_holds_is_spoken_for_too() -> None:
    subject = handed_over()
    sweep(denver("2026-12-10 00:00"))
    held = Message.objects.filter(
        topic="deadline_rung", payload__deadline=_deadline(subject, "check").pk
    )
    lease = denver("2026-12-10 00:05")
    held.update(status="inflight", attempts=1, claimed_by="another", send_after=lease)
    with time_machine.travel(denver("2026-12-10 00:01"), tick=False):
        drain()
    with time_machine.travel(denver("2026-12-10 00:06"), tick=False):
        drain()
    assert mails() == [("ada", "deadline_overdue")]
    assert [rung[:2] for rung in rungs()] == [("check", 0), ("work", 0), ("work", 1)]
    assert held.get().last_error == "Said together with another rung of this case."


def _deadline(subject: Errand, kind: str) -> Deadline:
    return Deadline.objects.get(case_id=subject.pk, kind=kind)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_drain_at_once_send_one_mail() -> None:
    for number in range(6):
        subject = errand(at=denver(BEGUN), title=f"Errand {number}")
        engine.perform(subject, "hand_over", by=ada(), at=denver(HANDED_OVER))
    sweep(denver("2026-12-10 00:00"))
    start = threading.Barrier(2)

    def run() -> None:
        try:
            start.wait()
            drain()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mails() == [("ada", "deadline_overdue")] * 6
    assert len(rungs()) == 12
