"""What a page of a request does by itself in Chromium. That every page is clean: tests/journeys."""

import pytest
from django.contrib.sessions.models import Session

from tests.browser import WIDE, OpenPage, assert_clean
from tests.factories import people
from tests.factories import requests as make
from vetting.requests.models import ToolRequest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a-long-enough-pass-phrase"


def test_typing_keeps_the_draft_the_caret_and_says_the_path(browser_page: OpenPage) -> None:
    draft = make.draft(purpose="")
    page = browser_page(WIDE, user=people.ben().user)
    page.goto(f"/requests/{draft.code}/edit/who/")
    box = page.get_by_label("What will it be used for?")
    box.click()
    page.keyboard.type("Fractions", delay=5)
    page.get_by_text("Saved at").wait_for()
    page.keyboard.type(" in pairs", delay=5)
    assert box.input_value() == "Fractions in pairs"
    page.goto(f"/requests/{draft.code}/edit/data/")
    page.get_by_text("A data privacy agreement is needed.").wait_for()
    page.get_by_text("No", exact=True).click()
    page.get_by_text("The short way: no data about students.").wait_for()
    page.goto(f"/requests/{draft.code}/edit/who/")
    assert page.get_by_label("What will it be used for?").input_value().startswith("Fractions")
    assert_clean(page, "request-who-saved")


def test_whoever_is_signed_out_while_typing_keeps_it_and_goes_on(browser_page: OpenPage) -> None:
    ben = people.ben().user
    ben.set_password(PASSWORD)
    ben.save()
    draft = make.draft(purpose="")
    page = browser_page(WIDE, user=ben)
    page.goto(f"/requests/{draft.code}/edit/who/")
    Session.objects.all().delete()

    box = page.get_by_label("What will it be used for?")
    box.fill("Fractions in pairs")
    page.get_by_role("alert").filter(has_text="You are signed out").wait_for()
    assert box.input_value() == "Fractions in pairs"
    assert ToolRequest.objects.get(pk=draft.pk).purpose == ""

    other = page.context.new_page()
    other.goto("/sign-in/")
    other.get_by_label("Work e-mail").fill(ben.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("heading", level=1).wait_for()

    box.press_sequentially(" at home")
    page.get_by_text("Saved at").wait_for()
    assert ToolRequest.objects.get(pk=draft.pk).purpose == "Fractions in pairs at home"


def test_a_stale_window_keeps_what_was_typed_and_says_why_it_is_not_saved(
    browser_page: OpenPage,
) -> None:
    draft = make.draft(purpose="")
    page = browser_page(WIDE, user=people.ben().user)
    page.goto(f"/requests/{draft.code}/edit/who/")
    other = page.context.new_page()
    other.goto(page.url)
    first, second = (one.get_by_label("What will it be used for?") for one in (page, other))
    for words in ("Fractions", "Fractions in pairs"):
        with page.expect_response("**/edit/who/"):
            first.fill(words)
    second.press_sequentially("Vowels")
    other.get_by_text("This draft was changed in another window at").wait_for()
    assert second.input_value() == "Vowels"
    assert ToolRequest.objects.get(pk=draft.pk).purpose == "Fractions in pairs"
