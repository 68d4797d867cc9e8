"""A breach told, dated and corrected in Chromium, at a desk and on a phone."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.browser import WIDE, OpenPage, assert_clean_twice
from tests.factories import agreements, people
from workflows.clock.models import Deadline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DENVER = ZoneInfo("America/Denver")


def test_a_breach_from_the_first_call_to_a_corrected_date(browser_page: OpenPage) -> None:
    agreement = agreements.executed()
    page = browser_page(WIDE, user=people.ada().user)
    page.goto(agreement.get_absolute_url())
    page.get_by_role("link", name="Dates by law, and what they count from").click()
    page.get_by_text("No date by law is running.").wait_for()
    page.get_by_role("link", name="Something happened to data").click()
    page.get_by_role("group", name="Was data released").get_by_text("Yes", exact=True).click()
    page.get_by_role("group", name="Did it happen at the vendor").get_by_text(
        "Yes", exact=True
    ).click()
    page.get_by_text("Student ID numbers").click()
    page.get_by_label("In which states do those affected live").fill("CO 520")
    page.get_by_label("How is this known?").fill("A call")
    assert_clean_twice(page, "breach")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("No date by law changes.").wait_for()

    record(page, "The district determined", timedelta(hours=3))
    page.get_by_text("Recorded. Dates by law: 2 new.").wait_for()
    record(page, "The vendor confirmed it", timedelta(hours=5))
    page.get_by_role("heading", name="By the agreement").wait_for()
    assert_clean_twice(page, "dates-by-law")

    was = Deadline.objects.get(kind="co.24_73").due_at
    page.get_by_role("link", name=re.compile("Correct it.*The district determined")).click()
    day = timezone.now().astimezone(DENVER) - timedelta(days=40)
    page.get_by_label("On which day?").fill(f"{day:%Y-%m-%d}")
    page.get_by_label("If this corrects").fill("The log is older.")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("would be overdue").first.wait_for()
    assert_clean_twice(page, "dates-would-move")
    assert Deadline.objects.get(kind="co.24_73").due_at == was
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("Recorded. Dates by law: 2 moved.").wait_for()
    assert Deadline.objects.get(kind="co.24_73").due_at < timezone.now()

    first = page.locator("[id='co.24_73']")
    first.get_by_text("Done…").click()
    first.get_by_label("Say why").first.fill("Letters went out on Friday.")
    first.get_by_role("button", name="Done", exact=True).click()
    page.get_by_text("Noted as done").wait_for()


def record(page: Any, what: str, ago: timedelta) -> None:
    page.get_by_role("link", name="Record when something happened").click()
    choice = page.locator("option", has_text=what).first.get_attribute("value")
    page.get_by_label("What happened?").select_option(choice)
    when = (timezone.now() - ago).astimezone(DENVER)
    page.get_by_label("On which day?").fill(f"{when:%Y-%m-%d}")
    page.get_by_label("At what time?").fill(f"{when:%H:%M}")
    page.get_by_label("How is it known?").fill("A call")
    page.get_by_role("button", name="Go on").click()
