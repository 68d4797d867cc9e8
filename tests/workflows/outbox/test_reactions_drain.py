from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workflows.toy.lifecycle import CHECKING, DONE, ERRAND
from tests.workflows.toy.models import Errand
from tests.workflows.toy.story import ada, ben, errand
from workflows import engine
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN
from workflows.outbox import reactions
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_reactions", {})


def message(topic: str) -> Message:
    return Message.objects.get(topic=topic)


@pytest.mark.usefixtures("registry")
def test_a_reaction_gets_the_move_that_was_committed() -> None:
    heard: list[Event] = []

    @reactions.on(ERRAND, enters=CHECKING)
    def check_began(event: Event) -> None:
        heard.append(event)

    subject = engine.perform(errand(), "hand_over", by=ada(), facts={"class": "b"})
    assert heard == []
    assert drain()["done"] == 1
    (event,) = heard
    assert (event.case_id, event.machine, event.move) == (subject.pk, "errand", "hand_over")
    assert (event.source, event.target, event.seq) == ("doing", "checking", 3)
    assert (event.by_ref, event.facts) == (ada().ref, {"class": "b"})
    assert message("outbox.check_began").status == Message.DONE
    assert drain() == {}


@pytest.mark.usefixtures("registry")
def test_an_effect_that_fails_leaves_nothing_and_is_tried_again() -> None:
    attempts: list[int] = []

    @reactions.on(ERRAND, enters=CHECKING)
    def check_began(event: Event) -> None:
        subject = Errand.objects.get(pk=event.case_id)
        engine.record(subject, "looked_at", by=ada())
        attempts.append(1)
        if len(attempts) < 2:
            raise RuntimeError("the lamp was broken")

    subject = engine.perform(errand(), "hand_over", by=ada())
    assert drain()[Message.RETRY] == 1
    row = message("outbox.check_began")
    assert (row.status, row.attempts) == (Message.RETRY, 1)
    assert row.last_error == "RuntimeError: the lamp was broken"
    assert not subject.case.entries.filter(name="looked_at").exists()
    assert drain() == {}
    assert drain(timezone.now() + timedelta(seconds=3))["done"] == 1
    assert subject.case.entries.filter(name="looked_at").count() == 1


@pytest.mark.usefixtures("registry")
def test_a_case_that_moved_on_makes_a_reaction_done() -> None:
    @reactions.on(ERRAND, enters=CHECKING)
    def check_began(event: Event) -> None:
        engine.perform(Errand.objects.get(pk=event.case_id), "hand_over", by=ada())

    engine.perform(errand(), "hand_over", by=ada())
    assert drain()["done"] == 1
    assert "You have already done this" in message("outbox.check_began").last_error


@pytest.mark.usefixtures("registry")
def test_a_refusal_for_a_reason_is_tried_again_because_the_reason_may_go() -> None:
    @reactions.on(ERRAND, enters=CHECKING)
    def check_began(event: Event) -> None:
        engine.perform(Errand.objects.get(pk=event.case_id), "finish", by=ben())

    engine.perform(errand(), "hand_over", by=ada())
    assert drain()[Message.RETRY] == 1


@pytest.mark.usefixtures("registry")
def test_after_twenty_attempts_a_message_is_a_dead_letter() -> None:
    @reactions.on(ERRAND, enters=CHECKING)
    def check_began(event: Event) -> None:
        raise RuntimeError("never")

    engine.perform(errand(), "hand_over", by=ada())
    now = timezone.now()
    waits = []
    for _ in range(19):
        drain(now)
        due = message("outbox.check_began").send_after
        assert due is not None
        waits.append((due - now).total_seconds())
        now = due
    assert drain(now) == {Message.FAILED: 1}
    row = message("outbox.check_began")
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert max(waits) == 3600
    assert (row.status, row.attempts, row.send_after) == (Message.FAILED, 20, None)
    assert drain(now + timedelta(days=1)) == {}


@pytest.mark.usefixtures("registry")
def test_one_failing_message_blocks_no_other() -> None:
    seen: list[int] = []

    @reactions.on(ERRAND, move="begin")
    def one_fails(event: Event) -> None:
        raise RuntimeError("poison")

    @reactions.on(ERRAND, move="begin")
    def one_works(event: Event) -> None:
        seen.append(event.case_id)

    first, second = errand(), errand(title="Wash the board")
    assert drain() == {Message.RETRY: 2, "done": 2}
    assert seen == [first.pk, second.pk]


@pytest.mark.usefixtures("registry")
def test_a_message_of_a_reaction_that_is_gone_stays_visible() -> None:
    @reactions.on(ERRAND, enters=DONE)
    def gone_later(event: Event) -> None: ...

    engine.perform(engine.perform(errand(), "hand_over", by=ada()), "finish", by=ada())
    reactions._reactions.clear()
    drain()
    row = message("outbox.gone_later")
    assert row.status == Message.RETRY
    assert row.last_error == "KeyError: 'outbox.gone_later'"


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("rows", [Deadline, Message])
def test_an_idle_round_reads_an_index_and_no_table(rows: type[Deadline] | type[Message]) -> None:
    """A second passes, and another: what is finished must not be read again each time."""
    now = timezone.now()
    due = {
        Deadline: Deadline.objects.filter(OPEN, next_at__lte=now),
        Message: Message.objects.filter(status__in=Message.PENDING, send_after__lte=now),
    }[rows]
    plan = due.order_by()[:1].explain()
    assert {Deadline: "sweep", Message: "pending_messages"}[rows] in plan
