"""Dates as an iCalendar file (RFC 5545), and what is kept of the address it is read at."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

LIFE = timedelta(days=400)
PROGRAM = "-//Countersign//Deadlines//EN"
# Calendar programs ask again after this.
PACE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Date:
    """One date. `key` names it for ever, also when it moves; `changed_at`: when it last did."""

    key: str
    at: datetime
    title: str
    words: str
    url: str
    changed_at: datetime


def token_hash(token: str) -> str:
    """A copy of the database opens no calendar."""
    return hashlib.sha256(token.encode()).hexdigest()


def etag_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def calendar_file(name: str, dates: Iterable[Date]) -> bytes:
    """The same dates give the same bytes, so whoever asks again is told that nothing changed."""
    calendar = Calendar()
    calendar.add("prodid", PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", PACE, parameters={"VALUE": "DURATION"})
    for one in sorted(dates, key=lambda date: (date.at, date.key)):
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(one: Date) -> Event:
    """An instant, so without an end; nobody is busy because something is due."""
    event = Event()
    event.add("uid", one.key)
    event.add("dtstart", one.at.astimezone(UTC))
    event.add("dtstamp", one.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", one.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", one.title)
    event.add("description", f"{one.words}\n{one.url}".strip())
    event.add("url", one.url)
    event.add("transp", "TRANSPARENT")
    return event
