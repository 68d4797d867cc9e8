"""When a message is tried again, on plain values."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

# What the stored text of a mail shows in the place of a personal link.
LINK = "[personal link]"

LONGEST_WAIT = timedelta(hours=1)
# With the waits below, a mail server may be away for a night before a message is given up.
MOST_ATTEMPTS = 20
# Work that ends its worker this often is given up: fewer than the supervisor bears in a minute.
MOST_DEATHS = 3


def wait_after(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, an hour at most."""
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(attempts, 12)))


def message_id(dedupe_key: str, domain: str) -> str:
    """The same for every attempt, so that a mailbox can tell a repeat from a second message."""
    return f"<{hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]}@{domain}>"


def placed(text: str, marker: str) -> tuple[str, list[int]]:
    """The text to keep, and where in it a link is promised.

    People can type the words of `LINK`, so a place counts and not the words.
    """
    pieces, places, length = text.split(marker), [], 0
    for piece in pieces[:-1]:
        places.append(length + len(piece))
        length += len(piece) + len(LINK)
    return LINK.join(pieces), places


def filled(text: str, places: Sequence[int], address: str) -> str:
    for at in sorted(places, reverse=True):
        text = text[:at] + address + text[at + len(LINK) :]
    return text
