"""The pages of signing in Chromium, at a desk and on a phone, in the states that acts lead to; as
they are when somebody comes by a link, they are seen in tests/journeys."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from contracts.agreements.models import VendorLink
from contracts.signing.models import SignatureRequest
from tests.browser import PHONE, WIDE, OpenPage, Windows, assert_clean, assert_clean_twice
from tests.factories import agreements, letters, people
from vetting.vault.queries import read
from workflows.outbox.drain import drain

pytestmark = [pytest.mark.browser]


@pytest.fixture
def windows(whole_windows: Windows) -> Windows:
    """Documents are read on these pages."""
    return whole_windows


GONE = ("status of 404",)
INSIDE = """el => {
  const box = el.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}"""


def look(browser_page: OpenPage, path: str, name: str, user: Any = None, **more: Any) -> None:
    """The page with everything folded out is clean."""
    cache.clear()
    page = browser_page(user=user)
    page.goto(path)
    page.evaluate("document.querySelectorAll('main details').forEach(el => el.open = true)")
    assert_clean_twice(page, name, **more)
    # Each page shows the document and asks for news: a dozen of them would slow the rest.
    page.goto("about:blank")


def test_the_vendors_page_is_clean_in_every_state(browser_page: OpenPage) -> None:
    agreement = agreements.with_vendor()
    path = letters.link_for()
    page = browser_page(PHONE)
    page.goto(path)
    page.get_by_role("button", name="Accept the text").click()
    page.get_by_text("You accepted the text.").wait_for()
    assert_clean(page, "vendor-accepted")
    path = letters.link_for()

    colleague = agreement.vendor.contacts.create(name="Kim Ode", email="kim@quillwork.example")
    dee = agreement.vendor_signer
    VendorLink.objects.update(contact=colleague)
    look(browser_page, path, "vendor-other")
    VendorLink.objects.update(contact=dee)

    page.goto(path)
    page.get_by_role("button", name="Sign").click()
    page.get_by_role("heading", name="3 things need your attention").wait_for()
    assert_clean(page, "vendor-refused", allow=("status of 409",))
    page.get_by_text("I agree to use electronic records and signatures").click()
    page.get_by_text("I have read the document").click()
    page.get_by_label("Type your full name to sign").fill("Dee Vance")
    page.get_by_role("button", name="Sign").click()
    page.get_by_text("its seal is being made").wait_for()
    look(browser_page, path, "vendor-sealing")

    drain()
    # The page asks by itself, and is drawn anew when the seal is there.
    page.get_by_text("Gwen Hart signs next").wait_for()
    look(browser_page, path, "vendor-signed")

    gwen = agreements.signer()
    here = f"/agreements/{agreement.code}/sign/"
    look(browser_page, here, "sign-not-yours", user=people.cora().user)
    page = browser_page(WIDE, user=gwen.user)
    page.goto(here)
    page.get_by_text("I agree to use electronic records and signatures").click()
    page.get_by_text("I have read the document").click()
    page.get_by_label("Type your full name to sign").fill("Gwen Hart")
    page.get_by_role("button", name="Sign").click()
    page.get_by_text("The seal is being made").first.wait_for()
    look(browser_page, here, "sign-sealing", user=gwen.user)
    drain()
    page.get_by_role("heading", name="Signed by both parties").wait_for()
    look(browser_page, here, "sign-done", user=gwen.user)
    look(browser_page, letters.link_for(), "vendor-done")


def test_what_is_missing_stands_beside_its_field_and_the_summary_leads_there(
    browser_page: OpenPage,
) -> None:
    agreements.out_for_signature()
    cache.clear()
    page = browser_page(PHONE)
    page.goto(letters.link_for())
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("heading", name="3 things need your attention").wait_for()
    focused = "document.activeElement"
    assert page.evaluate(f"{focused}.hasAttribute('data-error-summary')")
    for name, words in {
        "consented": "Agree to electronic records and signatures first, or ask for paper.",
        "read": "Confirm that you have read the document.",
        "typed_name": "Type your full name.",
    }.items():
        link = page.get_by_role("link", name=words)
        link.click()
        assert page.evaluate(f"{focused}.name") == name
        field = page.locator(f"[name={name}]")
        error = page.locator(f"#id_{name}_error")
        assert error.inner_text() == words
        assert f"id_{name}_error" in field.get_attribute("aria-describedby")
        apart = abs(error.bounding_box()["y"] - field.bounding_box()["y"])
        assert apart < 200
        assert error.evaluate(INSIDE)
    page.goto("about:blank")


def test_parting_is_clean(browser_page: OpenPage) -> None:
    agreements.with_vendor()
    path = letters.link_for()
    for width in (WIDE, PHONE):
        page = browser_page(width)
        page.goto(path)
        page.get_by_text("Somebody else signs for us…").click()
        if width == PHONE:
            page.get_by_label("Full name").fill("Ravi Shah")
            page.get_by_label("E-mail address").fill("ravi@quillwork.example")
        page.get_by_role("button", name="Send the link to this person").click()
        if width == WIDE:
            page.get_by_role("link", name="Give the full name of the person").wait_for()
            assert_clean(page, "vendor-naming-refused", allow=("status of 409",))
        else:
            page.get_by_text("A link is on its way to the person you named.").wait_for()
            assert_clean(page, "vendor-parting")


def test_a_dead_link_is_clean_and_sends_a_new_one(browser_page: OpenPage) -> None:
    agreements.with_vendor()
    path = letters.link_for()
    VendorLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    look(browser_page, path, "vendor-closed", allow=GONE)

    page = browser_page(PHONE)
    page.goto(path)
    page.get_by_role("button", name="Send me a new link").click()
    page.get_by_text("a new one is on its way").wait_for()
    assert_clean(page, "vendor-new-link", allow=GONE)
    page.goto(letters.link_for())
    page.get_by_role("button", name="Accept the text").wait_for()


def test_checking_a_file_is_clean(browser_page: OpenPage, tmp_path: Path) -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    half = SignatureRequest.objects.get(status="sealed").sealed
    assert half is not None
    file = tmp_path / "half.pdf"
    file.write_bytes(read(half))
    text = tmp_path / "notes.pdf"
    text.write_text("no PDF")
    page = browser_page()
    page.goto("/verify/")
    page.get_by_label("The PDF to check").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text(f"an earlier copy of agreement {agreement.code}").wait_for()
    assert_clean_twice(page, "verify-half")
    page.get_by_label("The PDF to check").set_input_files(text)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("This is not a PDF, or it is damaged.").first.wait_for()
    assert_clean_twice(page, "verify-refused", allow=("status of 422",))
