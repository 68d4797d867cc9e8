"""The clock and the outbox against people, and against themselves: sweeps and drains."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tests.races.copying import copies_of
from tests.races.harness import Race, Round, drain_all
from tests.workflows.parcels import story
from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.clock.models import Deadline
from workflows.clock.sweep import sweep
from workflows.outbox import commands as outbox
from workflows.outbox.drain import _failed, drain
from workflows.outbox.models import Message
from workflows.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


class Turns:
    """Each subject is due a second after the one before it, and all of them hours ago."""

    def __init__(self) -> None:
        self.first = timezone.now() - timedelta(hours=6)
        self.of: dict[int, datetime] = {}

    def due(self, number: int) -> datetime:
        return self.first + number * SECOND

    def parcels(self, times: int, *, ago: timedelta) -> list[Parcel]:
        """At the counter for so long; their deadlines and messages are due in turns."""
        pattern = story.at_counter(at=timezone.now() - ago)
        found = copies_of([pattern], times, {Deadline: self._deadline, Message: self._message})
        parcels = found.of(pattern)
        for number, parcel in enumerate(parcels):
            self.of[parcel.pk] = self.due(number)
        _forget(pattern)
        return parcels

    def _deadline(self, deadline: Deadline, number: int) -> None:
        deadline.next_at = self.due(number)

    def _message(self, message: Message, number: int) -> None:
        message.send_after = self.due(number)


def _forget(pattern: Parcel) -> None:
    """Only the copies are due."""
    Deadline.objects.filter(case=pattern.case).update(next_at=None, met_at=timezone.now())
    Message.objects.filter(case=pattern.case).update(status=Message.WITHHELD, send_after=None)


def fired(answer: Mapping[str, int]) -> int:
    return answer["fired"] if isinstance(answer, Mapping) else 1


def test_the_sweep_against_somebody_who_completes() -> None:
    """Whoever is late by a moment finds rungs that do nothing any more, or none at all."""
    turns, sol = Turns(), story.sol()
    Race(
        "sweep against complete",
        lambda times: turns.parcels(times, ago=timedelta(days=30)),
        {
            "sweep": lambda parcel: sweep(turns.of[parcel.pk]),
            "Sol": lambda parcel: engine.perform(parcel, "weigh", by=sol),
        },
        won=fired,
        settle=drain_all,
        once=("Entry weigh", "Parcel on_scales", "Deadline scales .*"),
        in_tests=30,
    ).run()


def test_what_the_clock_does_by_itself_against_somebody_who_was_nearly_late() -> None:
    """The parcel is lost or weighed, never both, and Sol reads which."""
    turns, sol = Turns(), story.sol()

    def weigh(parcel: Parcel) -> Any:
        return engine.perform(parcel, "weigh", by=sol)

    def by_itself(parcel: Parcel) -> Any:
        swept = sweep(turns.of[parcel.pk])
        drain(turns.of[parcel.pk])
        return swept

    def weighed_between(parcel: Parcel) -> Sequence[Any]:
        swept = sweep(turns.of[parcel.pk])
        return [swept, weigh(parcel), drain(turns.of[parcel.pk])][:2]

    Race(
        "lapse against complete",
        lambda times: turns.parcels(times, ago=timedelta(days=30)),
        {"lapse": by_itself, "Sol": weigh},
        between=[weighed_between],
        settle=drain_all,
        once=("Entry (lose|weigh)", "Parcel (lost|on_scales)"),
        in_tests=30,
    ).run()


def test_two_sweepers() -> None:
    turns = Turns()

    def threes(times: int) -> list[tuple[Parcel, ...]]:
        """Three parcels are due at once, so that two sweepers could share them."""
        parcels = turns.parcels(3 * times, ago=timedelta(days=30))
        groups = [tuple(parcels[n : n + 3]) for n in range(0, len(parcels), 3)]
        for group in groups:
            for parcel in group:
                turns.of[parcel.pk] = turns.of[group[-1].pk]
        return groups

    def work(parcels: tuple[Parcel, ...]) -> Mapping[str, int]:
        return sweep(turns.of[parcels[-1].pk])

    def fired_twice(subjects: Sequence[tuple[Parcel, ...]], rounds: Sequence[Round]) -> list[str]:
        """What both say they have fired, together: two rungs of each of three parcels."""
        counts = [sum(call.answer["fired"] for call in calls) for calls in rounds]
        return [f"{count} rungs were fired" for count in counts if count != 6]

    kinds = ("queued", "done")
    Race(
        "two sweepers",
        threes,
        {"first": work, "second": work},
        won=fired,
        also=fired_twice,
        once=[rf"{n}\. Deadline counter 3 .*" for n in (1, 2, 3)],
    ).run()
    assert not Message.objects.filter(topic="deadline_rung").exclude(status__in=kinds)


def test_two_drains() -> None:
    """A mail and a reaction that writes another: each is handled once, and sent once."""
    turns = Turns()

    def swept(times: int) -> list[Parcel]:
        parcels = turns.parcels(times, ago=timedelta(days=5))
        for parcel in parcels:
            sweep(turns.of[parcel.pk])
        mail.outbox.clear()
        return parcels

    def work(parcel: Parcel) -> Mapping[str, int]:
        return drain(turns.of[parcel.pk])

    def sent_twice(subjects: Sequence[Parcel], rounds: Sequence[Round]) -> list[str]:
        mails = Message.objects.filter(channel=Message.MAIL, status=Message.DONE).count()
        said = [] if len(mail.outbox) == mails else [f"{len(mail.outbox)} of {mails} mails left"]
        again = Message.objects.exclude(attempts=1).exclude(status=Message.WITHHELD)
        handled = sum(call.answer["done"] for calls in rounds for call in calls)
        told = [] if handled == 2 * len(subjects) else [f"{handled} of {2 * len(subjects)} handled"]
        return [*said, *told, *(f"{m} was handled {m.attempts} times" for m in again)]

    Race(
        "two drains",
        swept,
        {"first": work, "second": work},
        won=lambda answer: sum(answer.values()),
        settle=drain_all,
        also=sent_twice,
        once=("Message mail parcel_received done", "Message reaction deadline_rung done"),
        in_tests=30,
    ).run()


def test_a_worker_of_before_against_a_new_round() -> None:
    """Somebody presses "Try again" while a worker that was overtaken comes to its end at last."""
    turns, held = Turns(), {}

    def given_up(times: int) -> list[Parcel]:
        parcels = turns.parcels(times, ago=timedelta(hours=1))
        for parcel in parcels:
            rows = parcel.case.messages.filter(status=Message.QUEUED)
            rows.update(attempts=3, claimed_at=turns.of[parcel.pk], claimed_by="before")
            held[parcel.pk] = list(rows)
            rows.update(status=Message.FAILED, send_after=None)
        mail.outbox.clear()
        return parcels

    def fails(parcel: Parcel) -> list[str]:
        return [_failed(m, OSError("No answer."), timezone.now()) for m in held[parcel.pk]]

    def again(parcel: Parcel) -> list[bool]:
        return [outbox.retry(message.pk) for message in held[parcel.pk]]

    def new_round(parcel: Parcel) -> Mapping[str, int]:
        again(parcel)
        return drain(worker="after")

    def between(parcel: Parcel) -> Sequence[Any]:
        pressed, late = again(parcel), fails(parcel)
        return [late, (drain(worker="after"), pressed)]

    def fenced(subjects: Sequence[Parcel], rounds: Sequence[Round]) -> list[str]:
        late = {word for calls in rounds for word in calls[0].answer} - {"overtaken"}
        rows = Message.objects.filter(channel=Message.MAIL, status=Message.DONE)
        said = [f"{row} by {row.claimed_by} at {row.attempts}" for row in rows.exclude(attempts=1)]
        told = [] if len(mail.outbox) == len(rows) else [f"{len(mail.outbox)} of {len(rows)} left"]
        return [*said, *told, *(f"The late worker wrote {word}" for word in late)]

    Race(
        "late worker against try again",
        given_up,
        {"late": fails, "again": new_round},
        between=[between],
        also=fenced,
        once=("Message mail parcel_received done",),
        in_tests=30,
    ).run()


def test_a_late_loser_of_the_clock_is_told_so() -> None:
    parcel = story.at_counter(at=timezone.now() - timedelta(days=30))
    sweep()
    drain()
    with pytest.raises(Refused, match="Countersign was first: since "):
        engine.perform(parcel, "weigh", by=story.sol())
