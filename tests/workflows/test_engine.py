"""The one door: what it lets through, what it refuses, and that a refusal writes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tests.workflows.parcels import story
from tests.workflows.parcels.lifecycle import AT_COUNTER, ON_SCALES, ON_THE_ROAD, PARCEL, WRAPPED
from tests.workflows.parcels.models import Parcel
from workflows import door, engine
from workflows.actors import system
from workflows.clock.models import Deadline
from workflows.desk.models import Process, Task
from workflows.engine import Refused
from workflows.ledger.models import Entry, Note
from workflows.ledger.rules import note_digest
from workflows.outbox.models import Message
from workflows.stateful import StaleVersion

pytestmark = pytest.mark.django_db


def written() -> dict[str, int]:
    models = (Parcel, Entry, Note, Deadline, Message, Process, Task)
    return {model.__name__: model._base_manager.count() for model in models}


def refusal(parcel: Parcel, move: str, **how: Any) -> list[str]:
    """The reasons of a refusal; fails when anything was written."""
    before, state = written(), Parcel.objects.get(pk=parcel.pk).state
    with pytest.raises(Refused) as refused:
        engine.perform(parcel, move, **how)
    assert written() == before
    assert Parcel.objects.get(pk=parcel.pk).state == state
    return refused.value.reasons


def test_opening_writes_the_first_row_and_version_one() -> None:
    parcel = story.wrapped()
    (entry,) = Entry.objects.filter(case=parcel.case)
    assert (parcel.state, parcel.version) == (WRAPPED, 1)
    assert (entry.seq, entry.name, entry.source, entry.target, entry.actor_ref) == (
        1,
        "opened",
        "",
        WRAPPED,
        "parceler:ben",
    )


def test_a_move_writes_state_ledger_clock_work_and_mail_in_one_transaction() -> None:
    parcel = engine.perform(story.at_counter(), "weigh", by=story.sol(), facts={"scale": 3})
    entry = Entry.objects.get(case=parcel.case, name="weigh")
    assert (parcel.state, parcel.version, entry.seq) == (ON_SCALES, 3, 3)
    assert (entry.source, entry.target, entry.facts) == (AT_COUNTER, ON_SCALES, {"scale": 3})
    running = Deadline.objects.filter(case=parcel.case, met_at=None)
    assert [d.kind for d in running] == ["scales"]
    assert Task.objects.filter(process__case=parcel.case, finished=None).count() == 1
    mails = Message.objects.filter(case=parcel.case, channel=Message.MAIL)
    assert [m.subject for m in mails] == ["parcel received: A book"]


def test_what_fails_late_takes_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    parcel = story.at_counter()
    before = written()

    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine.outbox, "follow", broken)
    with pytest.raises(ZeroDivisionError):
        engine.perform(parcel, "weigh", by=story.sol())
    assert written() == before
    assert Parcel.objects.get(pk=parcel.pk).state == AT_COUNTER


def test_a_room_that_catches_a_refusal_in_mid_write_commits_nothing_of_it() -> None:
    parcel, before = story.at_counter(), written()

    def write_then_refuse(locked: Parcel) -> None:
        Deadline.objects.create(
            case=locked.case, kind="half", due_at=timezone.now(), armed_at=timezone.now()
        )
        raise Refused(["Not after all."])

    with transaction.atomic(), pytest.raises(Refused, match="Not after all"):
        engine.record(parcel, "noted", by=story.sol(), change=write_then_refuse)
    assert written() == before


def test_a_room_that_catches_a_refusal_before_the_write_goes_on() -> None:
    parcel, seq = story.at_counter(), Entry.objects.count()
    with transaction.atomic():
        with pytest.raises(Refused):
            engine.perform(parcel, "dispatch", by=story.sol())
        engine.record(parcel, "noted", by=story.sol())
    assert Entry.objects.count() == seq + 1


def test_a_row_tells_since_when_it_stands_in_its_state() -> None:
    past = datetime(2026, 1, 5, 16, tzinfo=UTC)
    parcel = story.at_counter(at=past)
    assert Parcel.objects.get(pk=parcel.pk).since == past
    engine.record(parcel, "noted", by=story.sol())
    assert Parcel.objects.get(pk=parcel.pk).since == past
    moved = engine.perform(parcel, "weigh", by=story.sol())
    told = Entry.objects.get(case=parcel.case, name="weigh").at
    assert moved.since == told == Parcel.objects.get(pk=parcel.pk).since


def test_an_opened_case_stands_there_since_it_was_opened() -> None:
    parcel = story.wrapped()
    assert Parcel.objects.get(pk=parcel.pk).since == parcel.case.opened_at


def test_the_arguments_of_a_move_are_applied_under_the_lock() -> None:
    parcel = story.on_scales()
    moved = engine.perform(parcel, "dispatch", by=story.ada(), given={"grams": 250})
    assert (moved.state, Parcel.objects.get(pk=parcel.pk).grams) == (ON_THE_ROAD, 250)


def test_a_move_chooses_among_its_targets() -> None:
    aside = engine.perform(story.on_scales(), "put_aside", by=story.ada(), note="Lunch")
    assert engine.perform(aside, "take_up", by=story.sol()).state == ON_SCALES


def test_every_unmet_reason_is_named_and_nothing_is_written() -> None:
    parcel = story.wrapped(address="")
    assert refusal(parcel, "hand_in", by=story.ben()) == ["Write the address on it."]


def test_a_role_that_may_not_reads_who_may() -> None:
    assert refusal(story.at_counter(), "weigh", by=story.ben()) == [
        "“Weigh” is for: Strategic Sourcing."
    ]


def test_another_district_finds_nothing_whatever_its_roles() -> None:
    assert refusal(story.at_counter(), "weigh", by=story.eve()) == [
        "There is nothing here for you."
    ]


def test_a_note_that_is_asked_for_must_say_something() -> None:
    reasons = refusal(story.at_counter(), "put_aside", by=story.sol(), note="  ")
    assert reasons == ["Write a note that says why."]


def test_a_move_whose_room_is_missing_says_so() -> None:
    lead = story.person("Lea Moss", *story.PEOPLE)
    assert refusal(story.at_counter(), "insure", by=lead) == [
        "“Insure” is not part of this release yet (the insurance room)."
    ]


def test_a_move_from_elsewhere_says_where_the_case_is() -> None:
    (reason,) = refusal(story.at_counter(), "dispatch", by=story.ada())
    assert reason.startswith("Ben Ito was first: since ")
    assert "this is “At the counter”" in reason


def test_a_note_is_kept_beside_the_ledger_and_its_hash_in_it() -> None:
    parcel = engine.perform(story.at_counter(), "put_aside", by=story.sol(), note=" Too wet ")
    entry = Entry.objects.get(case=parcel.case, name="put_aside")
    assert entry.note.text == "Too wet"
    assert entry.note_hash == note_digest(entry.note.salt, "Too wet")
    entry.note.delete()
    assert Entry.objects.get(pk=entry.pk).note_hash == entry.note_hash


def test_the_past_may_be_told_and_the_future_may_not() -> None:
    at = datetime(2026, 3, 2, 16, tzinfo=UTC)
    entry = Entry.objects.get(case=story.at_counter(at=at).case, seq=2)
    assert entry.at == at
    assert timezone.now() - entry.recorded_at < timedelta(minutes=1)
    with pytest.raises(ValueError, match="future"):
        engine.perform(
            story.wrapped(), "hand_in", by=story.ben(), at=timezone.now() + timedelta(days=1)
        )


def test_options_are_the_moves_of_ones_roles_with_what_stands_against_them() -> None:
    parcel = story.on_scales()
    assert [(o.move.name, o.allowed) for o in engine.options_for(parcel, story.ada())] == [
        ("put_aside", True),
        ("dispatch", True),
    ]
    parcel.stamps.create(torn=True)
    dispatch = engine.options_for(parcel, story.cora())[0]
    assert dispatch.reasons == ("A stamp is torn: stick a new one on.",)
    lead = story.person("Lea Moss", *story.PEOPLE)
    assert "insure" not in {o.move.name for o in engine.options_for(story.at_counter(), lead)}


def test_a_command_is_recorded_and_may_not_change_the_state() -> None:
    parcel = story.at_counter()

    def relabel(subject: Parcel) -> None:
        subject.title = "A lamp"

    after = engine.record(parcel, "relabel", by=story.sol(), change=relabel, facts={"why": "typo"})
    entry = Entry.objects.get(case=parcel.case, seq=3)
    assert (after.version, after.title, entry.kind) == (3, "A lamp", Entry.COMMAND)
    assert (entry.name, entry.source, entry.target) == ("relabel", "", "")

    def jump(subject: Parcel) -> None:
        subject.__dict__["state"] = ON_THE_ROAD

    with pytest.raises(door.DoorClosed, match="changed a state"):
        engine.record(parcel, "jump", by=story.sol(), change=jump)
    assert Parcel.objects.get().state == AT_COUNTER


def test_a_draft_is_kept_without_a_ledger_row_until_it_is_handed_in() -> None:
    def rename(subject: Parcel) -> None:
        subject.title = "Two books"

    parcel = engine.keep_draft(story.wrapped(), by=story.ben(), change=rename)
    assert (parcel.title, parcel.version, Entry.objects.count()) == ("Two books", 1, 1)
    engine.perform(parcel, "hand_in", by=story.ben())
    with pytest.raises(Refused, match="You have already done this: since"):
        engine.keep_draft(parcel, by=story.ben(), change=rename)


def test_nothing_but_the_engine_writes_a_stateful_row() -> None:
    parcel = story.at_counter()
    with pytest.raises(AttributeError, match="state"):
        parcel.state = ON_THE_ROAD
    with pytest.raises(door.DoorClosed):
        parcel.save()
    with pytest.raises(door.DoorClosed):
        parcel.weigh()
    with pytest.raises(door.DoorClosed):
        Parcel.objects.filter(pk=parcel.pk).update(state=ON_THE_ROAD)
    with pytest.raises(door.DoorClosed):
        Parcel.objects.filter(pk=parcel.pk).update(version=1)
    with pytest.raises(door.DoorClosed):
        Parcel.objects.filter(pk=parcel.pk).update(since=timezone.now())
    with pytest.raises(door.DoorClosed):
        Parcel.objects.bulk_create([Parcel(case=parcel.case, state=ON_THE_ROAD)])
    with pytest.raises(door.DoorClosed):
        Parcel.objects.create(case=parcel.case, state=ON_THE_ROAD)
    with pytest.raises(door.DoorClosed):
        Parcel.objects.all().delete()
    with pytest.raises(door.DoorClosed):
        parcel.delete()
    assert Parcel.objects.get().state == AT_COUNTER


def test_a_write_over_somebody_elses_version_is_refused() -> None:
    parcel = story.at_counter()
    stale = Parcel.objects.get(pk=parcel.pk)
    engine.record(parcel, "touch", by=story.sol())
    with door.opened(), pytest.raises(StaleVersion):
        stale.save_next_version()


def placed(state: str) -> Parcel:
    """A parcel that came to a state by the moves of the table."""
    roads: dict[str, tuple[tuple[str, Any, str], ...]] = {
        WRAPPED: (),
        AT_COUNTER: (),
        ON_SCALES: (("weigh", story.sol(), ""),),
        "aside": (("put_aside", story.sol(), "Lunch"),),
        ON_THE_ROAD: (("weigh", story.sol(), ""), ("dispatch", story.ada(), "")),
        "lost": (("lose", system("clock"), ""),),
    }
    parcel = story.wrapped() if state == WRAPPED else story.at_counter()
    for move, by, note in roads[state]:
        parcel = engine.perform(parcel, move, by=by, note=note)
    return parcel


@pytest.mark.parametrize("state", PARCEL.states)
def test_from_every_state_every_role_makes_the_moves_of_the_table_and_no_other(state: str) -> None:
    parcel = placed(state)
    before = written()
    for role in (*story.PEOPLE, None):
        actor = story.person("Max Poe", role) if role else system("clock")
        for name in {row.name for row in PARCEL.moves}:
            row = PARCEL.row(name, state)
            listed = row is not None and not row.since and bool(row.by & parcel.roles_of(actor))
            assert _makes(parcel, name, actor) is listed, (state, role, name)
    assert written() == before


def _makes(parcel: Parcel, move: str, actor: Any) -> bool:
    """Whether the engine lets the move through; what it did is taken back."""
    with transaction.atomic():
        try:
            engine.perform(parcel, move, by=actor, note="Because")
        except Refused:
            return False
        transaction.set_rollback(True)
    return True


def test_a_note_has_one_longest_length_everywhere() -> None:
    parcel = story.at_counter()
    words = ["The note has 5,001 characters; write at most 5,000."]
    assert refusal(parcel, "weigh", by=story.sol(), note="x" * 5001) == words
    before = written()
    with pytest.raises(Refused) as refused:
        engine.record(parcel, "sniffed", by=story.sol(), note="x" * 5001)
    assert (refused.value.reasons, written()) == (words, before)
    engine.perform(parcel, "weigh", by=story.sol(), note="x" * 5000)
