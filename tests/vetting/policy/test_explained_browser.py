"""Why a date: clean on a desk, on a phone and on paper, and every card leads to its own part."""

import pytest
import time_machine

from tests.browser import PHONE, WIDE, OpenPage, assert_clean
from tests.factories import people
from tests.vetting.policy.test_explained import asked_on, by_law
from tests.workflows.toy.story import denver
from vetting.people.queries import actor_of
from vetting.requests import commands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def many_dates() -> str:
    request = asked_on(denver("2026-10-29 16:30"))
    by_law(request, "ndpa.v1.breach", "contract", vendor_confirmed=denver("2026-10-30 16:30"))
    by_law(request, "ct.dd_parent", "district", vendor_notice_received=denver("2026-12-23 08:15"))
    with time_machine.travel(denver("2026-11-04 10:00"), tick=False):
        asked = commands.ask_question(request, text="Which grades?", by=actor_of(people.sol()))
    with time_machine.travel(denver("2026-11-18 09:00"), tick=False):
        commands.answer_question(asked, answer="Grade 4", by=actor_of(people.ben()))
    return request.code


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_page_is_clean_on_screen_and_on_paper(browser_page: OpenPage, width: int) -> None:
    code = many_dates()
    page = browser_page(width, user=people.ada().user)
    page.goto(f"/dates/{code}/")
    page.get_by_role("table").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert_clean(page, f"why-dates-{width}")
    page.emulate_media(media="print")
    assert_clean(page, f"why-dates-print-{width}")


def test_a_card_leads_to_its_part_of_the_page(browser_page: OpenPage) -> None:
    code = many_dates()
    page = browser_page(WIDE, user=people.ada().user)
    page.goto(f"/requests/{code}/")
    card = page.get_by_role("complementary").locator(".deadline", has_text="Privacy review")
    card.get_by_text("Why this date?").click()
    card.get_by_role("link", name="The whole reckoning").click()
    page.wait_for_url(f"**/dates/{code}/#privacy_review")
    assert page.locator("#privacy_review").is_visible()
