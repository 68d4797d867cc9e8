"""Following every link a person is offered, from Home on, and what each page is made of.

One page is: a visitor, a url name, and what the address names, in its state ("request in triage").
Another request in that state is the same page. `worth_opening` says which of all pages have to be
looked at in a browser.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import lxml.html
from django.test import Client
from django.urls import Resolver404, resolve

from tests.factories.world import World

# What of a query makes another page: the list of everything, which district is meant, and a search.
TELLS = {("view", "all")}, {"district", "q"}


@dataclass(frozen=True, slots=True)
class Page:
    """`of`: whose page it is in the words of the world; `text`: empty for a file."""

    visitor: str
    name: str
    of: str
    address: str
    text: str

    @property
    def shape(self) -> frozenset[tuple[str, ...]]:
        """What stands in what, by kind and not by words: `_kind`.

        The header belongs to the person, not to the page; each of its forms is on some Home.
        """
        tree = lxml.html.fromstring(self.text)
        if self.name != "home":
            for part in list(tree.iter("header")):
                part.clear()
        return frozenset(_kind(one) for one in tree.iter() if isinstance(one.tag, str))

    def faults(self) -> list[str]:
        """Every page has one heading, a title of its own, and headings that skip no level."""
        tree = lxml.html.fromstring(self.text)
        heads = [int(one.tag[1]) for one in tree.iter(*(f"h{level}" for level in range(1, 7)))]
        title = (tree.findtext(".//title") or "").strip()
        found = [f"{heads.count(1)} h1"] if heads.count(1) != 1 else []
        found += [f"h{a} before h{b}" for a, b in pairwise(heads) if b > a + 1]
        return found + (["no title"] if not title or title.startswith("·") else [])


def worth_opening(pages: Iterable[Page]) -> list[Page]:
    """Of each url name those pages that together show every kind of thing that any of them shows,
    beginning with what shows most; the others show nothing that was not looked at."""
    by_name: dict[str, list[tuple[Page, set[tuple[str, ...]]]]] = defaultdict(list)
    for page in pages:
        by_name[page.name].append((page, set(page.shape)))
    return [page for same in by_name.values() for page in _covering(same)]


def _covering(same: list[tuple[Page, set[tuple[str, ...]]]]) -> Iterator[Page]:
    while True:
        page, news = max(same, key=lambda one: len(one[1]))
        if not news:
            return
        yield page
        same = [(other, left - news) for other, left in same]


class Crawl:
    """All that one visitor reaches; `faults` are links that lead to no page of theirs.

    `known`: pages that need no opening, because somebody else did.
    """

    def __init__(
        self,
        world: World,
        visitor: str,
        client: Client,
        known: Iterable[tuple[str, ...]] = (),
    ) -> None:
        self.pages: list[Page] = []
        self.faults: list[str] = []
        self.names: set[str] = set()
        self.visitor, self.client = visitor, client
        self._labels = _labels(world)
        self.known = set(known)

    def run(self, starts: list[str]) -> "Crawl":
        ahead = [(start, "the start") for start in starts]
        while ahead:
            address, seen_on = ahead.pop(0)
            key = self._key(address, seen_on)
            if key is None or key in self.known:
                continue
            self.known.add(key)
            page = self._open(address, seen_on, key)
            ahead += [(link, page.address) for link in links_of(page)] if page else []
        return self

    def _key(self, address: str, seen_on: str) -> tuple[str, ...] | None:
        """One example of each page is enough: by name, and by the state of what it shows."""
        parts = urlsplit(address)
        try:
            match = resolve(parts.path)
        except Resolver404:
            self.faults.append(f"{self.visitor}: {seen_on} leads to {address}, which is nowhere")
            return None
        values = [self._labels.get(str(value), "") for value in match.kwargs.values()]
        pairs = [pair for pair in parse_qsl(parts.query) if _tells(pair)]
        return _name(match), *values, urlencode(pairs)

    def _open(self, address: str, seen_on: str, key: tuple[str, ...]) -> Page | None:
        self.names.add(key[0])
        response = self.client.get(address, follow=True)
        if response.redirect_chain:
            address = response.redirect_chain[-1][0]
            landed = self._key(address, seen_on)
            if landed is None or landed in self.known:
                return None
            self.known.add(landed)
            self.names.add(landed[0])
            key = landed
        if response.status_code != 200:
            said = f"{self.visitor}: {seen_on} leads to {address}, which answers"
            self.faults.append(f"{said} {response.status_code}")
            return None
        page = Page(self.visitor, key[0], " ".join(key[1:]).strip(), address, _text(response))
        if page.text:
            self.faults += [f"{self.visitor}: {address} has {said}" for said in page.faults()]
            self.pages.append(page)
        return page


def _kind(one: Any) -> tuple[str, ...]:
    """Tag, class, role and type, what is said of it to assistive technology, the tag and class that
    it stands in, and whether it has words."""
    above = one.getparent()
    named = sorted(name for name in one.attrib if name.startswith("aria-") or name == "hidden")
    inside = (above.tag, above.get("class", "")) if above is not None else ("", "")
    told = (one.get(name, "") for name in ("class", "role", "type"))
    return one.tag, *told, *named, *inside, str(bool((one.text or "").strip()))


def links_of(page: Page) -> Iterator[str]:
    """Where a person can go from here without writing anything."""
    if not page.text:
        return
    tree = lxml.html.fromstring(page.text)
    found = [link.get("href") for link in tree.iterfind(".//a[@href]")]
    found += [form.get("action") for form in tree.iter("form") if form.method == "GET"]
    for link in filter(None, found):
        address = link.partition("#")[0]
        here = urlsplit(page.address).path
        if address.startswith("?"):
            yield here + address
        elif address.startswith("/") and not address.startswith(("//", "/static/")):
            yield address


def _labels(world: World) -> Mapping[str, str]:
    """What a code in an address stands for."""
    named: dict[str, Any] = {
        str(values["code"]): words for words, values in world.of.items() if "code" in values
    }
    kept = ("tool", "who", "data", "pdf", "document", "signed", "certificate", "agreement")
    return {word: word for word in kept} | {v: k for k, v in world.links.items()} | named


def _tells(pair: tuple[str, str]) -> bool:
    whole, names = TELLS
    return pair in whole or pair[0] in names


def _name(match: Any) -> str:
    return match.view_name or f"/{match.route}"


def _text(response: Any) -> str:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""
