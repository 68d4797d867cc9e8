"""Anchors are recorded in order, and the three layers' dates follow them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.factories import people, requests
from tests.factories.people import ada, ben, eve
from vetting.people.queries import actor_of
from vetting.policy.commands.anchoring import record_anchor, withdraw_anchor
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.loading import load_texts
from vetting.policy.commands.telling import Hold, record_breach_facts
from vetting.policy.models import Anchor, Evaluated
from vetting.policy.queries import texts_in
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor
from workflows.clock.commands import meet_duty, waive
from workflows.clock.models import Deadline
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
BREACH = {
    "breach": True,
    "by_vendor": True,
    "agreement": True,
    "student_data": True,
    "data": ["education_records", "student_id"],
    "encryption": "none",
    "harm_unlikely": False,
    "students_affected": 520,
    "residents_by_state": {"NY": 490},
}


def day(month: int, number: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, number, hour, minute, second, tzinfo=NEW_YORK)


NOW = day(4, 20)


@pytest.fixture
def by() -> Actor:
    district = people.district()
    district.state = "NY"
    district.save()
    district.tenant.zone = "America/New_York"
    district.tenant.region = "NY"
    district.tenant.save()
    return actor_of(ada())


@pytest.fixture
def case(by: Actor) -> ToolRequest:
    return requests.in_screening()


def tell(case: ToolRequest, by: Actor, hold: Hold | None = None, **more: object) -> None:
    record_breach_facts(
        case, facts=BREACH | more, by=by, note="Their letter", hold=hold, recorded=NOW
    )


def happened(case: ToolRequest, by: Actor, event: str, at: datetime, reason: str = "") -> None:
    record_anchor(
        case, event=event, at=at, source="Their letter", by=by, reason=reason, recorded=NOW
    )


def dates(case: ToolRequest) -> dict[str, tuple[str, datetime]]:
    rows = Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None).exclude(layer="")
    return {row.kind: (row.layer, row.due_at) for row in rows}


def test_the_three_layers_run_beside_each_other(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5, 16, 30))
    happened(case, by, "vendor_confirmed", day(3, 6, 12))
    happened(case, by, "vendor_notice_received", day(3, 10, 18))
    assert dates(case) == {
        # 7 calendar days over the change to daylight saving, 72 hours that really passed over it.
        "ny.121_10_a": ("vendor", day(3, 12, 23, 59, 59)),
        "ndpa.v1.breach": ("contract", day(3, 9, 13)),
        "ny.121_10_b": ("district", day(3, 20, 23, 59, 59)),
        "ny.121_10_e": ("district", day(5, 9, 23, 59, 59)),
    }
    row = Deadline.objects.get(kind="ny.121_10_a")
    anchor = Anchor.objects.get(event="vendor_discovered")
    assert row.explanation["anchored"] == anchor.pk
    assert len(row.explanation["digest"]) == 64
    assert (row.explanation["unit"], row.explanation["amount"]) == ("calendar_days", 7)
    assert "8 NYCRR 121.10(a)" in row.basis


def test_twice_writes_nothing(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    counts = [model.objects.count() for model in (Deadline, Entry, Evaluated, Message, Anchor)]
    happened(case, by, "vendor_discovered", day(3, 5))
    assert follow_law(case, by=by, why="anchor", at=NOW) == []
    assert counts == [m.objects.count() for m in (Deadline, Entry, Evaluated, Message, Anchor)]


def test_whichever_came_first(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_notice_received", day(3, 10))
    happened(case, by, "district_discovered", day(3, 3))
    assert dates(case)["ny.121_10_e"] == ("district", day(5, 2, 23, 59, 59))
    moved = Entry.objects.get(name="deadline_recomputed")
    assert moved.facts == {
        "kind": "ny.121_10_e", "from": "2026-05-09", "to": "2026-05-02", "why": "anchor",
    }  # fmt: skip


def test_a_correction_needs_a_reason_and_keeps_old_and_new(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    with pytest.raises(Refused, match="write why it is corrected"):
        happened(case, by, "vendor_discovered", day(3, 2))
    happened(case, by, "vendor_discovered", day(3, 2), reason="Their second letter says so.")
    assert dates(case)["ny.121_10_a"] == ("vendor", day(3, 9, 23, 59, 59))
    assert Anchor.objects.count() == 2
    assert Deadline.objects.filter(kind="ny.121_10_a").count() == 1
    entry = Entry.objects.filter(name="anchor_recorded").latest("seq")
    assert entry.facts == {
        "event": "vendor_discovered",
        "at": "2026-03-02T09:00:00-05:00",
        "before": "2026-03-05T09:00:00-05:00",
    }


@pytest.mark.parametrize(
    ("event", "at", "source", "says"),
    [
        ("vendor_phoned", day(3, 5), "A letter", "nothing that a law counts from"),
        ("school_year_start", day(3, 5), "A letter", "are the district's"),
        ("occurred", day(4, 20, 9, 1), "A letter", "lies in the future"),
        ("occurred", day(3, 5), "  ", "how it is known"),
        ("occurred", day(3, 6), "A letter", "It happened on Fri, Mar 6, 2026 at 09:00, but the "
         "vendor discovered it on Thu, Mar 5, 2026 at 09:00"),
        ("vendor_confirmed", day(3, 4), "A letter", "vendor discovered it on Thu, Mar 5"),
        ("hold_lifted", day(3, 9), "A letter", "No hold of law enforcement is recorded"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(
    case: ToolRequest, by: Actor, event: str, at: datetime, source: str, says: str
) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    before = (Anchor.objects.count(), Entry.objects.count(), Deadline.objects.count())
    with pytest.raises(Refused, match=says):
        record_anchor(case, event=event, at=at, source=source, by=by, recorded=NOW)
    assert before == (Anchor.objects.count(), Entry.objects.count(), Deadline.objects.count())


def test_others_record_nothing(case: ToolRequest, by: Actor) -> None:
    for person in (ben(), eve()):
        with pytest.raises(Refused):
            happened(case, actor_of(person), "occurred", day(3, 1))
        with pytest.raises(Refused):
            tell(case, actor_of(person))
    assert Anchor.objects.count() == 0
    assert not Evaluated.objects.filter(facts__breach=True).exists()


def test_what_happened_before_the_case_is_normal(case: ToolRequest, by: Actor) -> None:
    early = datetime(2024, 2, 29, 12, tzinfo=NEW_YORK)
    happened(case, by, "occurred", early)
    assert Anchor.objects.get().at == early


def test_taking_back_ends_the_date_and_says_so(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    with pytest.raises(Refused, match="why it is taken back"):
        withdraw_anchor(case, event="vendor_discovered", by=by, reason="", recorded=NOW)
    withdraw_anchor(case, event="vendor_discovered", by=by, reason="Another case.", recorded=NOW)
    assert dates(case) == {}
    closed = Entry.objects.get(name="deadline_closed")
    assert closed.facts == {"kind": "ny.121_10_a", "why": "gone"}
    happened(case, by, "vendor_discovered", day(3, 6))
    assert dates(case)["ny.121_10_a"] == ("vendor", day(3, 13, 23, 59, 59))


def test_a_demand_that_the_facts_no_longer_meet_is_ended(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    record_breach_facts(
        case, facts={"breach": False}, by=by, note="It was a false alarm.", recorded=NOW
    )
    assert dates(case) == {}
    assert Entry.objects.get(name="deadline_closed").facts["why"] == "facts"


def hold() -> Hold:
    return Hold("State police", day(3, 11).date(), day(4, 15).date())


def test_owners_hear_in_one_mail_what_moved_and_what_is_late(case: ToolRequest, by: Actor) -> None:
    people.pat()
    tell(case, by)
    happened(case, by, "district_discovered", day(4, 15))
    Message.objects.filter(channel="mail").delete()
    happened(case, by, "district_discovered", day(4, 2), reason="Seen in the log.")
    mails = Message.objects.filter(channel="mail", dedupe_key__contains="dates_moved")
    assert [m.to for m in mails] == ["pat@juniper.example"]
    text = mails.get().body
    assert "is now due Sun, Apr 5, 9:00 AM EDT. That is past" in text
    assert "is now due Mon, Jun 1, 2026.\n" in text
    assert text.count("It was due") == Entry.objects.filter(name="deadline_recomputed").count()


def test_done_stays_done_until_it_happens_again(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    with pytest.raises(Refused, match="what was done"):
        meet_duty(case, kind="ny.121_10_a", by=by, note=" ")
    with pytest.raises(Refused):
        meet_duty(case, kind="ny.121_10_a", by=actor_of(ben()), note="They told us.")
    assert meet_duty(case, kind="ny.121_10_a", by=by, note="They told us.", at=NOW)
    assert not meet_duty(case, kind="ny.121_10_a", by=by, note="Again.")
    assert Entry.objects.get(name="deadline_met").note.text == "They told us."
    assert follow_law(case, by=by, why="anchor", at=NOW) == []
    happened(case, by, "vendor_discovered", day(3, 4), reason="A day earlier.")
    assert "ny.121_10_a" not in dates(case)


def test_a_date_by_law_is_let_go_by_privacy_people_only(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    with pytest.raises(Refused, match="privacy team"):
        waive(case, kind="ny.121_10_a", by=actor_of(ben()), reason="Because")
    assert waive(case, kind="ny.121_10_a", by=by, reason="Two vendors, one told us.")
    assert dates(case) == {}


def test_the_end_of_a_case_ends_our_own_dates_and_not_the_laws(
    case: ToolRequest, by: Actor
) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 5))
    asker = actor_of(ben())
    engine.perform(case, "withdraw", by=asker, note="Not needed any more.")
    open_rows = Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None)
    assert [(row.kind, row.layer) for row in open_rows] == [("ny.121_10_a", "vendor")]


def test_a_closed_district_moves_no_date_by_law(case: ToolRequest, by: Actor) -> None:
    from workflows.clock.calendars import add_closure

    record_anchor(
        case, event="audit_requested", at=day(4, 17), source="Our letter", by=by,
        facts={"agreement": True, "breach": False}, recorded=NOW,
    )  # fmt: skip
    assert dates(case)["ndpa.audit"] == ("contract", day(5, 1, 23, 59, 59))
    add_closure(case.case.tenant, day=day(4, 22).date(), name="Storm", by=by)
    assert dates(case)["ndpa.audit"] == ("contract", day(5, 1, 23, 59, 59))


def test_a_law_that_was_not_one_yet_makes_no_duty(case: ToolRequest, by: Actor) -> None:
    """Judged by the day of the event, however late it is recorded."""
    tell(case, by)
    early = datetime(2019, 6, 3, 9, tzinfo=UTC)
    happened(case, by, "vendor_discovered", early)
    # Part 121 of the regulations is in effect since January 2020.
    assert "ny.121_10_a" not in dates(case)


def test_a_law_that_has_ended_keeps_the_duties_it_made(case: ToolRequest, by: Actor) -> None:
    """And makes none of what happened after its last day."""
    texts = texts_in()
    load_texts(tuple((n, _ending(text) if n == "ny-2d.yaml" else text) for n, text in texts))
    tell(case, by)
    happened(case, by, "vendor_discovered", day(3, 31))
    assert "ny.121_10_a" in dates(case)
    happened(case, by, "vendor_discovered", day(4, 2), reason="Their second letter")
    assert "ny.121_10_a" not in dates(case)


def _ending(text: bytes) -> bytes:
    before, rule, after = text.partition(b"  - id: ny.121_10_a\n")
    last = b"    effective_to: 2026-03-31\n    last_verified"
    return before + rule + after.replace(b"    last_verified", last, 1)


def test_a_corrected_hour_asks_nothing_again(case: ToolRequest, by: Actor) -> None:
    """What was done had been done of that event; taken back and recorded anew, it is another."""
    told, hour = day(4, 1, 9, 30), timedelta(hours=1)
    tell(case, by)
    learned(case, by, at=day(4, 1), recorded=told)
    meet_duty(case, kind="ny.121_10_a", by=by, note="They told us", at=told + hour)
    learned(case, by, at=told + 2 * hour, reason="Typed wrong", recorded=told + 3 * hour)
    assert "ny.121_10_a" not in dates(case)
    withdraw_anchor(case, event="vendor_discovered", by=by, reason="Another tool")
    learned(case, by, at=told + 2 * hour, recorded=told + 4 * hour)
    assert "ny.121_10_a" in dates(case)


def test_facts_told_with_an_event_that_is_known_are_not_dropped(
    case: ToolRequest, by: Actor
) -> None:
    tell(case, by)
    learned(case, by, at=day(3, 5), recorded=NOW)
    none = {**BREACH, "breach": False}
    learned(case, by, at=day(3, 5), recorded=NOW, facts=none)
    assert "ny.121_10_a" not in dates(case)


def test_a_day_is_named_where_its_law_is(case: ToolRequest, by: Actor, client: Client) -> None:
    """An hour before midnight in Denver is the next day in New York; the law says the first."""
    people.pat()
    tell(case, by, residents_by_state={"CO": 500})
    happened(case, by, "district_determined", day(3, 5))
    happened(case, by, "district_determined", day(3, 6), reason="Typed wrong")
    mails = Message.objects.filter(channel="mail", dedupe_key__contains="dates_moved")
    assert any("now due Sun, Apr 5, 2026 (America/Denver)" in mail.body for mail in mails)
    client.force_login(ada().user)
    page = client.get(f"/requests/{case.code}/dates/").content.decode()
    assert "Sun, Apr 5 (America/Denver)" in page.replace(", 2026", "")


def learned(
    case: ToolRequest,
    by: Actor,
    *,
    at: datetime,
    recorded: datetime,
    reason: str = "",
    facts: dict[str, object] | None = None,
) -> None:
    told: dict[str, Any] = {"source": "A call", "reason": reason, "facts": facts}
    record_anchor(case, event="vendor_discovered", at=at, by=by, recorded=recorded, **told)
