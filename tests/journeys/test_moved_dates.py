"""A day without school is closed in a browser: looked at first, then made, and explained after.

Three people: the administrator who closes the day, the privacy lead who reads why her date moved,
and whoever has the case, who hears of it in one mail.
"""

from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from tests.browser import WIDE
from tests.browser import assert_clean_twice as look
from tests.factories import people
from tests.factories.requests import in_screening
from vetting.policy.explained import as_json
from vetting.requests.models import ToolRequest
from workflows.clock.models import Closure, Deadline
from workflows.clock.proving import faults_of
from workflows.clock.queries import calendar_of
from workflows.clock.words import day_words
from workflows.invariants.registry import faults
from workflows.ledger.models import Entry
from workflows.ledger.queries import verify as verify_ledger
from workflows.outbox.drain import drain

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def due(request: ToolRequest) -> Deadline:
    return Deadline.objects.get(case_id=request.pk, met_at=None)


def test_a_closed_day_is_previewed_moves_a_date_and_the_date_says_why(
    browser_page: Callable[..., Page],
) -> None:
    request = in_screening()
    tenant = request.case.tenant
    before = due(request).due_at
    calendar = calendar_of(tenant, tenant.day_of(before))
    closed = calendar.shift(tenant.day_of(before), -2)
    moved = calendar.shift(tenant.day_of(before), 1)

    # Max, the administrator, looks at what it would do. Nothing is written yet.
    boss = browser_page(WIDE, user=people.max().user)
    boss.goto("/settings/closures/")
    boss.get_by_label("What").fill("Burst pipe")
    boss.locator("input[name=day]").fill(closed.isoformat())
    boss.get_by_role("button", name="Add the closure").click()
    expect(boss.get_by_text("1 open due date of 1 case would move")).to_be_visible()
    look(boss, "closure-would-move")
    assert due(request).due_at == before
    assert not Closure.objects.filter(tenant=tenant, day=closed).exists()

    # He makes it.
    boss.get_by_role("button", name="Add the closure").first.click()
    expect(boss.get_by_text("1 open due date moved")).to_be_visible()
    assert tenant.day_of(due(request).due_at) == moved
    assert Entry.objects.filter(case_id=request.pk, name="deadline_recomputed").count() == 1

    # Ada opens the request, asks why, and finds the day, its name and what the date was before.
    ada = browser_page(WIDE, user=people.ada().user)
    ada.goto(request.get_absolute_url())
    ada.get_by_text("Why this date?").first.click()
    ada.get_by_role("link", name="The whole reckoning").first.click()
    story = ada.locator(f"[id='{due(request).kind}']")
    expect(story.get_by_text("Burst pipe").first).to_be_visible()
    expect(story.get_by_text(day_words(moved)).first).to_be_visible()
    expect(story.get_by_text(day_words(tenant.day_of(before))).first).to_be_visible()
    look(ada, "why-it-moved")
    for told in as_json(request)["dates"]:
        assert faults_of(told) == []

    # Whoever has the case hears of it once, and everything still holds.
    drain()
    heard = [letter for letter in mail.outbox if "moved" in letter.subject.lower()]
    assert people.ada().user.email in [to for letter in heard for to in letter.to]
    assert len({to for letter in heard for to in letter.to}) == len(heard)
    assert faults() == []
    assert verify_ledger() == []
