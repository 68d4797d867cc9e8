"""The screening's page in Chromium: answers save themselves, and what was refused is clean. That
it is clean in every state is seen in tests/journeys."""

from typing import Any

import pytest

from tests.browser import WIDE, OpenPage, assert_clean, assert_clean_twice, keep_picture
from tests.factories import people, requests, screening
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.screening import commands
from vetting.screening.models import Answer, Finding

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def half_done() -> ToolRequest:
    """Some answers, a finding of each kind, no legal basis yet."""
    commands.load_questionnaires()
    request, pat = requests.in_screening(), actor_of(people.pat())
    answers = {"education_only": "yes", "no_sale": "no", "no_targeted_ads": "partly"}
    for question, value in answers.items():
        commands.save_answer(
            request, question=question, value=value, evidence="Terms, section 3", by=pat
        )
    finding = Finding.objects.get(question="no_sale")
    commands.settle_finding(
        request, finding=finding.pk, status="mitigated", resolution="The DPA forbids it.", by=pat
    )
    commands.add_finding(
        request, title="The sign-in page is not accessible", severity="low", by=pat
    )
    return request


def test_what_stands_in_the_way_is_clean_too(
    half_done: ToolRequest, browser_page: OpenPage
) -> None:
    page = browser_page(user=people.pat().user)
    page.goto(f"/requests/{half_done.code}/screening/")
    page.get_by_role("button", name="Conclude the screening").click()
    page.get_by_text("4 things need your attention").wait_for()
    assert_clean_twice(page, "screening-refused", allow=("status of 409",))


def test_paper_shows_the_answers_and_the_findings(
    half_done: ToolRequest, browser_page: OpenPage
) -> None:
    page = browser_page(WIDE, user=people.pat().user)
    page.goto(f"/requests/{half_done.code}/screening/")
    page.emulate_media(media="print")
    keep_picture(page, "screening-print")
    assert page.locator("#question-no_sale").is_visible()
    assert page.locator("#findings-no_sale li").is_visible()
    assert not page.get_by_role("button", name="Conclude the screening").is_visible()


def chosen(page: Any, question: str, label: str) -> None:
    page.locator(f"#question-{question}").get_by_text(label, exact=True).click()


def test_an_answer_saves_itself_and_the_rail_follows(
    half_done: ToolRequest, browser_page: OpenPage
) -> None:
    page = browser_page(WIDE, user=people.pat().user)
    page.goto(f"/requests/{half_done.code}/screening/")
    chosen(page, "encryption", "In motion only")
    page.locator("#saved-encryption").get_by_text("Saved at").wait_for()
    assert page.locator("#findings-encryption h3").inner_text() == (
        "Student data is not encrypted in motion and at rest"
    )
    assert "4 of 16" in page.locator("#progress").inner_text()

    page.fill("#id_encryption-evidence", "Security page, TLS 1.3")
    page.locator("#id_framework-evidence").focus()
    page.locator("#seen-encryption input[value='2']").wait_for(state="attached")
    answer = Answer.objects.get(question="encryption")
    assert (answer.value, answer.evidence) == ("in_motion_only", "Security page, TLS 1.3")
    assert page.evaluate("document.activeElement.id") == "id_framework-evidence"
    assert_clean(page, "screening-answered")


def test_the_keyboard_answers_and_settles(half_done: ToolRequest, browser_page: OpenPage) -> None:
    page = browser_page(WIDE, user=people.pat().user)
    page.goto(f"/requests/{half_done.code}/screening/")
    page.locator("#id_change_notice-value_0").focus()
    page.keyboard.press("Space")
    page.locator("#saved-change_notice").get_by_text("Saved at").wait_for()
    assert page.evaluate("document.activeElement.id") == "id_change_notice-value_0"

    finding = Finding.objects.get(question="no_targeted_ads")
    rail = page.locator(f"#finding-{finding.pk}")
    rail.locator("summary").focus()
    page.keyboard.press("Enter")
    rail.get_by_role("button", name="Settle it").click()
    rail.get_by_text("Choose: mitigated").wait_for()
    rail.get_by_text("Mitigated: it is no longer a problem").click()
    rail.get_by_label("What was done").fill("The DPA forbids it.")
    rail.get_by_role("button", name="Settle it").click()
    rail.get_by_text("Pat Quill").wait_for()
    assert Finding.objects.get(pk=finding.pk).status == "mitigated"


def test_enter_in_the_form_saves_and_never_concludes(browser_page: OpenPage) -> None:
    request = screening.ready()
    page = browser_page(WIDE, user=people.pat().user)
    page.goto(f"/requests/{request.code}/screening/")
    page.locator("#id_no_sale-value_0").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert ToolRequest.objects.get(pk=request.pk).state == "screening"


def test_somebody_elses_answer_is_never_overwritten_unseen(
    half_done: ToolRequest, browser_page: OpenPage
) -> None:
    page = browser_page(WIDE, user=people.ada().user)
    page.goto(f"/requests/{half_done.code}/screening/")
    commands.save_answer(half_done, question="deletion", value="no", by=actor_of(people.pat()))
    chosen(page, "deletion", "Yes")
    page.locator("#saved-deletion").get_by_text("Pat Quill answered this with “No”").wait_for()
    assert Answer.objects.get(question="deletion").value == "no"
