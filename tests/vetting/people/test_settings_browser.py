"""Forms of the settings that come back, in a browser, wide and on a phone. That each page is clean,
empty and full: tests/journeys."""

from pathlib import Path

import pytest

from tests.browser import OpenPage, assert_clean_twice
from tests.factories import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_settings_sent_back_are_clean(browser_page: OpenPage, tmp_path: Path) -> None:
    page = browser_page(user=people.max().user)
    page.goto("/settings/people/add/")
    page.get_by_role("button", name="Add and write to them").click()
    assert_clean_twice(page, "settings-person-errors", allow=("status of 422",))
    file = tmp_path / "tools.csv"
    file.write_text("Tool,Ends,Room\nPlum,3/4/2026,1\n")
    page.goto("/settings/list/")
    page.get_by_label("Your list as a CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    assert_clean_twice(page, "settings-list-errors", allow=("status of 422",))
    page.get_by_label("What is 3/4/2025?").select_option("mdy")
    page.get_by_role("button", name="Read it again so").click()
    assert_clean_twice(page, "settings-list-ready", allow=("status of 422",))
    page.get_by_role("button", name="Take it over").click()
    page.get_by_text("tools.csv: 1 tool new, 0 changed, 0 the same.").wait_for()
