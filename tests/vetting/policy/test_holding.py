"""A hold of law enforcement from being asked for to its lift, once and twice, and what was late."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.vetting.policy.test_dates_of_a_case import (
    BREACH,
    NEW_YORK,
    NOW,
    by,
    case,
    dates,
    day,
    happened,
    hold,
    tell,
)
from vetting.policy.commands.anchoring import record_anchor, withdraw_anchor
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.telling import Hold
from vetting.policy.models import Anchor
from vetting.policy.reckoning import preview
from vetting.policy.rules.holding import ASKED, LIFTED, UNKNOWN, Spell, spells
from vetting.requests.models import ToolRequest
from workflows.actors import Actor
from workflows.clock.commands import meet_duty
from workflows.clock.models import Deadline
from workflows.engine import Refused
from workflows.ledger.models import Entry

__all__ = ["by", "case"]
pytestmark = pytest.mark.django_db
LIMIT, DELAY = "ny.121_10_e", "ny.121_10_e.delay"
A1, L1, A2, L2 = (datetime(2026, 3, number, tzinfo=UTC) for number in (2, 9, 16, 23))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], [Spell(UNKNOWN)]),
        ([(LIFTED, L1)], [Spell(UNKNOWN, L1)]),
        ([(ASKED, A1)], [Spell(A1)]),
        ([(ASKED, A1), (LIFTED, L1)], [Spell(A1, L1)]),
        ([(LIFTED, L1), (ASKED, A1)], [Spell(A1, L1)]),
        ([(ASKED, A1), (LIFTED, L1), (LIFTED, None)], [Spell(A1)]),
        ([(ASKED, A1), (LIFTED, L1), (ASKED, A2)], [Spell(A1, L1), Spell(A2)]),
        ([(ASKED, A1), (LIFTED, L1), (ASKED, A2), (ASKED, A1)], [Spell(A1, L1)]),
        ([(ASKED, A1), (LIFTED, L1), (ASKED, A2), (LIFTED, None)], [Spell(A1)]),
        (
            [(ASKED, A1), (LIFTED, L1), (ASKED, A2), (LIFTED, L2)],
            [Spell(A1, L1), Spell(A2, L2)],
        ),
        (
            [(ASKED, A1), (LIFTED, L1), (ASKED, A2), (LIFTED, L2), (LIFTED, None)],
            [Spell(A1, L1), Spell(A2)],
        ),
        ([(ASKED, A1), (ASKED, None), ("occurred", A1)], [Spell(UNKNOWN)]),
    ],
)
def test_spells_follow_what_was_recorded(
    told: list[tuple[str, datetime | None]], found: list[Spell]
) -> None:
    assert spells(told) == tuple(found)


def row(kind: str) -> Deadline:
    return Deadline.objects.filter(kind=kind).latest("pk")


def review_is_open() -> bool:
    open_rows = Deadline.objects.filter(met_at=None, waived_at=None)
    return open_rows.filter(kind="hold_review").exists()


def lifted_once(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_notice_received", day(3, 10))
    tell(case, by, hold=hold(), on_hold=True)
    happened(case, by, "hold_lifted", day(4, 2, 15))


def test_the_day_it_was_asked_for_is_recorded_once(case: ToolRequest, by: Actor) -> None:
    tell(case, by, hold=hold(), on_hold=True)
    tell(case, by, hold=hold(), on_hold=True)
    asked = Anchor.objects.get(event="hold_asked")
    assert asked.at == day(3, 11, 0)
    assert "State police asked in writing" in asked.source
    assert Entry.objects.get(name="anchor_recorded").facts["event"] == "hold_asked"
    with pytest.raises(Refused, match="asked to hold notices back on Wed, Mar 11"):
        happened(case, by, "hold_lifted", day(3, 1))


def test_a_second_hold_stops_again(case: ToolRequest, by: Actor) -> None:
    lifted_once(case, by)
    again = Hold("FBI", day(4, 6).date(), day(5, 15).date())
    tell(case, by, hold=again, on_hold=True)
    held = row(DELAY)
    assert (held.paused_at, held.next_at, held.due_at) == (NOW, None, day(4, 9, 23, 59, 59))
    assert review_is_open()
    assert follow_law(case, by=by, why="facts", at=NOW) == []
    foreseen = preview(case, "hold_lifted", day(4, 17), NOW)
    assert [(step.act, step.kind) for step in foreseen] == [("start", DELAY)]
    happened(case, by, "hold_lifted", day(4, 17), reason="The second one.")
    assert dates(case)[DELAY][1] == day(4, 24, 23, 59, 59)
    assert row(DELAY).paused_at is None
    assert not review_is_open()


def test_what_was_due_before_it_was_asked_stays_late(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_notice_received", day(2, 1))
    late = Hold("State police", day(4, 11).date(), day(4, 15).date())
    tell(case, by, hold=late, on_hold=True)
    assert (row(LIMIT).paused_at, row(LIMIT).due_at) == (None, day(4, 2, 23, 59, 59))
    happened(case, by, "hold_lifted", day(4, 15))
    assert dates(case)[LIMIT][1] == day(4, 2, 23, 59, 59)
    assert DELAY not in dates(case)


def test_a_second_hold_does_not_help_what_the_first_lift_made_late(
    case: ToolRequest, by: Actor
) -> None:
    lifted_once(case, by)
    tell(case, by, hold=Hold("FBI", day(4, 10).date(), day(5, 15).date()), on_hold=True)
    assert row(DELAY).paused_at is None
    happened(case, by, "hold_lifted", day(4, 18), reason="The second one.")
    assert dates(case)[DELAY][1] == day(4, 9, 23, 59, 59)


def test_on_the_day_of_the_lift_the_lift_is_taken_back_first(case: ToolRequest, by: Actor) -> None:
    lifted_once(case, by)
    with pytest.raises(Refused, match="take the lift back first"):
        tell(case, by, hold=Hold("FBI", day(4, 2).date(), day(5, 15).date()), on_hold=True)


def test_where_there_was_no_hold_its_lift_counts_for_nothing(case: ToolRequest, by: Actor) -> None:
    lifted_once(case, by)
    tell(case, by, on_hold=False)
    assert dates(case)[LIMIT][1] == day(5, 9, 23, 59, 59)
    assert DELAY not in dates(case)
    assert row(LIMIT).paused_at is None
    tell(case, by, hold=hold(), on_hold=True)
    assert dates(case)[DELAY][1] == day(4, 9, 23, 59, 59)
    assert LIMIT not in dates(case)
    assert not review_is_open()


def test_a_contract_without_a_hold_has_its_own_limit_again(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_confirmed", day(3, 9))
    tell(case, by, hold=hold(), on_hold=True)
    happened(case, by, "hold_lifted", day(4, 2))
    tell(case, by, on_hold=False)
    assert dates(case)["ndpa.v1.breach"] == ("contract", day(3, 12, 9))


def test_families_are_told_once_before_a_hold(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_notice_received", day(3, 10))
    assert meet_duty(case, kind=LIMIT, by=by, note="Families were told.", at=day(4, 1))
    tell(case, by, hold=hold(), on_hold=True)
    happened(case, by, "hold_lifted", day(4, 2, 15))
    assert not dates(case).keys() & {LIMIT, DELAY}


def test_families_are_told_once_after_a_hold(case: ToolRequest, by: Actor) -> None:
    lifted_once(case, by)
    assert meet_duty(case, kind=DELAY, by=by, note="Families were told.", at=day(4, 5))
    withdraw_anchor(case, event="hold_lifted", by=by, reason="Another case.", recorded=NOW)
    tell(case, by, on_hold=False)
    assert not dates(case).keys() & {LIMIT, DELAY}
    happened(case, by, "vendor_notice_received", day(4, 8), reason="A second theft.")
    assert LIMIT in dates(case)


def test_nobody_is_reminded_of_a_hold_that_is_over(case: ToolRequest, by: Actor) -> None:
    lifted_once(case, by)
    assert not review_is_open()
    withdraw_anchor(case, event="hold_lifted", by=by, reason="Another case.", recorded=NOW)
    assert review_is_open()
    assert row("hold_review").due_at == day(4, 15, 23, 59, 59)
    assert row(LIMIT).paused_at == NOW


def test_a_hold_of_an_earlier_release_has_no_day_and_still_holds(
    case: ToolRequest, by: Actor
) -> None:
    told = BREACH | {"on_hold": True}
    record_anchor(
        case, event="vendor_notice_received", at=day(2, 1), source="Their letter", by=by,
        facts=told, recorded=NOW,
    )  # fmt: skip
    assert row(LIMIT).paused_at == NOW
    happened(case, by, "hold_lifted", day(4, 17))
    assert dates(case)[DELAY][1] == day(4, 24, 23, 59, 59)


@pytest.mark.parametrize("year", [1, 1900, 1969])
def test_a_year_mistyped_is_refused(case: ToolRequest, by: Actor, year: int) -> None:
    tell(case, by)
    for zone in (UTC, NEW_YORK):
        with pytest.raises(Refused, match="before 1970: look at the year"):
            happened(case, by, "vendor_discovered", datetime(year, 1, 1, tzinfo=zone))
    with pytest.raises(Refused, match="before 1970"):
        tell(case, by, hold=Hold("FBI", date(year, 1, 1), NOW.date()), on_hold=True)


def test_the_hold_is_asked_for_only_where_there_is_one(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    with pytest.raises(Refused, match="No hold of law enforcement"):
        happened(case, by, "hold_asked", day(3, 11))


def test_a_hold_replaces_the_limits_the_law_names_and_no_others(
    case: ToolRequest, by: Actor
) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    happened(case, by, "vendor_notice_received", day(3, 10))
    tell(case, by, hold=hold(), on_hold=True)
    held = Deadline.objects.get(kind="ny.121_10_e")
    assert (held.paused_at, held.next_at, held.due_at) == (NOW, None, day(5, 9, 23, 59, 59))
    others = Deadline.objects.filter(kind__in=["ny.121_10_a", "ny.121_10_b"])
    assert {row.paused_at for row in others} == {None}
    assert Entry.objects.get(name="clock_stopped").facts["kind"] == "ny.121_10_e"
    assert follow_law(case, by=by, why="facts", at=NOW) == []

    happened(case, by, "hold_lifted", day(4, 2, 15))
    assert dates(case) == {
        "ny.121_10_a": ("vendor", day(3, 12, 23, 59, 59)),
        "ny.121_10_b": ("district", day(3, 20, 23, 59, 59)),
        "ny.121_10_e.delay": ("district", day(4, 9, 23, 59, 59)),
    }
    assert Entry.objects.get(name="deadline_closed").facts == {
        "kind": "ny.121_10_e", "why": "hold",
    }  # fmt: skip
    assert follow_law(case, by=by, why="facts", at=NOW) == []


def test_the_order_of_hold_and_event_makes_no_difference(case: ToolRequest, by: Actor) -> None:
    tell(case, by, hold=hold(), on_hold=True)
    happened(case, by, "vendor_notice_received", day(3, 10))
    held = Deadline.objects.get(kind="ny.121_10_e")
    assert (held.paused_at, held.next_at) == (NOW, None)


def test_a_hold_that_ends_without_a_lift_runs_again(case: ToolRequest, by: Actor) -> None:
    happened(case, by, "vendor_notice_received", day(3, 10))
    tell(case, by, hold=hold(), on_hold=True)
    tell(case, by, on_hold=False)
    row = Deadline.objects.get(kind="ny.121_10_e")
    assert (row.paused_at, row.due_at) == (None, day(5, 9, 23, 59, 59))
    assert row.next_at is not None


def test_a_hold_says_who_asked_and_when_it_is_looked_at_again(case: ToolRequest, by: Actor) -> None:
    with pytest.raises(Refused, match="name the agency"):
        tell(case, by, on_hold=True)
    tell(case, by, hold=hold(), on_hold=True)
    assert Deadline.objects.get(kind="hold_review").due_at == day(4, 15, 23, 59, 59)
    note = Entry.objects.get(name="breach_described").note
    assert note is not None
    assert "State police asked in writing on Wed, Mar 11, 2026" in note.text


def test_colorado_and_maryland_name_their_own_holds(case: ToolRequest, by: Actor) -> None:
    """30 days after the lift for Colorado's residents, 7 for what Maryland asks; the report to
    Colorado's Attorney General and the contract's written request run on."""
    residents = {"CO": 500, "MD": 3}
    tell(case, by, residents_by_state=residents)
    happened(case, by, "vendor_discovered", day(3, 2))
    happened(case, by, "district_determined", day(3, 5))
    happened(case, by, "written_request", day(3, 6))
    tell(case, by, hold=hold(), on_hold=True, residents_by_state=residents)
    rows = Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None)
    held = {row.kind for row in rows if row.paused_at}
    assert held == {"co.24_73", "md.14_3504.owner"}
    happened(case, by, "hold_lifted", day(3, 20, 23, 30))
    now = dates(case)
    denver = ZoneInfo("America/Denver")
    assert now["co.24_73.delay"][1] == datetime(2026, 4, 19, 23, 59, 59, tzinfo=denver)
    assert now["co.24_73.ag"][1] == datetime(2026, 4, 4, 23, 59, 59, tzinfo=denver)
    assert now["md.14_3504.owner_delay"] == ("vendor", day(3, 27, 23, 59, 59))
    assert now["ndpa.dispose"] == ("contract", day(5, 5, 23, 59, 59))
    assert "co.24_73" not in now


def test_a_contract_that_waits_for_the_police_has_no_number_after(
    case: ToolRequest, by: Actor
) -> None:
    tell(case, by)
    happened(case, by, "vendor_confirmed", day(3, 9))
    tell(case, by, hold=hold(), on_hold=True)
    assert Deadline.objects.get(kind="ndpa.v1.breach").paused_at == NOW
    happened(case, by, "hold_lifted", day(4, 2))
    assert "ndpa.v1.breach" not in dates(case)
    assert "ndpa.v1.breach.delay" not in dates(case)
