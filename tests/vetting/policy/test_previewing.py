"""What other rules would change is found by trying them; what is saved is what was shown."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.factories import people, requests
from vetting.people.models import District
from vetting.people.queries import actor_of, today_in
from vetting.policy.commands.anchoring import record_anchor
from vetting.policy.commands.overriding import end_override, override_rule
from vetting.policy.commands.telling import record_breach_facts
from vetting.policy.models import Evaluated, RuleOverride
from vetting.policy.previewing import Preview, preview
from vetting.policy.queries import overrides_of, packs_for, shipped_packs
from vetting.policy.rules.merging import Override
from vetting.policy.rules.packs import Rule, rule_named
from vetting.requests.models import ToolRequest
from workflows.clock.models import Deadline
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
TELLS = "ny.121_10_a"
FIVE = {"amount": 5, "unit": "calendar_days"}
BREACH: dict[str, Any] = {
    "breach": True, "by_vendor": True, "agreement": True, "student_data": True,
    "data": ["education_records", "student_id"], "encryption": "none", "harm_unlikely": False,
    "students_affected": 520, "residents_by_state": {"NY": 490},
}  # fmt: skip


@pytest.fixture(autouse=True)
def spring() -> Any:
    with time_machine.travel("2026-04-20T13:00:00Z", tick=False):
        yield


@pytest.fixture
def case() -> ToolRequest:
    """The vendor of a New York district discovered a breach the day before."""
    here = people.district()
    here.state, here.tenant.zone, here.tenant.region = "NY", "America/New_York", "NY"
    here.save()
    here.tenant.save()
    found = requests.in_screening()
    by = actor_of(people.ada())
    record_breach_facts(found, facts=BREACH, by=by, note="Their letter")
    at = datetime(2026, 4, 19, 9, tzinfo=NEW_YORK)
    record_anchor(found, event="vendor_discovered", at=at, source="Their letter", by=by)
    return found


def rule() -> Rule:
    found = rule_named(shipped_packs(), TELLS, today_in(people.district()))
    assert found
    return found


def tried(*overrides: Override) -> Preview:
    here = District.objects.select_related("tenant").get(pk=people.district().pk)
    return preview(here, packs=packs_for(here), overrides=overrides, on=today_in(here))


def due(case: ToolRequest) -> datetime:
    return Deadline.objects.get(case_id=case.pk, kind=TELLS).due_at


def test_a_date_by_law_that_would_move_is_listed_and_stays(case: ToolRequest) -> None:
    was, rows = due(case), (Entry.objects.count(), Evaluated.objects.count())
    found = tried(Override(TELLS, "limit", FIVE, "Stricter", "me"))
    (move,) = found.moves
    assert (found.moved, found.late) == (1, 0)
    assert (move.was, move.now) == (was, was - timedelta(days=2))
    assert move.what == rule().title
    assert due(case) == was
    assert (Entry.objects.count(), Evaluated.objects.count()) == rows


def test_a_date_that_would_be_late_at_once_is_said(case: ToolRequest) -> None:
    with time_machine.travel("2026-04-25T13:00:00Z", tick=False):
        assert tried(Override(TELLS, "limit", FIVE, "Stricter", "me")).late == 1


def test_nothing_moves_by_what_counts_already(case: ToolRequest) -> None:
    found = tried(*overrides_of(people.district()))
    assert (found.number, found.moved, found.tried, found.open) == (0, 0, 1, 1)


def test_what_is_saved_moves_the_date_and_its_end_moves_it_back(case: ToolRequest) -> None:
    was, by = due(case), actor_of(people.ada())
    told = {"field": "limit", "value": FIVE, "reason": "Stricter", "by": by}
    override_rule(district=people.district(), rule=rule(), **told)
    assert due(case) == was - timedelta(days=2)
    facts = Entry.objects.filter(case_id=case.pk, name="deadline_recomputed").get().facts
    assert (facts["kind"], facts["why"]) == (TELLS, "pack")
    key = RuleOverride.objects.get().pk
    end_override(district=people.district(), key=key, reason="Enough", by=by)
    assert due(case) == was


def test_only_this_districts_requests_are_tried(case: ToolRequest) -> None:
    away = people.eve().district
    found = preview(away, packs=packs_for(away), overrides=(), on=today_in(away))
    assert (found.open, found.moved) == (0, 0)
