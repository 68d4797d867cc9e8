"""The pages of an agreement in a browser, wide and on a phone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from contracts.agreements.models import Agreement
from tests.browser import PHONE, WIDE, OpenPage, assert_clean
from tests.factories import agreements, people


def apart(make: Callable[[], Agreement]) -> Agreement:
    """In a thread of its own: Playwright's event loop in this one would stop the sealing."""

    def run() -> Agreement:
        try:
            return make()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


both_widths = pytest.mark.parametrize("width", [WIDE, PHONE])
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@both_widths
def test_a_draft_its_exhibits_and_the_list_are_clean(browser_page: OpenPage, width: int) -> None:
    agreements.district_with_letterhead()
    agreements.drafted()
    page = browser_page(width, user=people.pat().user)
    page.goto("/agreements/")
    assert_clean(page, "agreements")
    page.get_by_role("link", name="Reading Ladder by Ladder Labs").click()
    assert_clean(page, "agreement-draft")
    page.get_by_role("link", name="Exhibits, signers and terms").click()
    assert_clean(page, "agreement-exhibits")


@both_widths
def test_the_review_with_the_document_in_it_is_clean(browser_page: OpenPage, width: int) -> None:
    agreement = agreements.in_review()
    page = browser_page(width, user=people.cora().user)
    page.goto(f"{agreement.get_absolute_url()}review/")
    assert_clean(page, "agreement-review")
    page.get_by_text("I approve exactly this document").click()
    page.get_by_role("button", name="Give my verdict on").click()
    page.get_by_text("Your verdict is on record.").wait_for()


@both_widths
def test_an_agreement_in_force_is_clean(browser_page: OpenPage, width: int) -> None:
    agreement = apart(agreements.executed)
    page = browser_page(width, user=people.ada().user)
    page.goto(agreement.get_absolute_url())
    assert_clean(page, "agreement-in-force")
    page.goto(f"{agreement.get_absolute_url()}terminate/")
    assert_clean(page, "agreement-terminate")
