"""The demo's own mailbox, read from its files; never from the outbox, which holds no link."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe

# A mail keeps the address of the day it was sent; the demo may listen on another port by now.
OURS = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?=/|\s|$)")

PERSONAL = b"/vendor/"


@dataclass(frozen=True, slots=True)
class Head:
    """`name` is the file's, without its ending; `has_link`: somebody acts by following it."""

    name: str
    to: str
    subject: str
    sent_at: datetime | None
    has_link: bool


@dataclass(frozen=True, slots=True)
class Mail:
    head: Head
    text: str


def heads(folder: Path) -> list[Head]:
    """Every mail, the newest first."""
    parser = BytesHeaderParser(policy=policy.default)
    return [_head(path.stem, parser.parsebytes(raw), raw) for path, raw in _read(folder)]


def _read(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in _files(folder):
        yield path, path.read_bytes()


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.eml"), reverse=True)


def mail_named(folder: Path, name: str) -> Mail | None:
    """One mail; None for a name that no file of the folder has."""
    path = next((path for path in _files(folder) if path.stem == name), None)
    if path is None:
        return None
    raw = path.read_bytes()
    message = BytesParser(policy=policy.default).parsebytes(raw)
    part = message.get_body(preferencelist=("plain",))
    return Mail(_head(name, message, raw), str(part.get_content()) if part else "")


def _head(name: str, message: EmailMessage, raw: bytes) -> Head:
    sent = message.get("Date")
    return Head(
        name=name,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        sent_at=_instant(sent) if sent else None,
        has_link=PERSONAL in raw,
    )


def _instant(date: str) -> datetime:
    """Without a zone (as "-0000" says) it is Universal Time."""
    said = parsedate_to_datetime(date)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def with_links(text: str, here: str) -> SafeString:
    """The words as HTML; addresses of this installation lead to where it is `here` and now."""
    return mark_safe(urlize(OURS.sub(here.rstrip("/"), text), autoescape=True))  # noqa: S308  escaped
