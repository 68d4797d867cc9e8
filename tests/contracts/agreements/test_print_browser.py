"""The review on paper: no page without words, and nothing of the screen's frame around the PDF."""

import pytest

from contracts.papers.text import pages_of_pdf
from tests.browser import OpenPage
from tests.factories import agreements, people

pytestmark = [pytest.mark.browser]


def test_the_printed_review_has_no_blank_page(browser_page: OpenPage) -> None:
    agreement = agreements.in_review()
    page = browser_page(user=people.cora().user)
    page.goto(f"/agreements/{agreement.code}/review/")
    page.get_by_role("heading", name="The document").wait_for()
    printed = page.pdf(format="Letter", print_background=True)
    pages = [" ".join(text.split()) for text in pages_of_pdf(printed)]
    assert len(pages) == 2
    assert all(words in pages[0] for words in ("Fingerprint (SHA-256)", "What the law asks"))
    assert all(words in pages[1] for words in ("Verdicts", "Privacy team", "No word yet"))
