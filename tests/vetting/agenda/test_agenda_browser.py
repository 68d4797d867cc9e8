"""The pages of dates and the import of days in a browser, full, wide and on a phone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.browser import PHONE, OpenPage, assert_clean_twice
from tests.factories import people
from tests.factories import requests as make
from tests.vetting.agenda.test_reading import file
from vetting.people.models import District
from vetting.policy.commands.loading import load_packs
from workflows.clock.models import Deadline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def gardens() -> None:
    for number, name in enumerate(("Math Garden", "Word Garden", "Map Garden", "Art Garden")):
        request = make.in_triage(tool_name=name, website=f"https://{name.split()[0].lower()}.com")
        now = timezone.now()
        days = timedelta(days=40 * (number - 1))
        Deadline.objects.filter(case_id=request.pk, kind="triage").update(due_at=now + days)
        Deadline.objects.create(
            case=request.case, kind="ny.notice", layer="vendor", basis="Breach notice",
            armed_at=now, due_at=now + timedelta(days=3), explanation={"sentence": "7 days"},
        )  # fmt: skip
    Deadline.objects.filter(case__toolrequest__tool_name="Art Garden", layer="").update(
        paused_at=timezone.now()
    )


def test_my_deadlines_with_something_in_every_part_are_clean(browser_page: OpenPage) -> None:
    gardens()
    page = browser_page(user=people.sol().user)
    page.goto("/agenda/")
    assert page.locator("table.month th").first.is_visible()
    assert_clean_twice(page, "agenda-full")
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert not page.locator("table.month th").first.is_visible()
    assert page.locator(".month__day--free:not([aria-current])").first.is_visible() is False
    page.goto("/agenda/?clock=vendor")
    assert_clean_twice(page, "agenda-vendor")


def test_the_fixed_duties_are_clean(browser_page: OpenPage) -> None:
    load_packs()
    District.objects.filter(pk=people.district().pk).update(state="IL")
    page = browser_page(user=people.cora().user)
    page.goto("/agenda/year/")
    assert_clean_twice(page, "agenda-year")


def test_a_new_address_takes_the_focus_and_is_clean(browser_page: OpenPage) -> None:
    page = browser_page(user=people.ben().user)
    page.goto("/agenda/calendar/")
    page.get_by_role("button", name="Make an address").click()
    page.get_by_label("Address", exact=True).wait_for()
    assert_clean_twice(page, "agenda-address")


def test_a_calendar_file_is_looked_at_and_its_days_are_closed(
    browser_page: OpenPage, tmp_path: Path
) -> None:
    gardens()
    first = timezone.localdate() + timedelta(days=60)
    days = "DTSTART;VALUE=DATE:{:%Y%m%d}\r\nDTEND;VALUE=DATE:{:%Y%m%d}\r\nSUMMARY:{}"
    school = tmp_path / "school.ics"
    school.write_bytes(
        file(
            days.format(first, first + timedelta(days=9), "Spring break"),
            days.format(first, first + timedelta(days=1), "Science fair"),
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}\r\nSUMMARY:Odd\r\nRRULE:FREQ=HOURLY",
        )
    )
    page = browser_page(user=people.max().user)
    page.goto("/settings/closures/calendar/")
    page.get_by_role("button", name="Look at its days").click()
    assert_clean_twice(page, "closures-file-missing", allow=("status of 422",))
    page.get_by_label("The calendar file").set_input_files(school)
    page.get_by_role("button", name="Look at its days").click()
    page.get_by_role("heading", name="Which of these are days without work?").wait_for()
    page.get_by_role("button", name="See what would move").click()
    page.get_by_role("heading", name="What the ticked days would move").wait_for()
    assert_clean_twice(page, "closures-file", allow=("status of 422",))
    page.get_by_role("button", name="Close 9 days").click()
    page.get_by_text("9 days are closed.").wait_for()
