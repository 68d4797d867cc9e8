"""A district's rules in a browser, wide and on a phone: read, written, looked at before saving."""

import pytest

from tests.browser import OpenPage, assert_clean_twice
from tests.factories import people, requests
from vetting.people.queries import actor_of
from vetting.policy.commands.evaluating import evaluate_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SENT_BACK = ("status of 422",)


def test_the_rules_are_read_and_a_date_is_reckoned(browser_page: OpenPage) -> None:
    page = browser_page(user=people.max().user)
    page.goto("/rules/")
    page.get_by_role("heading", name="What is due after something happened").click()
    page.get_by_text("It is the law of another state than the district's.").click()
    page.get_by_text("New York Education Law 2-d").last.click()
    assert_clean_twice(page, "rules-unfolded")
    page.goto("/rules/ny.121_10_a/")
    page.get_by_label("Day on which the vendor discovered it").fill("2026-03-05")
    page.get_by_role("button", name="Reckon it").click()
    page.get_by_text("due on Thu, Mar 12, 2026 at 23:59:59").wait_for()
    assert_clean_twice(page, "rule-reckoned")


def test_a_rule_is_written_looked_at_and_saved(browser_page: OpenPage) -> None:
    request, by = requests.in_triage(), actor_of(people.sol())
    facts = {"student_data": True, "terms": "click_wrap", "breach": False, "recognizes_faces": True}
    evaluate_case(request, district=people.district(), facts=facts, by=by, why="tests")
    page = browser_page(user=people.ada().user)
    page.goto("/rules/own/")
    page.get_by_role("link", name="What is forbidden").click()
    page.get_by_label("It applies when").select_option("recognizes_faces:is:true")
    page.get_by_role("button", name="See what it would change").click()
    assert_clean_twice(page, "own-rule-errors", allow=SENT_BACK)
    page.get_by_label("The rule in one line").fill("No tool that recognizes faces")
    page.get_by_label("What is forbidden").fill("Tools that recognize faces")
    page.get_by_label("Which policy says so").fill("Board policy JRCB, section 4")
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_text("1 would be read otherwise").wait_for()
    assert_clean_twice(page, "own-rule-would-change", allow=SENT_BACK)
    page.get_by_role("button", name="Change what I wrote").click()
    page.get_by_label("The rule in one line").fill("No faces")
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. It counts for this district.").wait_for()
    assert_clean_twice(page, "own-rules", allow=SENT_BACK)


def test_a_law_that_is_loosened_is_said_in_red_words(browser_page: OpenPage) -> None:
    page = browser_page(user=people.cora().user)
    page.goto("/rules/")
    page.get_by_role("heading", name="What families may ask for").click()
    page.get_by_role("link", name="Parents see the records of their child").click()
    page.get_by_role("link", name="Read it otherwise here").click()
    page.get_by_label("Within").fill("60")
    page.get_by_label("Why this district reads it otherwise").fill("Counsel's opinion of June 9.")
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_text("This loosens the law").wait_for()
    assert_clean_twice(page, "override-would-change")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Looser than the law").wait_for()
    assert_clean_twice(page, "overrides")
