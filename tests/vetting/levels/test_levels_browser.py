"""Service levels in a browser, wide and on a phone: the table, a step, its faults, its preview."""

import pytest
from playwright.sync_api import Page

from tests.browser import OpenPage, assert_clean_twice
from tests.factories import people, requests
from workflows.clock.models import Deadline, ServiceLevel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_step_is_set_without_a_fault_on_any_page(browser_page: OpenPage) -> None:
    request = requests.in_triage()
    was = Deadline.objects.get(case_id=request.pk, kind="triage").due_at
    page = browser_page(user=people.max().user)
    page.goto("/settings/levels/")
    assert_clean_twice(page, "levels-table")
    page.get_by_role("link", name="Requests, Choosing the path").click()
    assert_clean_twice(page, "levels-step")
    page.get_by_label("How long it may take").fill("2")
    page.get_by_role("button", name="Add a line").click()
    newest = page.locator("fieldset.ladder-line").last
    newest.get_by_label("How far off").fill("9")
    newest.get_by_label("Who is told").select_option("privacy_lead")
    look(page)
    page.get_by_text("A reminder 9 business days before the date would lie").wait_for()
    assert_clean_twice(page, "levels-step-errors", allow=("status of 422",))
    newest.get_by_text("Remove this line").click()
    page.get_by_label("How long it may take").fill("1")
    look(page)
    page.get_by_role("heading", name="Choosing the path: what would change").wait_for()
    assert_clean_twice(page, "levels-preview", allow=("status of 422",))
    page.get_by_role("button", name="Set it").click()
    page.get_by_text("Choosing the path: set. One open date moved.").wait_for()
    assert Deadline.objects.get(case_id=request.pk, kind="triage").due_at < was
    page.get_by_role("link", name="Requests, Choosing the path").click()
    assert_clean_twice(page, "levels-step-ours", allow=("status of 422",))
    page.get_by_role("button", name="See what going back would change").click()
    page.get_by_role("button", name="Set it").click()
    page.get_by_text("Choosing the path: set. One open date moved.").wait_for()
    assert Deadline.objects.get(case_id=request.pk, kind="triage").due_at == was
    assert ServiceLevel.objects.count() == 2


def look(page: Page) -> None:
    page.get_by_role("button", name="See what would change").click()
