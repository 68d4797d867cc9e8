"""The frame and every component in Chromium, at a desk and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from tests.browser import (
    PHONE,
    WIDE,
    OpenPage,
    assert_clean,
    assert_clean_twice,
    keep_picture,
)
from tests.factories import people
from vetting.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("the_gallery")]


def test_every_component_is_clean(browser_page: OpenPage) -> None:
    page = browser_page()
    page.goto("/gallery/")
    assert_clean_twice(page, "gallery")
    page.evaluate("document.querySelectorAll('main details').forEach(el => el.open = true)")
    assert_clean_twice(page, "gallery-open")


def test_a_page_made_narrow_is_the_page_that_a_phone_loads(browser_page: OpenPage) -> None:
    made, loaded = browser_page(WIDE), browser_page(PHONE)
    for page in (made, loaded):
        page.goto("/gallery/")
    made.set_viewport_size(loaded.viewport_size)
    assert _laid_out(made) == _laid_out(loaded)


def _laid_out(page: Any) -> list[Any]:
    """Each element: what styles and readers go by, its place and size, and whether it shows."""
    return page.evaluate("""() => [...document.body.querySelectorAll("*")].map(el => {
      const {x, y, width, height} = el.getBoundingClientRect();
      const {display, visibility} = getComputedStyle(el);
      const kinds = /^(class|role|style|hidden|open|aria-|data-)/;
      const told = el.getAttributeNames().filter(name => kinds.test(name));
      const said = told.map(name => `${name}=${el.getAttribute(name)}`);
      return [el.tagName, ...said, x, y, width, height, display, visibility];
    })""")


def test_a_form_sent_back_is_clean(browser_page: OpenPage) -> None:
    page = browser_page()
    page.goto("/gallery/")
    page.get_by_label("What will you use it for?").fill("Sticky notes")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("heading", name="4 things need your attention").wait_for()
    assert _focused(page, "dataset.errorSummary") == ""
    assert page.get_by_label("What will you use it for?").input_value() == "Sticky notes"
    page.get_by_role("link", name="Tool: Write something here.").click()
    assert _focused(page, "id") == "id_tool"
    assert_clean_twice(page, "form-errors", allow=("status of 422",))


def test_the_other_frames_are_clean(browser_page: OpenPage) -> None:
    page = browser_page()
    for name in ("public", "link"):
        page.goto(f"/{name}/")
        assert_clean_twice(page, f"frame-{name}")


def _focused(page: Any, what: str) -> Any:
    return page.evaluate(f"document.activeElement.{what}")


def test_the_problem_pages_are_clean(browser_page: OpenPage) -> None:
    page = browser_page()
    for code in (400, 403, 404, 429, 500):
        page.goto(f"/problem/{code}/")
        allowed = ("the server responded with a status of",)
        assert_clean_twice(page, f"problem-{code}", allow=allowed)


def test_the_menus_unfold_by_keyboard_and_close_again(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.locator("summary", has_text="Ada Park").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert_clean(page, "person-menu")
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert _focused(page, "tagName") == "SUMMARY"


def test_the_phone_menu_unfolds(browser_page: OpenPage) -> None:
    page = browser_page(PHONE)
    page.goto("/gallery/rooms/list/")
    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("link", name="Requests").first.is_visible()
    assert page.locator("#site-search").is_visible()
    assert_clean(page, "phone-menu")


def test_the_keyboard_finds_search_the_content_and_the_rows(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.keyboard.press("Tab")
    assert _focused(page, "textContent") == "Skip to main content"
    page.keyboard.press("/")
    assert _focused(page, "id") == "site-search"
    page.keyboard.type("a/b")
    assert page.locator("#site-search").input_value() == "a/b"
    page.locator("table a").first.focus()
    page.keyboard.press("j")
    assert _focused(page, "textContent") == "Quiztime"
    page.keyboard.press("k")
    assert _focused(page, "textContent") == "Padlet"


def test_focus_follows_what_htmx_swapped_in_and_it_is_announced(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.get_by_role("button", name="Show the part").click()
    expect(page.get_by_role("heading", name="Documents of Padlet")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Documents of Padlet")


def test_paper_shows_the_case_and_not_the_buttons(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.emulate_media(media="print")
    for gone in ("#site-search", "nav.usa-pagination", ".turn__choices", ".footer"):
        assert not page.locator(gone).first.is_visible(), gone
    for kept in (".brand", "h1", ".turn__blocked", ".timeline", "table"):
        assert page.locator(kept).first.is_visible(), kept
    keep_picture(page, "print")


def test_somebody_typing_keeps_the_caret(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.get_by_label("Search as you type").press_sequentially("pad")
    expect(page.locator("#announcer")).to_have_text("Documents of Padlet")
    expect(page.get_by_label("Search as you type")).to_be_focused()


def test_a_refused_swap_says_why_and_keeps_what_was_typed(browser_page: OpenPage) -> None:
    page = browser_page(PHONE)
    page.goto("/gallery/")
    page.get_by_label("Search as you type").fill("kept")
    # Its answer moves the button; a press in that very moment would fall beside it.
    expect(page.locator("#announcer")).to_have_text("Documents of Padlet")
    page.get_by_role("button", name="Show the broken part").click()
    alert = page.get_by_role("alert").filter(has_text="That did not work")
    alert.wait_for()
    assert "Your role in this district does not allow it." in alert.text_content()
    assert page.get_by_label("Search as you type").input_value() == "kept"
    assert_clean(page, "htmx-refused", allow=("status of 403", "Response Status Error Code 403"))


def test_a_refusal_stays_until_the_same_thing_is_asked_again(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.get_by_role("button", name="Show the broken part").click()
    alert = page.get_by_role("alert").filter(has_text="That did not work")
    expect(alert).to_be_focused()
    # Another part of the page asks for something, as one that saves itself does a moment later.
    page.evaluate("document.getElementById('live').value = 'x'")
    page.locator("#live").dispatch_event("input")
    expect(page.locator("#announcer")).to_have_text("Documents of Padlet")
    expect(alert).to_be_focused()
    page.route("**/gallery/broken/", lambda route: route.fulfill(body="<h2>It works now</h2>"))
    page.get_by_role("button", name="Show the broken part").click()
    expect(alert).to_have_count(0)


def test_a_server_that_is_gone_is_said_too(browser_page: OpenPage) -> None:
    page = browser_page(WIDE)
    page.goto("/gallery/")
    page.route("**/gallery/part/", lambda route: route.abort())
    page.get_by_role("button", name="Show the part").click()
    page.get_by_role("alert").filter(has_text="The server cannot be reached").wait_for()


def test_the_demo_signs_in_by_a_press_on_a_name(browser_page: OpenPage, settings: Settings) -> None:
    settings.DEMO = True
    user = people.ben().user
    user.set_password(PASSWORD)
    user.save()
    page = browser_page()
    page.goto("/sign-in/login/")
    assert_clean_twice(page, "sign-in")
    page.get_by_role("button", name="Ben Ortiz").click()
    page.wait_for_url("**/")
    assert "sessionid" in {cookie["name"] for cookie in page.context.cookies()}


def test_a_wrong_password_is_said_at_the_top(browser_page: OpenPage) -> None:
    page = browser_page()
    page.goto("/sign-in/login/")
    page.get_by_label("Work e-mail").fill("ben@summit.example")
    page.get_by_label("Password").fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="One thing needs your attention").wait_for()
    assert page.get_by_label("Work e-mail").input_value() == "ben@summit.example"
    assert_clean_twice(page, "sign-in-refused")
