"""The demo's mailbox in Chromium, at a desk and on a phone."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings

from tests.browser import OpenPage, assert_clean_twice

pytestmark = pytest.mark.browser


def test_a_mail_is_found_opened_and_its_link_followed(
    browser_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    backend = get_connection("workflows.outbox.mailbox.Mailbox")
    text = "Your page: http://127.0.0.1:9/registry/?vendor=/vendor/x/"
    EmailMessage("Please sign", text, to=["dee@vendor.example"], connection=backend).send()
    page = browser_page()

    page.goto("/registry/")
    page.get_by_role("link", name="mailbox").click()
    assert_clean_twice(page, "demo-mails")
    page.get_by_text("Only those with a personal link").click()
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Please sign").click()
    assert_clean_twice(page, "demo-mail")
    page.get_by_role("link", name="/registry/").click()

    page.wait_for_url("**/registry/**")
    assert ":9/" not in page.url
