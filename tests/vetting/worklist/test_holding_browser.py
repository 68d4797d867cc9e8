"""Taking and handing on work in Chromium: clean at both widths, and by keyboard alone."""

import pytest

from tests.browser import PHONE, WIDE, OpenPage, assert_clean
from tests.factories import people, requests
from vetting.people.queries import actor_of
from workflows.desk import commands as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_pages_are_clean(browser_page: OpenPage, width: int) -> None:
    case, pat = requests.in_screening(), people.pat()
    page = browser_page(width, user=people.ada().user)
    page.goto(case.get_absolute_url())
    page.get_by_text("Give it to…").click()
    assert_clean(page, "work-free")
    desk.claim(case.case, "answer_questions", by=actor_of(pat))
    page.goto("/")
    page.get_by_text("Take it back…").click()
    assert_clean(page, "work-held-home")


def test_the_keyboard_takes_it_and_gives_it(browser_page: OpenPage) -> None:
    case = requests.in_screening()
    people.pat()
    page = browser_page(PHONE, user=people.ada().user)
    page.goto(case.get_absolute_url())
    page.get_by_role("button", name="Take this").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You have it. Others now read your name there.").wait_for()
    page.get_by_text("Give it to…").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Who gets it").focus()
    page.keyboard.press("P")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Pat Quill has it now.").wait_for()
    page.get_by_text("Ada Park gave “Answer the screening questions” to Pat Quill.").wait_for()
