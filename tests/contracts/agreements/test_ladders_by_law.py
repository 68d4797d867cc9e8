"""Who is told of a date by law is the district's to say; the date itself never is."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.agreements.models import Agreement
from tests.contracts.agreements.test_dates_page import BREACH, browser, open_dates, page, typed
from tests.factories import agreements, people
from vetting.levels.commands import reset_service_level, set_service_level
from vetting.people.queries import actor_of
from workflows.clock.ladders import LAW
from workflows.clock.models import Deadline
from workflows.grammar import Rung, Unit

pytestmark = pytest.mark.django_db
OURS = [Rung(-2, "remind", "legal"), Rung(0, "overdue", "legal")]


def breached() -> Agreement:
    agreement = agreements.executed()
    ada = browser(people.ada())
    ada.post(page(agreement, "breach"), BREACH)
    determined = typed("district_determined", timedelta(hours=2))
    ada.post(page(agreement, "record_event"), determined)
    return agreement


def in_days(rows: dict[str, Deadline]) -> dict[str, Deadline]:
    return {k: row for k, row in rows.items() if row.explanation.get("unit") != Unit.HOURS}


def said(row: Deadline) -> set[tuple[int, str]]:
    return {(step["offset"], step["to"]) for step in row.ladder}


def test_open_dates_keep_their_day_and_follow_the_districts_ladder() -> None:
    agreement = breached()
    before = in_days(open_dates(agreement))
    assert before
    where: dict[str, Any] = {"machine": "agreement", "kind": "law.days"}
    who: dict[str, Any] = {"district": people.district(), "by": actor_of(people.ada())}
    set_service_level(**who, **where, amount=None, unit="", ladder=OURS)
    after = in_days(open_dates(agreement))
    assert {k: row.due_at for k, row in after.items()} == {k: r.due_at for k, r in before.items()}
    assert all(said(row) <= {(-2, "legal"), (0, "legal")} for row in after.values())
    assert any(said(row) == {(-2, "legal"), (0, "legal")} for row in after.values())
    reset_service_level(**who, **where)
    back = in_days(open_dates(agreement))
    assert {k: row.ladder for k, row in back.items()} == {k: r.ladder for k, r in before.items()}
    delivered = {(rung.offset, rung.to) for rung in LAW["law.days"]}
    assert all(said(row) <= delivered for row in back.values())
