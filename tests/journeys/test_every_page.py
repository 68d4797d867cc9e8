"""Every page that anybody reaches by links is clean in a browser, and none is forgotten.

Every page is fetched as every visitor. What counts as one page, and which of them Chromium opens,
at both widths and with all that folds out folded out, is said in crawling.py. The run ends with the
list: each page, its visitors, a star for those as whom it was opened.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from tests.architecture.permissions import vendor
from tests.architecture.permissions.rows import EVE, HOUSE, NOBODY
from tests.architecture.permissions.tables import pages as every_page
from tests.browser import LISTED, assert_clean_twice, said
from tests.factories import world as district
from tests.factories.world import World
from tests.journeys.crawling import Crawl, Page, worth_opening

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

JUNIPER = "/registry/?district=juniper"
PUBLIC = ["/registry/", JUNIPER, f"{JUNIPER}&q=nothing", "/verify/", "/sign-in/"]
# Pages that a mail or a form leads to, not a link: they are opened by their address.
BY_MAIL_OR_FORM = {
    "/sign-up/": "an old link; the page says that a district adds its people",
    "/sign-in/inactive/": "after a sign-in whose access has ended",
    "/password/reset/sent/": "after the form",
    "/password/reset/1-no-key/": "the mail's link, too old",
    "/password/reset/done/": "after the form",
}
# For the owner of the requests: these need somebody signed in.
SIGNED_IN = {
    "/sign-in/again/": "before something that needs the password again",
    "/requests/new/": "a link that somebody was sent; on pages it is a button",
    "/settings/district/": "offered to those who belong to two districts",
    "/sign-out/": "a button in the menu",
}
ADMINS = {"/settings/list/check/": "after a list was uploaded"}
# Typed into a search.
SEARCHES = {
    "/may-i-use/?q=math+meadow": "somebody asks for it already",
    "/may-i-use/?q=lab+lantern": "it is approved",
    "/may-i-use/?q=zzzz": "nothing is found",
}
FINDS = {
    "/search/?q=math": "requests and tools",
    "/search/?q=zzzz": "nothing",
    "/requests/?q=zzzz": "nothing",
}
MORE = {
    "owner": SIGNED_IN,
    "admin": ADMINS,
    "requester": SEARCHES,
    "privacy": FINDS,
}
NOT_VISITED = {
    "/healthz": "for machines",
    "/readyz": "for machines",
    "brand:color": "a style sheet",
    "brand:logo": "a picture",
    "account_set_password": "leads to the page that changes the password",
}
UNFOLD = "document.querySelectorAll('main details').forEach(one => one.open = true)"


def crawls(world: World) -> Iterator[Crawl]:
    """The staff from Home, eve where nothing has happened yet, anybody from the public pages, the
    vendor from each link."""
    for who in (*HOUSE, EVE):
        client = Client()
        client.force_login(world.user(who))  # type: ignore[arg-type]
        if who == "admin":
            upload(client)
        yield Crawl(world, who, client).run([*MORE.get(who, {}), "/"])
    yield Crawl(world, NOBODY, Client()).run([*PUBLIC, *BY_MAIL_OR_FORM])
    for link in vendor.LIVE:
        cache.clear()
        yield Crawl(world, f"vendor {link}", Client()).run([f"/vendor/{world.links[link]}/"])


def upload(client: Client) -> None:
    """A list waits to be looked at."""
    file = SimpleUploadedFile("tools.csv", b"Tool,Vendor,Status\nQuill Quest,Quill,Approved\n")
    assert client.post("/settings/list/", {"file": file}).status_code == 302


def enter(tab: Tab, client: Client, url: str) -> None:
    """The browser goes on with a visit of the crawl."""
    tab.context.clear_cookies()
    name = settings.SESSION_COOKIE_NAME
    if key := client.cookies.get(name):
        tab.context.add_cookies([{"name": name, "value": key.value, "url": url}])


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


def test_every_page_is_reached_and_clean(
    browser_page: Callable[..., Tab],
    live_server: LiveServer,
    record_property: Callable[[str, object], None],
) -> None:
    done = list(crawls(district.build()))
    faults = [fault for crawl in done for fault in crawl.faults]
    pages = [page for crawl in done for page in crawl.pages]
    opened = set(worth_opening(pages))
    tab = browser_page()
    tab.set_default_timeout(45_000)
    for crawl in done:
        enter(tab, crawl.client, live_server.url)
        for page in filter(opened.__contains__, crawl.pages):
            faults += faults_of(tab, page)
    assert not faults, "\n".join(faults)
    missed = every_page() - {name for crawl in done for name in crawl.names}
    assert sorted(missed) == sorted(NOT_VISITED)
    for line in listed(pages, opened):
        record_property(LISTED, line)


def listed(pages: list[Page], opened: set[Page]) -> list[str]:
    visitors: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        visitors[where(page)].append(page.visitor + "*" * (page in opened))
    counted = f"{len(pages)} pages of {len({page.visitor for page in pages})} visitors"
    lines = [f"{place}: {', '.join(who)}" for place, who in sorted(visitors.items())]
    return [f"{counted}; opened in Chromium: {len(opened)} (*)", *lines]


def where(page: Page) -> str:
    path = re.sub(r"/vendor/[^/]+", "/vendor/TOKEN", page.address)
    path = re.sub(r"(?<=/)[a-z0-9]{12}(?=/|$)", "CODE", path)
    return f"{f'{page.name} {page.of}'.strip()} at {path}"
