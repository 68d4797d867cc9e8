"""The frame and every component in Chromium, at a desk and on a phone."""

from typing import Any

import pytest

from tests.browser import PHONE, WIDE, OpenPage, assert_clean

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("the_gallery")]
both_widths = pytest.mark.parametrize("width", [WIDE, PHONE])


@both_widths
def test_every_component_is_clean(browser_page: OpenPage, width: int) -> None:
    page = browser_page(width)
    page.goto("/gallery/")
    assert_clean(page, "gallery")


@both_widths
def test_everything_folded_out_is_clean(browser_page: OpenPage, width: int) -> None:
    page = browser_page(width)
    page.goto("/gallery/")
    page.evaluate("document.querySelectorAll('main details').forEach(el => el.open = true)")
    assert_clean(page, "gallery-open")


@both_widths
def test_a_form_sent_back_is_clean(browser_page: OpenPage, width: int) -> None:
    page = browser_page(width)
    page.goto("/gallery/")
    page.get_by_label("What will you use it for?").fill("Sticky notes")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("heading", name="4 things need mending").wait_for()
    assert _focused(page, "dataset.errorSummary") == ""
    assert page.get_by_label("What will you use it for?").input_value() == "Sticky notes"
    page.get_by_role("link", name="Tool: This field is required.").click()
    assert _focused(page, "id") == "id_tool"
    assert_clean(page, "form-errors", allow=("status of 422",))


@both_widths
@pytest.mark.parametrize("name", ["public", "link"])
def test_the_other_frames_are_clean(browser_page: OpenPage, name: str, width: int) -> None:
    page = browser_page(width)
    page.goto(f"/{name}/")
    assert_clean(page, f"frame-{name}")


def _focused(page: Any, what: str) -> Any:
    return page.evaluate(f"document.activeElement.{what}")
