"""What the header offers. Rooms register their entry from ready(); a page that is not mounted is
never offered, so the navigation shows only what exists."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from vetting.pages import Link
from workflows.actors import Actor, Role

MOST = 6


@dataclass(frozen=True, slots=True)
class NavEntry:
    """`roles` None means everybody signed in; the lowest `order` stands first."""

    label: str
    url_name: str
    roles: frozenset[Role] | None = None
    order: int = 50


@dataclass(frozen=True, slots=True)
class Strip:
    """The quiet line under the header when something is overdue for this person."""

    sentence: str
    url: str = ""
    link: str = "Show me"


StripProvider = Callable[[HttpRequest], Strip | None]

_entries: dict[str, NavEntry] = {}
_person_links: dict[str, NavEntry] = {}
_strip_providers: list[StripProvider] = []


def register(entry: NavEntry) -> None:
    _entries[entry.url_name] = entry


def register_person_link(entry: NavEntry) -> None:
    """A line in the person's own menu (Settings, Change password)."""
    _person_links[entry.url_name] = entry


def register_strip(provider: StripProvider) -> StripProvider:
    """It runs on every page of every signed-in person: cheap where there is nothing to say."""
    if provider not in _strip_providers:
        _strip_providers.append(provider)
    return provider


def url_of(name: str) -> str:
    """The address of a page, or nothing while its room is not mounted."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _offered(entries: dict[str, NavEntry], actor: Actor) -> list[tuple[NavEntry, str]]:
    allowed = [e for e in entries.values() if e.roles is None or actor.has(*e.roles)]
    ordered = sorted(allowed, key=lambda entry: (entry.order, entry.label))
    return [(entry, url) for entry in ordered if (url := url_of(entry.url_name))]


def _current(urls: list[str], path: str) -> str:
    """The entry whose address begins this page's; the longest wins, so "/" is only itself."""
    inside = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(inside, key=len, default="")


def entries_for(actor: Actor, path: str) -> list[Link]:
    offered = _offered(_entries, actor)[:MOST]
    here = _current([url for _, url in offered], path)
    return [Link(entry.label, url, current=url == here) for entry, url in offered]


def person_links_for(actor: Actor) -> list[Link]:
    return [Link(entry.label, url) for entry, url in _offered(_person_links, actor)]


def strip_for(request: HttpRequest) -> Strip | None:
    return next((strip for provider in _strip_providers if (strip := provider(request))), None)
