"""The crawl of the whole world, made once for all workers: its pages, whose visits they were, and
the rows, so that any worker can go on with these visits."""

import os
import pickle
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from pytest_django import Settings

from tests import photograph
from tests.emptying import tables_with_rows
from tests.factories import world
from tests.journeys.crawling import Page, worth_opening
from tests.journeys.visits import crawls

# What differs between workers: where the files lie, and what the sessions are signed with.
PLACES = ("VAULT_DIR", "KEY_DIR", "SECRET_KEY")


@dataclass(frozen=True, slots=True)
class Crawled:
    """`sessions`: by visitor the key of the cookie, for those who have one; `opened`: the pages
    that Chromium opens, in the order in which they were found."""

    pages: list[Page]
    opened: list[Page]
    faults: list[str]
    names: set[str]
    sessions: dict[str, str]
    places: dict[str, object]
    rows: photograph.Photograph

    def lay_down(self, settings: Settings) -> None:
        """The world as the crawl left it; where this very test has made it, it stands already."""
        for place, value in self.places.items():
            setattr(settings, place, value)
        if not tables_with_rows(connection):
            photograph.lay_down(connection, self.rows)


@cache
def crawled() -> Crawled:
    """Whoever comes first makes it, on an empty database, and the others wait."""
    folder = Path(os.environ["COUNTERSIGN_TEST_DATA"])
    kept = folder / "crawled.pickle"
    with (folder / "crawled.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not kept.exists():
            made = pickle.dumps(_made())
            kept.write_bytes(made)
    return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # noqa: S301  # our own


def _made() -> Crawled:
    done = list(crawls(world.build()))
    pages = [page for crawl in done for page in crawl.pages]
    worth = set(worth_opening(pages))
    keys = {crawl.visitor: crawl.client.cookies.get(settings.SESSION_COOKIE_NAME) for crawl in done}
    return Crawled(
        pages=pages,
        opened=[page for page in pages if page in worth],
        faults=[fault for crawl in done for fault in crawl.faults],
        names={name for crawl in done for name in crawl.names},
        sessions={visitor: key.value for visitor, key in keys.items() if key},
        places={place: getattr(settings, place) for place in PLACES},
        rows=photograph.take(connection),
    )
