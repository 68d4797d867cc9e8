"""The page of Operations in a browser, wide and on a phone: well, full of trouble, and silent."""

from datetime import timedelta

import pytest

from tests.browser import OpenPage, assert_clean_twice
from tests.factories import people, requests, troubles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_operations_is_clean_when_all_is_well_and_when_nobody_is_there(
    browser_page: OpenPage,
) -> None:
    page = browser_page(user=people.max().user)
    troubles.alive()
    page.goto("/operations/")
    assert_clean_twice(page, "operations-well")
    troubles.alive(drain=timedelta(hours=5))
    page.goto("/operations/")
    assert_clean_twice(page, "operations-silent")


def test_operations_is_clean_when_everything_failed(browser_page: OpenPage) -> None:
    request = troubles.mended("Padlet")
    for _ in range(2):
        troubles.given_up(request)
    troubles.given_up(requests.draft(tool_name="Quill", website="https://quill.example"))
    troubles.failed_seal(request)
    troubles.retrying(request)
    troubles.unreadable_date(request)
    troubles.alive()
    troubles.night()
    page = browser_page(user=people.max().user)
    page.goto("/operations/")
    for folded in page.locator("main details summary").all():
        folded.click()
    assert_clean_twice(page, "operations-full")
    page.locator("#papers ~ table button").first.click()
    page.get_by_text("It is being tried again. Look here in a minute.").wait_for()
    assert_clean_twice(page, "operations-pressed")
