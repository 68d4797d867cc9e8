"""Every page that anybody reaches by links is whole, and none is forgotten.

Every page is fetched as every visitor. What counts as one page, and which of them have to be opened
in Chromium, is said in crawling.py; test_every_page_opened.py opens them.
"""

from collections.abc import Callable

import pytest

from tests.architecture.permissions.tables import pages as every_page
from tests.browser import LISTED
from tests.journeys.crawled import crawled

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOT_VISITED = {
    "/healthz": "for machines",
    "/readyz": "for machines",
    "agenda:feed": "for calendar programs",
    "brand:color": "a style sheet",
    "brand:logo": "a picture",
    "account_set_password": "leads to the page that changes the password",
}


def test_every_page_is_reached(record_property: Callable[[str, object], None]) -> None:
    found = crawled()
    assert not found.faults, "\n".join(found.faults)
    assert sorted(every_page() - found.names) == sorted(NOT_VISITED)
    counted = f"{len(found.pages)} pages of {len({page.visitor for page in found.pages})} visitors"
    record_property(LISTED, f"{counted}; opened in Chromium: {len(found.opened)} (*)")
