"""A law's date says whose number it is, that it is not verified, and counts in the law's days."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import people
from tests.vetting.policy.test_dates_of_a_case import NOW, by, case, day, happened, tell
from vetting.policy.commands.dating import follow_law
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.explained import explanations_of
from vetting.policy.models import RuleOverride
from vetting.policy.rules.explanation import Explanation
from vetting.requests.models import ToolRequest
from vetting.requests.views.due import due_date
from workflows.actors import Actor
from workflows.clock.calendars import add_closure
from workflows.clock.models import Deadline
from workflows.clock.queries import away_in_words

pytestmark = pytest.mark.django_db
__all__ = ["by", "case"]
RULE = "ny.121_10_a"
SAID = "read otherwise by this district: the law says 7 calendar days; here 20 calendar days since"


def loosen(by: Actor) -> None:
    RuleOverride.objects.create(
        district=people.district(),
        rule=RULE,
        field="limit",
        value={"amount": 20, "unit": "calendar_days"},
        reason="Counsel reads it so.",
        approver=by.ref,
        made_at=day(4, 1),
    )


def explained(case: ToolRequest) -> Explanation:
    return next(one for one in explanations_of(case) if one.kind == RULE)


def test_a_date_armed_under_an_override_is_not_the_laws(case: ToolRequest, by: Actor) -> None:
    loosen(by)
    tell(case, by)
    happened(case, by, "vendor_discovered", day(4, 10))
    one = explained(case)
    assert one.law
    assert SAID in one.law.otherwise
    assert "approved by Ada Park, because: Counsel reads it so." in one.law.otherwise
    assert one.whose == "Set by this district, which reads the law otherwise, for the vendor"
    told = one.as_json()["rule"]
    assert told["law_says"] == "7 calendar days"
    row = Deadline.objects.get(kind=RULE)
    assert "the law says 7 calendar days" in row.explanation["sentence"]
    client = Client()
    client.force_login(people.ada().user)
    page = client.get(f"/dates/{case.code}/").content.decode()
    assert "Set by the law, for the vendor" not in page.split(f'id="{RULE}"')[1].split("article")[0]
    assert "the law says 7 calendar days" in page


def test_a_row_that_did_not_keep_it_tells_it_too(case: ToolRequest, by: Actor) -> None:
    loosen(by)
    tell(case, by)
    happened(case, by, "vendor_discovered", day(4, 10))
    row = Deadline.objects.get(kind=RULE)
    del row.explanation["otherwise"]
    row.save(update_fields=["explanation"])
    law = explained(case).law
    assert law
    assert SAID in law.otherwise


def test_a_recompute_stores_what_an_arming_stores(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(4, 10))
    loosen(by)
    recompute_by_packs()
    moved = Deadline.objects.get(kind=RULE).explanation
    assert moved["otherwise"]["was"]["amount"] == 7
    assert follow_law(case, by=by, why="pack", at=NOW) == []
    RuleOverride.objects.update(ended_at=timezone.now())
    recompute_by_packs()
    law = explained(case).law
    assert law
    assert law.otherwise == ""


def test_how_far_away_counts_the_laws_days(case: ToolRequest, by: Actor) -> None:
    row = Deadline(
        layer="vendor",
        due_at=datetime(2026, 11, 26, 6, 59, 59, tzinfo=UTC),
        explanation={
            "rule": "x",
            "unit": "business_days",
            "calendar": "legal CO, holidays 1",
            "zone": "America/Denver",
        },
    )
    tenant = people.district().tenant
    for closed in (23, 24, 25):
        add_closure(tenant, day=date(2026, 11, closed), name="Break", by=by)
    now = datetime(2026, 11, 22, 18, tzinfo=UTC)
    assert away_in_words(row, tenant, now) == "in 3 business days"
    row.layer = ""
    assert away_in_words(row, tenant, now) == "in 4 calendar days"


def test_the_mark_stands_beside_a_laws_date_alone(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_discovered", day(4, 10))
    rows = list(Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None))
    marks = {row.layer: due_date(row, case.case, NOW).mark for row in rows}
    assert marks["vendor"] == "not yet verified"
    assert marks.get("", "") == ""


def test_a_ladder_of_business_days_is_counted_in_calendar_days(
    case: ToolRequest, by: Actor
) -> None:
    loosen(by)
    value = {"amount": 5, "unit": "business_days"}
    RuleOverride.objects.update(value=value)
    tell(case, by)
    happened(case, by, "vendor_discovered", day(4, 17))
    row = Deadline.objects.get(kind=RULE)
    assert row.due_at == day(4, 24, 23, 59, 59)
    days = {step["offset"]: datetime.fromisoformat(step["at"]).date() for step in row.ladder}
    assert days[1] == day(4, 25).date()
    assert days[3] == day(4, 27).date()
