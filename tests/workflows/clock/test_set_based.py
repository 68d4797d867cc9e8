"""What the database fires in one statement is what `rules.firing_of` says, ladder by ladder."""

import json
from collections import Counter
from datetime import UTC, timedelta
from random import Random
from typing import Any

import pytest

from tests.workflows.toy.story import denver, errand
from workflows.clock import rules, set_based
from workflows.clock import sweep as sweeping
from workflows.clock.models import Deadline
from workflows.clock.sweep import TOPIC, sweep
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
NOW = denver("2026-12-10 08:00")
ACTS = (("remind", "holders"), ("overdue", "holders"), ("escalate", "owner_lead"), ("lapse", ""))


def seeded(number: int) -> Random:
    """The same ladders on every run."""
    return Random(number)  # noqa: S311


def some_ladder(chance: Random) -> list[dict[str, Any]]:
    """Up to six rungs around now, soonest first; some at the same instant, some with fractions."""
    places = sorted(chance.randint(-9, 9) for _ in range(chance.randint(0, 6)))
    ladder = []
    for place in places:
        act, to = chance.choice(ACTS)
        at = (NOW + timedelta(milliseconds=500 * place)).astimezone(UTC)
        ladder.append({"at": at.isoformat(), "act": act, "to": to, "offset": place})
    return ladder


def armed(count: int, chance: Random) -> list[Deadline]:
    """Deadlines of one case that are due now, whatever their ladders say of it."""
    case = errand(at=denver("2026-11-09 10:00")).case
    Deadline.objects.all().delete()
    rows = []
    for number in range(count):
        ladder = some_ladder(chance)
        row = Deadline(
            case=case,
            kind=f"kind{number}",
            due_at=NOW,
            next_at=NOW - timedelta(seconds=number),
            ladder=ladder,
            rung=chance.randint(0, len(ladder)),
            basis="A date",
            armed_at=NOW - timedelta(days=9),
        )
        rows.append(row)
    Deadline.objects.bulk_create(rows)
    return list(Deadline.objects.order_by("pk"))


def promised() -> dict[str, tuple[int, list[int]]]:
    rows = Message.objects.filter(topic=TOPIC).values_list("dedupe_key", "payload")
    return {key: (said["rung"], said["missed"]) for key, said in rows}


def test_it_fires_what_the_rule_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sweeping, "_sweep_in_python")
    before = armed(150, seeded(7))
    swept = sweep(NOW)
    wanted: dict[str, tuple[int, list[int]]] = {}
    for row in before:
        firing = rules.firing_of(row.ladder, row.rung, NOW)
        wanted |= {f"dl:{row.pk}:{sent}": (sent, missed) for sent, missed in firing.sends}
        after = Deadline.objects.get(pk=row.pk)
        assert (after.rung, after.next_at) == (firing.rung, firing.next_at), row.ladder
    assert promised() == wanted
    assert swept == {"swept": 150, "fired": len(wanted), "failed": 0}


def test_it_needs_no_help_for_ladders_that_we_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    errand(at=denver("2026-11-09 10:00"))
    monkeypatch.delattr(sweeping, "_sweep_in_python")
    assert sweep(denver("2026-12-17 12:00")) == {"swept": 1, "fired": 3, "failed": 0}


def test_system_moves_are_promised_before_anybody_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(sweeping, "_sweep_in_python")
    armed(60, seeded(11))
    sweep(NOW)
    rows = Message.objects.filter(topic=TOPIC).order_by("id").values_list("payload", flat=True)
    acts = [Deadline.objects.get(pk=row["deadline"]).ladder[row["rung"]]["act"] for row in rows]
    assert sorted(acts, key=lambda act: act in rules.TELLING) == acts
    assert Counter(acts)["lapse"] > 0


@pytest.mark.parametrize(
    "ladder",
    [
        "7",
        '{"at": 1}',
        '["x"]',
        '[{"at": "soon", "act": "remind", "to": "x"}]',
        '[{"at": null}]',
    ],
)
def test_a_ladder_it_cannot_read_is_put_off_in_python(ladder: str) -> None:
    sound, broken = armed(2, seeded(3))
    Deadline.objects.filter(pk=broken.pk).update(ladder=json.loads(ladder), rung=0)
    counts = sweep(NOW)
    assert (counts["swept"], counts["failed"]) == (1, 1)
    broken.refresh_from_db()
    assert (broken.attempts, broken.next_at) == (1, NOW + timedelta(hours=1))
    sound.refresh_from_db()
    assert sound.next_at is None or sound.next_at > NOW


def test_another_spelling_of_an_instant_is_left_to_python() -> None:
    (row,) = armed(1, seeded(5))
    at = (NOW - timedelta(minutes=1)).isoformat()  # Denver's, not UTC's
    ladder = [{"at": at, "act": "remind", "to": "holders", "offset": 0}]
    Deadline.objects.filter(pk=row.pk).update(ladder=ladder, rung=0)
    assert sweep(NOW) == {"swept": 1, "fired": 1, "failed": 0}


def test_the_words_of_the_statements_are_the_rules_own() -> None:
    assert all(f"'{act}'" in set_based.TELLS for act in rules.TELLING)


def test_a_rung_that_was_promised_before_is_not_promised_twice() -> None:
    """As after a deadline's row came back from a backup: its message is there, its rung is not."""
    before = armed(20, seeded(13))
    sweep(NOW)
    first = list(Message.objects.filter(topic=TOPIC).order_by("id").values())
    fresh = {row.pk: (row.rung, row.next_at) for row in Deadline.objects.all()}
    Deadline.objects.bulk_update(before, ["rung", "next_at"])
    sweep(NOW)
    assert list(Message.objects.filter(topic=TOPIC).order_by("id").values()) == first
    assert {row.pk: (row.rung, row.next_at) for row in Deadline.objects.all()} == fresh


@pytest.mark.parametrize(
    "since", [{"met_at": NOW}, {"waived_at": NOW}, {"next_at": NOW + timedelta(days=1)}]
)
def test_what_was_met_waived_or_put_off_since_it_was_looked_for_is_left_alone(
    since: dict[str, Any],
) -> None:
    moved, due = armed(2, seeded(17))
    looked_for = sweeping._due(NOW, 10)
    assert len(looked_for) == 2
    Deadline.objects.filter(pk=moved.pk).update(**since)
    before = Deadline.objects.filter(pk=moved.pk).values().get()
    swept = set_based.fire(NOW, looked_for, topic=TOPIC)
    assert swept.swept == 1
    assert Deadline.objects.filter(pk=moved.pk).values().get() == before
    assert all(key.startswith(f"dl:{due.pk}:") for key in promised())
    assert len(promised()) == swept.fired
