"""Taking and handing on work in Chromium, by keyboard alone."""

import pytest

from tests.browser import PHONE, OpenPage
from tests.factories import people, requests

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
