"""Chromium for the tests, and what "clean" means for every page: no axe violation, nothing to
scroll sideways, a silent console. `PICTURES=1` keeps a picture of each in var/pictures/.

A test says which pages it found clean by `record_property(LISTED, line)`; the run ends with them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from tests.services.fixtures import not_checked

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# The same engine without a window's frame and without the viewer of PDF: a third less to compute.
SHELL = "chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDE, ZOOMED, PHONE = 1280, 640, 360
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Axe would describe what is right too, wait half a second for an answer of the PDF viewer, and read
# all style sheets for the one rule about sound that plays by itself.
ONLY_WHAT_IS_WRONG = {"resultTypes": ["violations"], "pingWaitTime": 50, "preload": False}
# Axe reads the same few colors a thousand times over, each time with all that CSS allows.
REMEMBER_COLORS = """(() => {
  const color = axe.commons.color.Color.prototype, read = color.parseString, known = new Map();
  color.parseString = function (text) {
    if (known.has(text)) [this.r, this.g, this.b, this.alpha] = known.get(text);
    else {
      read.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    return this;
  };
})();"""
AXE_SAYS = "options => axe.run(document, options).then(found => found.violations)"
LISTED = "page found clean"
# Whoever leaves a page breaks off what it still asked for. A request that fails says more words.
BROKEN_OFF = ("htmx:sendAbort", "htmx:afterRequest")
PATIENCE = 10_000
PICTURES = Path(__file__).resolve().parent.parent / "var" / "pictures"
OVERFLOW = """() => {
  const scrolls = ".table-scroll, .usa-table--stacked-header";
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("body *")].filter(el => {
    const box = el.getBoundingClientRect();
    return box.width && box.right > width + 1 && !el.closest(scrolls);
  }).slice(0, 5).map(el => el.outerHTML.slice(0, 160));
  return out.length ? out : [`the page is ${document.documentElement.scrollWidth} px wide`];
}"""
said: dict[Any, list[str]] = {}

OpenPage = Callable[..., Any]


@pytest.fixture(scope="session")
def whole_chromium(playwright: Any) -> Iterator[Any]:
    """The system's Chromium: Playwright would download its own."""
    yield from _started(playwright, CHROMIUM)


@pytest.fixture(scope="session")
def chromium(playwright: Any) -> Iterator[Any]:
    """Its shell where there is one, for pages on which no document is read."""
    yield from _started(playwright, (SHELL, *CHROMIUM))


def _started(playwright: Any, programs: tuple[str, ...]) -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, programs)), None)
    if not found:
        not_checked("The pages in a browser", "no Chromium here (apt-get install chromium)")
    # Playwright keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield browser
    browser.close()


class Windows:
    """Windows that tests lend each other: what all pages load is in their caches already, and a
    new window costs half a second. Nobody's cookies, size or listeners stay."""

    def __init__(self, browser: Any, url: str) -> None:
        self._browser, self._url, self._idle = browser, url, list[Any]()

    def lend(self, width: int) -> Any:
        page = self._idle.pop() if self._idle else self._new()
        _resize(page, {"width": width, "height": 900})
        return page

    def take_back(self, page: Any) -> None:
        if page.is_closed():
            return
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        page.emulate_media(media="null")
        page.set_default_timeout(PATIENCE)
        # Some pages ask for news every few seconds.
        page.goto("about:blank")
        page.context.clear_cookies()
        said[page].clear()
        self._idle.append(page)

    def _new(self) -> Any:
        context = self._browser.new_context(
            base_url=self._url, locale="en-US", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        # The page's own policy would refuse a script tag; and the browser compiles this only once.
        axe = files("axe_playwright_python").joinpath("axe.min.js").read_text()
        context.add_init_script(axe + REMEMBER_COLORS)
        return _listening(context.new_page())


@pytest.fixture(scope="session")
def windows(chromium: Any, live_server: Any) -> Windows:
    return Windows(chromium, live_server.url)


@pytest.fixture(scope="session")
def whole_windows(whole_chromium: Any, live_server: Any) -> Windows:
    """For people who read a document on the page, as a person's browser shows it."""
    return Windows(whole_chromium, live_server.url)


@pytest.fixture
def browser_page(windows: Windows, live_server: Any) -> Iterator[OpenPage]:
    """browser_page(width, user=None): a page at the live server, signed in as `user`."""
    lent = []

    def open_page(width: int = WIDE, user: Any = None) -> Any:
        page = windows.lend(width)
        lent.append(page)
        if user is not None:
            page.context.add_cookies([_session_of(user, live_server.url)])
        return page

    yield open_page
    for page in lent:
        windows.take_back(page)


def _session_of(user: Any, url: str) -> Any:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def _listening(page: Any) -> Any:
    lines = said.setdefault(page, [])

    def hear(message: Any) -> None:
        broken_off = message.text.startswith(BROKEN_OFF)
        if message.type in ("error", "warning") and not broken_off:
            lines.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: lines.append(str(error)))
    return page


def _axe_says(page: Any) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": TAGS}, **ONLY_WHAT_IS_WRONG}
    found = page.evaluate(AXE_SAYS, options)
    return [
        f"{v['id']}: {v['help']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for v in found
        for node in v["nodes"]
    ]


def keep_picture(page: Any, name: str) -> None:
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"]
        page.screenshot(path=str(PICTURES / f"{name}-{width}.png"), full_page=True)


def assert_clean_twice(page: Any, name: str, allow: tuple[str, ...] = ()) -> None:
    """At a desk and on a phone, and nothing sticks out at a desk where all is twice as large.

    Pages change their layout by style alone, so nothing is loaded again; tests/vetting/frame
    proves that of the frame and of every component.
    """
    before = page.viewport_size
    for width in (WIDE, PHONE):
        _resize(page, {"width": width, "height": 900})
        assert_clean(page, name, allow)
    _resize(page, {"width": ZOOMED, "height": 900})
    faults = page.evaluate(OVERFLOW)
    assert not faults, f"{name} at {ZOOMED} px sticks out:\n" + "\n".join(faults)
    _resize(page, before)


def _resize(page: Any, size: Any) -> None:
    """Chromium lays out and paints a page again that keeps its size, too."""
    if page.viewport_size != size:
        page.set_viewport_size(size)


def assert_clean(page: Any, name: str, allow: tuple[str, ...] = ()) -> None:
    """`allow`: parts of console lines that this page is meant to cause, such as "status of 404"."""
    keep_picture(page, name)
    heard = [line for line in said[page] if not any(part in line for part in allow)]
    faults = [f"axe: {line}" for line in _axe_says(page)]
    faults += [f"sticks out: {line}" for line in page.evaluate(OVERFLOW)]
    faults += [f"console: {line}" for line in heard]
    where = f"{name} at {page.viewport_size['width']} px is not clean:\n"
    assert not faults, where + "\n".join(faults)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = [one for several in terminalreporter.stats.values() for one in several]
    said_of = [pair for one in reports for pair in getattr(one, "user_properties", ())]
    pages = sorted({str(line) for name, line in said_of if name == LISTED})
    if pages:
        terminalreporter.section(f"axe-clean at {WIDE} and {PHONE} px")
    for line in pages:
        terminalreporter.line(line)
