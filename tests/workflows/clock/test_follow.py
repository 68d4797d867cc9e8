from datetime import UTC, datetime

import pytest

from tests.workflows.toy.story import ada, ben, denver, errand
from workflows import engine
from workflows.clock.models import Deadline
from workflows.stateful import Stateful

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]


def deadline(subject: Stateful, kind: str) -> Deadline:
    return Deadline.objects.filter(case_id=subject.pk, kind=kind).latest("id")


def open_kinds(subject: Stateful) -> list[str]:
    rows = Deadline.objects.filter(case_id=subject.pk, met_at=None, waived_at=None)
    return sorted(rows.values_list("kind", flat=True))


def offsets(row: Deadline) -> list[int]:
    return [step["offset"] for step in row.ladder]


def test_entering_a_dwell_arms_it_with_its_whole_ladder() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    row = deadline(subject, "work")
    # Twenty business days from Monday, without Veterans Day and Thanksgiving.
    assert row.due_at == denver("2026-12-09 23:59:59")
    assert [step["at"] for step in row.ladder] == [
        denver(text).astimezone(UTC).isoformat()
        for text in (
            *("2026-12-02 08:00", "2026-12-09 23:59:59", "2026-12-10 08:00"),
            *("2026-12-16 08:00", "2026-12-23 08:00"),
        )
    ]
    assert row.next_at == denver("2026-12-02 08:00")
    assert (row.rung, row.basis, row.armed_at) == (
        0,
        "Doing the errand",
        denver("2026-11-09 10:00"),
    )
    assert row.explanation["sentence"] == (
        "20 business days from Mon, Nov 9, skipping Nov 11 (Veterans Day) and "
        "Nov 26 (Thanksgiving Day)"
    )


def test_a_second_state_of_the_same_dwell_keeps_its_clock() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    engine.perform(subject, "hand_over", by=ada(), at=denver("2026-11-12 10:00"))
    assert open_kinds(subject) == ["check", "work"]
    assert deadline(subject, "work").due_at == denver("2026-12-09 23:59:59")


def test_rungs_at_or_before_the_anchor_are_dropped() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    engine.perform(subject, "hand_over", by=ada(), at=denver("2026-11-12 10:00"))
    row = deadline(subject, "check")
    assert row.due_at == denver("2026-11-16 23:59:59")
    assert offsets(row) == [0, 1, 5, 10]


def test_a_question_pauses_the_asker_and_starts_the_other_clock() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    engine.perform(subject, "ask", by=ada(), note="Which chalk?", at=denver("2026-11-13 09:00"))
    row = deadline(subject, "work")
    # Tuesday, Thursday and Friday were used: Wednesday was Veterans Day.
    assert (row.left, row.next_at, row.paused_at) == (17, None, denver("2026-11-13 09:00"))
    assert row.due_at == denver("2026-12-09 23:59:59")
    assert open_kinds(subject) == ["answer", "no_reply", "work"]
    assert deadline(subject, "no_reply").due_at == denver("2026-12-13 23:59:59")


def test_the_answer_gives_back_exactly_the_days_that_were_left() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    subject = engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-13 09:00"))
    engine.perform(subject, "answer", by=ben(), at=denver("2026-11-18 16:00"))
    row = deadline(subject, "work")
    assert (row.left, row.paused_at) == (None, None)
    assert row.due_at == denver("2026-12-14 23:59:59")
    assert row.next_at == denver("2026-12-07 08:00")
    assert row.explanation["pauses"] == [
        {"from": "2026-11-13T16:00:00+00:00", "until": "2026-11-18T23:00:00+00:00"}
    ]
    assert row.explanation["sentence"].endswith(
        "; the clock stood still from Fri, Nov 13 to Wed, Nov 18"
    )
    assert len(row.explanation["counted"]) == 20
    assert open_kinds(subject) == ["work"]


def test_two_pauses_add_up() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    for asked, answered in (("2026-11-10", "2026-11-12"), ("2026-11-13", "2026-11-16")):
        engine.perform(subject, "ask", by=ada(), note="?", at=denver(f"{asked} 09:00"))
        engine.perform(subject, "answer", by=ben(), at=denver(f"{answered} 09:00"))
    # One day used before the first question, one between the two: 18 left from Nov 16.
    assert deadline(subject, "work").due_at == denver("2026-12-11 23:59:59")


def test_what_was_late_before_a_pause_is_as_late_after_it() -> None:
    subject = errand(at=denver("2026-11-02 10:00"))
    subject = engine.perform(subject, "hand_over", by=ada(), at=denver("2026-11-02 11:00"))
    subject = engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-06 09:00"))
    assert deadline(subject, "check").left == -2
    engine.perform(subject, "answer", by=ben(), at=denver("2026-11-10 09:00"))
    assert deadline(subject, "check").due_at == denver("2026-11-06 23:59:59")


def test_an_end_leaves_no_open_deadline() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    subject = engine.perform(subject, "hand_over", by=ada(), at=denver("2026-11-10 10:00"))
    engine.perform(subject, "finish", by=ada(), at=denver("2026-11-11 12:00"))
    assert open_kinds(subject) == []
    row = deadline(subject, "work")
    assert (row.met_at, row.next_at) == (denver("2026-11-11 12:00"), None)


def test_a_move_that_stays_in_its_state_touches_no_clock() -> None:
    subject = errand(at=denver("2026-11-09 10:00"))
    subject = engine.perform(subject, "hand_over", by=ada(), at=denver("2026-11-10 10:00"))
    before = list(Deadline.objects.values())
    engine.perform(subject, "nod", by=ada())
    assert list(Deadline.objects.values()) == before


def test_a_case_before_its_first_dwell_has_no_deadline() -> None:
    subject = errand(begun=False)
    assert open_kinds(subject) == []


def test_a_deadline_belongs_to_the_day_of_the_district_not_of_greenwich() -> None:
    late_in_denver = datetime(2026, 11, 10, 5, 30, tzinfo=UTC)  # still Monday evening there
    subject = errand(at=late_in_denver)
    assert deadline(subject, "work").due_at == denver("2026-12-09 23:59:59")
