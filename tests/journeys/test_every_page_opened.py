"""Every page that anybody reaches by links is clean in a browser, at both widths and with all that
folds out folded out.

The run ends with the list: each page, its visitors, a star for those as whom it was opened. Not
marked slow, so that it begins when the crawl that it would wait for is done.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import groupby

import pytest
from django.conf import settings as ours
from django.core.cache import cache
from playwright.sync_api import Page as Tab
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser import LISTED, assert_clean_twice, said
from tests.journeys.crawled import Crawled, crawled
from tests.journeys.crawling import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# So many that two workers end at about the same time.
PARTS = 6
UNFOLD = "document.querySelectorAll('main details').forEach(one => one.open = true)"


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_clean(
    part: int,
    browser_page: Callable[..., Tab],
    live_server: LiveServer,
    settings: Settings,
    record_property: Callable[[str, object], None],
) -> None:
    found = crawled()
    found.lay_down(settings)
    names = parts_of(found)[part]
    tab = browser_page()
    tab.set_default_timeout(45_000)
    faults = []
    mine = [page for page in found.opened if page.name in names]
    for visitor, pages in groupby(mine, key=lambda page: page.visitor):
        enter(tab, found.sessions.get(visitor), live_server.url)
        for page in pages:
            faults += faults_of(tab, page)
    assert not faults, "\n".join(faults)
    for line in listed((page for page in found.pages if page.name in names), set(mine)):
        record_property(LISTED, line)


def parts_of(found: Crawled) -> list[set[str]]:
    """Which url names each part opens, so that all have about as much to read."""
    sizes: dict[str, int] = defaultdict(int)
    for page in found.opened:
        sizes[page.name] += len(page.text)
    parts: list[tuple[int, set[str]]] = [(0, set()) for _ in range(PARTS)]
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        least = min(range(PARTS), key=lambda one: parts[one][0])
        parts[least] = parts[least][0] + sizes[name], parts[least][1] | {name}
    return [names for _, names in parts]


def enter(tab: Tab, session: str | None, url: str) -> None:
    """The browser goes on with a visit of the crawl."""
    tab.context.clear_cookies()
    if session:
        cookie = {"name": ours.SESSION_COOKIE_NAME, "value": session, "url": url}
        tab.context.add_cookies([cookie])  # type: ignore[list-item]


def faults_of(tab: Tab, page: Page) -> list[str]:
    cache.clear()  # the vendor's page counts its visits
    tab.goto(page.address)
    found = [] if tab.url.endswith(page.address) else [f"{page.address} led to {tab.url}"]
    tab.evaluate(UNFOLD)
    try:
        assert_clean_twice(tab, f"{page.name} {page.of} for {page.visitor}")
    except AssertionError as fault:
        found.append(str(fault))
    said[tab].clear()
    return found


def listed(pages: Iterable[Page], opened: set[Page]) -> list[str]:
    visitors: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        visitors[where(page)].append(page.visitor + "*" * (page in opened))
    return [f"{place}: {', '.join(who)}" for place, who in sorted(visitors.items())]


def where(page: Page) -> str:
    path = re.sub(r"/vendor/[^/]+", "/vendor/TOKEN", page.address)
    path = re.sub(r"(?<=/)[a-z0-9]{12}(?=/|$)", "CODE", path)
    return f"{f'{page.name} {page.of}'.strip()} at {path}"
