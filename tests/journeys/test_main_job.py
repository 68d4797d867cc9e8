"""The main job in a browser: a teacher's request becomes a signed agreement on the public list.

Each step is done by another person, in a browser context of their own. Nothing is moved behind the
pages' back; the outbox is drained between steps, as the worker does. Pages are looked at in the
states that an act leads to; as a link leads to them, they are seen in test_every_page_opened.py.
"""

import hashlib
import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from contracts.agreements.models import Agreement
from contracts.signing.queries import expected_for
from contracts.signing.verifying import verify
from tests.browser import WIDE, Windows
from tests.browser import assert_clean_twice as look
from tests.factories import agreements, catalog, people
from vetting.people.models import Membership
from vetting.reference import load_all
from vetting.requests.models import ToolRequest
from workflows.invariants.registry import faults
from workflows.ledger.queries import verify as verify_ledger
from workflows.outbox.drain import drain

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def windows(whole_windows: Windows) -> Windows:
    """Documents are read on these pages."""
    return whole_windows


PASSWORD = "a-long-enough-pass-phrase"
# A busy machine is slow, not wrong: nothing here waits longer than it must.
PATIENCE = 45_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def district() -> None:
    load_all()
    agreements.district_with_letterhead()
    ben = people.ben().user
    ben.set_password(PASSWORD)
    ben.save()
    # The privacy team, counsel, sourcing and the signatory are there from the beginning.
    for make in (people.ada, people.pat, people.cora, people.sol, agreements.signer):
        make()
    vendor = catalog.vendor("Ladder Labs")
    vendor.address = "2 Ladder Lane, Denver, CO 80200"
    vendor.save()
    dee = catalog.dee(vendor)
    dee.signs = True
    dee.save()
    catalog.tool("Reading Ladder", of=vendor, website="https://readingladder.com")


@pytest.fixture
def signed_in(browser_page: Callable[..., Page]) -> Callable[[Membership], Page]:
    def enter(person: Membership) -> Page:
        page = browser_page(WIDE, user=person.user)
        page.set_default_timeout(PATIENCE)
        return page

    return enter


def by_the_form(page: Page, person: Membership) -> Page:
    page.set_default_timeout(PATIENCE)
    page.goto("/")
    page.get_by_label("Work e-mail").fill(person.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def tick(page: Page, label: str, *, group: str = "") -> None:
    """USWDS draws radios and boxes itself, beside the real ones: a person presses the words."""
    where = page.get_by_role("group", name=group) if group else page
    starts = re.compile(rf"^\s*{re.escape(label)}")
    where.locator("label").filter(has_text=starts).first.click()


def test_a_teachers_request_becomes_an_approved_tool_with_a_signed_agreement(
    district: None, signed_in: Callable[[Membership], Page], browser_page: Callable[..., Page]
) -> None:
    # Ben, a teacher, looks the tool up and asks for it.
    ben = by_the_form(browser_page(WIDE), people.ben())
    ben.goto("/may-i-use/?q=reading+ladder")
    look(ben, "may-i-use")
    ben.goto("/requests/new/")
    ben.get_by_role("button", name="New request", exact=True).first.click()
    ben.get_by_label("What is it called?").fill("Reading Ladder")
    ben.get_by_label("Its web address").fill("readingladder.com")
    ben.get_by_label("How would it be paid for?").select_option(label="Free")
    look(ben, "request-tool")
    ben.get_by_role("button", name="Save and go on").click()
    ben.get_by_label("What will it be used for?").fill("Practice reading at home.")
    tick(ben, "3", group="Which grades?")
    ben.get_by_label("About how many students?").fill("60")
    tick(ben, "Yes", group="under 13")
    look(ben, "request-who")
    ben.get_by_role("button", name="Save and go on").click()
    tick(ben, "Yes", group="any data about students")
    ben.get_by_text("Student name", exact=True).click()
    tick(ben, "Student name (first and last)")
    ben.get_by_label("Why does it need this data?").fill("To show the teacher whose work it is.")
    look(ben, "request-data")
    ben.get_by_role("button", name="Send the request").click()
    expect(ben.get_by_text("Checking the path").first).to_be_visible()
    look(ben, "request-in-triage")
    request = ToolRequest.objects.select_related("case").get(state="triage")
    drain()

    # Sol, Strategic Sourcing, chooses the contract path.
    sol = signed_in(people.sol())
    sol.goto(f"/requests/{request.code}/triage/")
    for question in ("data about students", "primarily for schools", "staff direct students"):
        tick(sol, "Yes", group=question)
    tick(sol, "Negotiated: a contract is made", group="Are its terms negotiated")
    sol.get_by_role("button", name="Set the class").click()
    look(sol, "triage")
    sol.get_by_role("button", name="Needs a DPA").click()
    expect(sol.get_by_text("Privacy review").first).to_be_visible()
    drain()

    # Pat, of the privacy team, answers the questionnaire with evidence and concludes.
    pat = signed_in(people.pat())
    pat.goto(f"/requests/{request.code}/screening/")
    questions = pat.locator("[hx-post*='/screening/answer/']")
    expect(questions).to_have_count(16)
    for question in questions.all():
        question.locator("label").filter(has_text=re.compile(r"^\s*Yes")).first.click()
        expect(question.locator(".saved")).to_contain_text("Saved at")
        question.locator("textarea").fill("Terms of service, section 3")
    pat.get_by_label("The data may be shared under").select_option(index=1)
    pat.get_by_label("Why this basis applies").fill("It replaces a service of our own staff.")
    pat.get_by_label("Why this basis applies").blur()
    expect(pat.locator("#saved-basis")).to_contain_text("Saved.")
    look(pat, "screening-answered")
    pat.get_by_role("button", name="Conclude the screening").click()
    expect(pat.get_by_text("Waiting for the DPA").first).to_be_visible()
    drain()

    # Pat settles the exhibits and writes the document.
    agreement = Agreement.objects.select_related("case").get()
    pat.goto(f"/agreements/{agreement.code}/")
    pat.goto(f"/agreements/{agreement.code}/exhibits/")
    pat.get_by_label("Exhibit A").fill("Reading Ladder, reading practice at school and at home")
    pat.get_by_label("Which other companies").fill("Granite Cloud Inc.; hosting; Oregon")
    tick(pat, "NIST Cybersecurity Framework")
    pat.get_by_label("The vendor's postal address").fill("2 Ladder Lane, Denver, CO 80200")
    pat.get_by_label("Who signs for the vendor?").select_option(index=1)
    pat.get_by_label("Who signs for the district?").select_option(index=1)
    look(pat, "exhibits")
    pat.get_by_role("button", name="Save and confirm Exhibits A, B and F").click()
    pat.get_by_role("button", name="Write the document").click()
    expect(pat.get_by_text("Legal review").first).to_be_visible()

    # Cora, counsel, and Pat approve exactly this text, side by side; Cora sends it.
    cora = signed_in(people.cora())
    for reader in (cora, pat):
        reader.goto(f"/agreements/{agreement.code}/review/")
        tick(reader, "I approve exactly this document", group="Your verdict")
        reader.get_by_role("button", name="Give my verdict").click()
    cora.goto(f"/agreements/{agreement.code}/review/")
    look(cora, "legal-review")
    cora.get_by_role("button", name="Send to the vendor").click()
    expect(cora.get_by_text("With the vendor").first).to_be_visible()
    drain()

    # Dee, at the vendor, reads and accepts by the link in her mail; then she signs.
    dee = browser_page(WIDE)
    dee.set_default_timeout(PATIENCE)
    dee.goto(link_in_last_mail("dee@"))
    dee.get_by_role("button", name="Accept the text").click()
    drain()
    dee.goto(link_in_last_mail("dee@"))
    sign(dee, "Dee Vance", "vendor-sign")
    drain()

    # Gwen, the district's signatory, countersigns signed-in.
    gwen = signed_in(agreements.signer())
    gwen.goto(f"/agreements/{agreement.code}/sign/")
    sign(gwen, "Gwen Hart", "district-sign")
    drain()
    gwen.goto(f"/agreements/{agreement.code}/")
    expect(gwen.get_by_text("In effect").first).to_be_visible()
    dee.goto(link_in_last_mail("dee@"))

    # Ben asked for it, so he finds no way to decide; Ada, the privacy lead, approves.
    turned_away = signed_in(people.ben())
    answer = turned_away.goto(f"/requests/{request.code}/decide/")
    assert answer is not None
    assert answer.status == 403
    assert turned_away.get_by_role("button", name="Approve it").count() == 0
    ada = signed_in(people.ada())
    ada.goto(f"/requests/{request.code}/decide/")
    tick(ada, "Full", group="Kind of approval")
    ada.get_by_label("Approved for").fill("Reading practice")
    ada.get_by_label("Conditions").fill("Use school accounts only")
    tick(ada, "Free", group="paid for")
    look(ada, "decide")
    ada.get_by_role("button", name="Approve it").click()
    expect(ada.get_by_text("Use school accounts only").first).to_be_visible()
    look(ada, "request-approved")
    drain()
    ben.goto(f"/requests/{request.code}/")

    # Anybody reads it on the registry, and the signed file is the one that was sealed.
    public = browser_page(WIDE)
    public.goto("/registry/")
    public.get_by_role("link", name="Reading Ladder").click()
    expect(public.get_by_role("heading", level=1)).to_contain_text("Reading Ladder")
    look(public, "registry-tool")
    (tool,) = public.request.get("/registry/tools.json").json()["tools"]
    assert tool["conditions"] == ["Use school accounts only"]
    path = "/" + tool["agreement_url"].split("/", 3)[3]
    signed = public.request.get(path).body()
    assert hashlib.sha256(signed).hexdigest() == tool["agreement_sha256"]
    verdict = verify(signed, expected=expected_for(agreement.code))
    assert (verdict.status, verdict.reasons) == ("valid", [])
    assert faults() == []
    assert verify_ledger() == []


def link_in_last_mail(to: str) -> str:
    """What somebody clicks: the newest mail to that address that holds a personal link."""
    for message in reversed(mail.outbox):
        found = re.search(r"https?://[^/\s]+(/vendor/\S+)", str(message.body))
        if message.to[0].startswith(to) and found:
            return found[1]
    raise AssertionError(f"No mail to {to} holds a personal link.")


def sign(page: Page, name: str, picture: str) -> None:
    tick(page, "I agree to use electronic records")
    tick(page, "I have read the document")
    page.get_by_label("Type your full name to sign").fill(name)
    look(page, picture)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The seal is being made").first).to_be_visible()
