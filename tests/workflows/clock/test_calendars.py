from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.workflows.clock.test_follow import deadline
from tests.workflows.toy.story import ada, ben, denver, district, errand, eve, person
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Tenant
from workflows.clock.calendars import add_closure, remove_closure
from workflows.clock.commands import arm, meet, rearm, waive
from workflows.clock.models import Closure, Deadline
from workflows.clock.queries import _calendar, away_in_words, calendar_of, waited_in_words
from workflows.clock.replanning import recompute_stale_deadlines
from workflows.engine import Refused
from workflows.grammar import Rung
from workflows.ledger.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
BEGUN = "2026-11-09 10:00"
AFTER_THANKSGIVING = date(2026, 11, 27)


def lead() -> Actor:
    return person("Pia Lund", Role.PRIVACY_LEAD)


def test_the_state_seeds_the_calendar() -> None:
    colorado = calendar_of(district(), date(2026, 6, 1))
    assert colorado.closed[date(2026, 10, 5)] == "Frances Xavier Cabrini Day"
    utah = Tenant.objects.create(code="zion", region="UT", zone="America/Denver")
    assert date(2026, 10, 5) not in calendar_of(utah, date(2026, 6, 1)).closed


def test_closing_a_day_moves_open_service_levels_and_the_ledger_keeps_the_old_date() -> None:
    subject = errand(at=denver(BEGUN))
    add_closure(district(), day=AFTER_THANKSGIVING, name="Thanksgiving break", by=lead())
    row = deadline(subject, "work")
    assert row.due_at == denver("2026-12-10 23:59:59")
    assert row.next_at == denver("2026-12-03 08:00")
    assert "Nov 27 (Thanksgiving break)" in row.explanation["sentence"]
    entry = Entry.objects.get(name="deadline_recomputed")
    days = {"from": "2026-12-09", "to": "2026-12-10"}
    assert entry.facts == {"kind": "work", **days, "why": "calendar"}
    assert entry.actor_ref == lead().ref


def test_opening_it_again_moves_them_back() -> None:
    subject = errand(at=denver(BEGUN))
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    remove_closure(district(), day=AFTER_THANKSGIVING, by=lead())
    assert deadline(subject, "work").due_at == denver("2026-12-09 23:59:59")
    assert district().calendar_version.startswith("2.")
    assert Closure.objects.count() == 0


def test_what_comes_later_uses_the_new_calendar() -> None:
    add_closure(
        district(), day=date(2026, 11, 23), until=date(2026, 11, 27), name="Break", by=lead()
    )
    assert Closure.objects.count() == 5
    subject = errand(at=denver(BEGUN))
    assert deadline(subject, "work").due_at == denver("2026-12-15 23:59:59")


def test_rungs_that_fired_stay_fired() -> None:
    subject = errand(at=denver(BEGUN))
    before = deadline(subject, "work")
    Deadline.objects.filter(pk=before.pk).update(rung=1)
    add_closure(district(), day=date(2026, 12, 4), name="Snow", by=lead())
    row = deadline(subject, "work")
    assert row.ladder[0] == before.ladder[0]
    assert [step["offset"] for step in row.ladder] == [-5, 0, 1, 5, 10]
    assert row.next_at == row.due_at == denver("2026-12-10 23:59:59")


def test_a_paused_clock_reads_the_calendar_when_it_starts_again() -> None:
    subject = errand(at=denver(BEGUN))
    subject = engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-13 09:00"))
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    assert not Entry.objects.filter(name="deadline_recomputed", facts__kind="work").exists()
    engine.perform(subject, "answer", by=ben(), at=denver("2026-11-18 16:00"))
    assert deadline(subject, "work").due_at == denver("2026-12-15 23:59:59")


def test_the_night_finds_what_a_crash_left_behind() -> None:
    subject = errand(at=denver(BEGUN))
    Closure.objects.create(tenant=district(), day=AFTER_THANKSGIVING, name="Break")
    Tenant.objects.update(calendar_version="7.89abcdef")
    assert recompute_stale_deadlines() == 1
    assert deadline(subject, "work").due_at == denver("2026-12-10 23:59:59")
    assert recompute_stale_deadlines() == 0


def test_a_date_that_cannot_be_read_keeps_its_day_and_keeps_nobody() -> None:
    first, second = errand(at=denver(BEGUN)), errand(at=denver(BEGUN))
    bad = deadline(first, "work")
    ladder = [{"act": "remind"}]
    Deadline.objects.filter(pk=bad.pk).update(ladder=ladder, rung=0)
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    kept = deadline(first, "work")
    assert (kept.due_at, kept.attempts) == (bad.due_at, 1)
    assert kept.last_error == "KeyError: 'offset'"
    assert deadline(second, "work").due_at == denver("2026-12-10 23:59:59")


@pytest.mark.parametrize("who", [ben, ada, eve])
def test_others_may_not_change_closures(who: type) -> None:
    with pytest.raises(Refused, match="Only an administrator or the privacy lead"):
        add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=who())
    assert Closure.objects.count() == 0


def test_a_closure_needs_a_name_and_days_in_order_and_stands_once() -> None:
    with pytest.raises(Refused, match="Give the closure a name"):
        add_closure(district(), day=AFTER_THANKSGIVING, name=" ", by=lead())
    with pytest.raises(Refused, match="not before the first"):
        add_closure(
            district(), day=AFTER_THANKSGIVING, until=date(2026, 11, 26), name="B", by=lead()
        )
    with pytest.raises(Refused, match="100 days at most: look at the year"):
        add_closure(
            district(), day=AFTER_THANKSGIVING, until=date(2099, 1, 11), name="B", by=lead()
        )
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    version = district().calendar_version
    with pytest.raises(Refused, match=r"Already closed: Fri, Nov 27, 2026 \(Break\)."):
        add_closure(
            district(), day=date(2026, 11, 26), until=AFTER_THANKSGIVING, name="B", by=lead()
        )
    with pytest.raises(Refused, match="Mon, Nov 30, 2026 is not one of your closures"):
        remove_closure(district(), day=date(2026, 11, 30), by=lead())
    assert (Closure.objects.count(), district().calendar_version) == (1, version)


@pytest.mark.parametrize(
    ("day", "until", "wrong"),
    [
        (date(1990, 12, 20), None, "Thu, Dec 20, 1990"),
        (date(2023, 12, 31), date(2024, 1, 2), "Sun, Dec 31, 2023"),
        (date(2032, 12, 31), date(2033, 1, 1), "Sat, Jan 1, 2033"),
    ],
)
def test_a_closure_that_no_calendar_knows_is_refused(
    day: date, until: date | None, wrong: str
) -> None:
    with pytest.raises(Refused) as refused:
        add_closure(district(), day=day, until=until, name="Winter break", by=lead())
    assert refused.value.reasons == [
        f"{wrong} changes no date: choose days from Mon, Jan 1, 2024 to Fri, Dec 31, 2032."
    ]
    assert (Closure.objects.count(), district().calendar_version) == (0, "")
    for edge in (date(2024, 1, 1), date(2032, 12, 31)):
        add_closure(district(), day=edge, name="At the edge", by=lead())
        assert calendar_of(district(), date(2027, 2, 1)).closed[edge] == "At the edge"


def test_a_date_that_was_set_is_armed_once() -> None:
    subject, at = errand(at=denver(BEGUN)), denver(BEGUN)
    ladder = (Rung(-30, "remind", "holders"), Rung(0, "forbid", ""))
    due = denver("2027-06-30 23:59:59")
    row = arm(subject, kind="end", at=at, due_at=due, ladder=ladder, basis="End of the permission",
              set_by="the permission")  # fmt: skip
    assert row.due_at == due
    assert row.next_at == denver("2027-05-31 08:00")
    assert row.explanation["sentence"] == "set for Wed, Jun 30, 2027 by the permission"
    again = arm(subject, kind="end", at=at, due_at=denver("2028-01-01 00:00"), basis="Another")
    assert again.pk == row.pk


def test_a_dwell_is_armed_by_moves_alone() -> None:
    with pytest.raises(ValueError, match="work is a dwell of errand"):
        arm(errand(at=denver(BEGUN)), kind="work", at=denver(BEGUN), amount=10, basis="Work")


def test_a_deadline_says_how_far_away_it_is() -> None:
    subject = errand(at=denver(BEGUN))
    now = denver("2026-11-12 10:00")
    assert away_in_words(deadline(subject, "work"), district(), now) == "in 18 business days"
    engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-13 09:00"))
    assert away_in_words(deadline(subject, "work"), district(), now) == "the clock stands still"


def test_rearming_closes_the_old_date() -> None:
    subject = errand(at=denver(BEGUN))
    old = arm(subject, kind="end", at=denver(BEGUN), amount=10, basis="End")
    new = rearm(subject, kind="end", at=denver("2026-11-12 10:00"), amount=10, basis="End")
    old = Deadline.objects.get(pk=old.pk)
    assert (old.met_at, old.next_at) == (denver("2026-11-12 10:00"), None)
    assert new.due_at == denver("2026-11-22 23:59:59")


def test_meeting_what_is_not_open_is_no_fault() -> None:
    subject = errand(at=denver(BEGUN))
    arm(subject, kind="end", at=denver(BEGUN), amount=10, basis="End")
    assert meet(subject, kind="end", at=denver(BEGUN)) is True
    assert meet(subject, kind="end", at=denver(BEGUN)) is False


def test_waiving_takes_a_reason_and_leaves_it_in_the_ledger() -> None:
    subject = errand(at=denver(BEGUN))
    with pytest.raises(Refused, match="Write why"):
        waive(subject, kind="work", by=ada(), reason=" ")
    assert waive(subject, kind="work", by=ada(), reason="The board asked for more time.")
    row = deadline(subject, "work")
    assert (row.waived_by, row.next_at, row.met_at) == (ada().ref, None, None)
    entry = Entry.objects.get(name="deadline_waived")
    assert (entry.facts, entry.note.text) == ({"kind": "work"}, "The board asked for more time.")
    assert waive(subject, kind="work", by=ada(), reason="Again") is False


def test_a_stranger_cannot_waive() -> None:
    subject = errand(at=denver(BEGUN))
    with pytest.raises(Refused):
        waive(subject, kind="work", by=eve(), reason="Because")
    assert deadline(subject, "work").is_open


def test_an_end_closes_also_what_a_room_armed() -> None:
    subject = errand(at=denver(BEGUN))
    arm(subject, kind="end", at=denver(BEGUN), amount=10, basis="End")
    subject = engine.perform(subject, "hand_over", by=ada())
    engine.perform(subject, "finish", by=ada())
    assert not Deadline.objects.filter(met_at=None).exists()


def test_days_and_the_version_they_are_told_under_belong_together() -> None:
    """Closed days may change between the reading of the district and that of its days."""
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    early = district()
    add_closure(district(), day=date(2026, 12, 1), name="Water main", by=lead())
    _calendar.cache_clear()  # another worker, which has read nothing yet
    met = calendar_of(early, date(2026, 12, 1))
    assert date(2026, 12, 1) in met.closed
    assert met.version == district().calendar_version != early.calendar_version
    # An older version's days are gone: nothing is kept under its name.
    assert calendar_of(early, date(2026, 12, 1)) is met


def test_a_calendar_is_one_read_and_then_none(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    tenant = district()
    _calendar.cache_clear()
    with django_assert_num_queries(1):
        for day in (AFTER_THANKSGIVING, date(2026, 12, 1)):
            assert AFTER_THANKSGIVING in calendar_of(tenant, day).closed
    with django_assert_num_queries(1):
        far = calendar_of(tenant, date(2031, 12, 1))  # its years hold no closed day of theirs
    assert (far.version, AFTER_THANKSGIVING in far.closed) == (tenant.calendar_version, False)


def test_a_day_that_was_opened_again_is_open() -> None:
    add_closure(district(), day=AFTER_THANKSGIVING, name="Break", by=lead())
    add_closure(district(), day=date(2026, 12, 1), name="Water main", by=lead())
    remove_closure(district(), day=date(2026, 12, 1), by=lead())
    now = calendar_of(district(), date(2026, 12, 1)).closed
    assert (date(2026, 12, 1) in now, AFTER_THANKSGIVING in now) == (False, True)


def test_how_long_something_waits_is_told_in_the_unit_of_its_deadline() -> None:
    friday, sunday, monday = (denver(f"2026-11-{day} 10:00") for day in (20, 22, 30))
    subject = errand(at=friday)
    assert waited_in_words(subject, friday, monday) == "5 business days"  # without Thanksgiving
    assert waited_in_words(subject, friday, sunday) == "under 1 business day"
