"""A school calendar's file (RFC 5545), read with little trust: only which whole days it names.

What it costs is bounded before anything parses it: the size, the lines, the events, the forms of
what recurs, and the processor time of all of them together.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import recurring_ical_events
from icalendar import Calendar

from vetting.agenda.rules.closures import LONGEST, Span, joined

LARGEST = 1024 * 1024
MOST_LINES = 60_000
MOST_EVENTS = 3_000
# Before days in a row are joined, and after.
MOST_FOUND, MOST_SPANS = 20_000, 500
MOST_SECONDS = 2.0
# A name as long as a closure's.
NAME = 80
LONG_LINE = 40_000
_NAMES = "UID DTSTART DTEND DURATION SUMMARY RRULE RDATE EXDATE RECURRENCE-ID SEQUENCE STATUS"
SAY_WHICH_DAYS = frozenset(_NAMES.split())
WHOLE_DAY = re.compile(r"DTSTART[^:]*:\d{8}\s*\Z", re.IGNORECASE)
FOLD = re.compile(r"\r?\n[ \t]")
# Of each frequency what school calendars use. A part in another place can mean a rule that matches
# no day at all, which is then looked for until the year 9999.
PARTS = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}),
}
ALWAYS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
TOO_MANY = (
    f"The file names more than {MOST_SPANS} times of whole days from now on: export the calendar "
    "of the days without school alone."
)
BACKWARD = "it ends before it begins"
TOO_INTRICATE = "it comes back by a rule that is not read here: add its days by hand"


class Unreadable(ValueError):
    """One sentence for whoever uploaded it; nothing of the file is used."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`why` reads after the name and a colon."""

    name: str
    why: str


@dataclass(slots=True)
class Read:
    """`timed`: events with hours, which are no days without work."""

    spans: list[Span] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    timed: int = 0


def read_calendar(data: bytes, first: date, last: date) -> Read:
    """The whole days between two days that the file names. Raises Unreadable."""
    read = Read()
    series: dict[str, list[list[str]]] = {}
    for number, event in enumerate(_events(_lines(_text(data)))):
        if not any(WHOLE_DAY.match(line) for line in event):
            read.timed += 1
        elif "STATUS:CANCELLED" not in (line.upper() for line in event):
            series.setdefault(_value("UID", event) or str(number), []).append(event)
    if sum(len(events) for events in series.values()) > MOST_EVENTS:
        raise Unreadable(f"The file names more than {MOST_EVENTS:,} days: export one school year.")
    began = time.thread_time()
    for events in series.values():
        if time.thread_time() - began > MOST_SECONDS:
            raise Unreadable("The file takes too long to work out: export one school year.")
        _take(events, first, last, read)
        if len(read.spans) > MOST_FOUND:
            raise Unreadable(TOO_MANY)
    read.spans = joined(read.spans)
    if len(read.spans) > MOST_SPANS:
        raise Unreadable(TOO_MANY)
    return read


def _text(data: bytes) -> str:
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > LARGEST:
        raise Unreadable("The file is larger than 1 MB: export one school year.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    start = text.lstrip()[:200].upper()
    if start.startswith(("<!DOCTYPE", "<HTML")):
        raise Unreadable("This is a web page. Download the calendar file itself; it ends in .ics.")
    if not start.startswith("BEGIN:VCALENDAR") or "\0" in text:
        raise Unreadable("This is no calendar file. One begins with BEGIN:VCALENDAR.")
    if "END:VCALENDAR" not in text[-2000:].upper():
        raise Unreadable("The file ends in the middle: download it again.")
    return text


def _lines(text: str) -> list[str]:
    lines = [line.rstrip("\r") for line in FOLD.sub("", text).split("\n")]
    if len(lines) > MOST_LINES:
        raise Unreadable("The file has too many lines: export one school year.")
    return lines


def _events(lines: Iterable[str]) -> Iterator[list[str]]:
    """Of each event, and of nothing inside or beside it, the lines that say which days."""
    inside: list[str] = []
    event: list[str] = []
    for line in lines:
        head = line[:40].strip().upper()
        if head.startswith("BEGIN:"):
            inside.append(head[6:])
            event = [] if inside == ["VCALENDAR", "VEVENT"] else event
        elif head.startswith("END:"):
            if inside == ["VCALENDAR", "VEVENT"] and head == "END:VEVENT":
                yield event
            inside = inside[:-1]
        elif inside == ["VCALENDAR", "VEVENT"] and _name_of(line) in SAY_WHICH_DAYS:
            event.append(line[:LONG_LINE])


def _name_of(line: str) -> str:
    return re.split("[;:]", line[:40], maxsplit=1)[0].upper()


def _value(name: str, event: Iterable[str]) -> str:
    found = next((line for line in event if _name_of(line) == name), "")
    return found.partition(":")[2].strip()


def _take(events: Sequence[list[str]], first: date, last: date, read: Read) -> None:
    """All events of one identifier: what recurs, and its exceptions."""
    name = _called(events[0])
    rules = [line for event in events for line in event if _name_of(line) == "RRULE"]
    if not all(_is_plain(rule.partition(":")[2]) for rule in rules) or len(rules) > 1:
        read.left_out.append(LeftOut(name, TOO_INTRICATE))
        return
    if any(_value("DTEND", one)[:8] < _value("DTSTART", one)[:8] for one in events if _ends(one)):
        read.left_out.append(LeftOut(name, BACKWARD))
        return
    try:
        found = _spans(events, first, last)
    # Whatever the libraries raise of a stranger's file: one event is named, the others are read.
    except Exception:
        read.left_out.append(LeftOut(name, "its days cannot be read: add them by hand"))
        return
    for span in found:
        if (span.last - span.first).days >= LONGEST:
            read.left_out.append(LeftOut(span.name, f"it has more than {LONGEST} days"))
        else:
            read.spans.append(span)


def _ends(event: Iterable[str]) -> bool:
    return any(_name_of(line) == "DTEND" for line in event)


def _called(event: Sequence[str]) -> str:
    said = _value("SUMMARY", event)
    for written, meant in (("\\n", " "), ("\\N", " "), ("\\,", ","), ("\\;", ";")):
        said = said.replace(written, meant)
    return _named(said)


def _named(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:NAME].strip() or "Without a name"


def _is_plain(rule: str) -> bool:
    """A rule that is sure to find a day soon, or to end."""
    parts = dict(part.partition("=")[::2] for part in rule.strip().upper().split(";") if part)
    allowed = PARTS.get(parts.get("FREQ", ""))
    if allowed is None or set(parts) - allowed - ALWAYS:
        return False
    if parts["FREQ"] == "DAILY" and {"BYDAY", "INTERVAL"} <= set(parts):
        return False
    every = parts.get("INTERVAL", "1")
    return every.isascii() and every.isdigit() and 1 <= int(every[:6]) <= 100


def _spans(events: Iterable[list[str]], first: date, last: date) -> list[Span]:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Countersign//Reading//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    calendar = Calendar.from_ical("\r\n".join([*lines, "END:VCALENDAR", ""]))
    found = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return [_span(one.start, one.end, str(one.get("SUMMARY", "")), first, last) for one in found]


def _span(start: date, end: date, name: str, first: date, last: date) -> Span:
    """The end is the first day after it; without one, and where it is the same day, it is one day.
    What reaches beyond the days asked for is cut there."""
    final = end - timedelta(days=1) if end != start else start
    return Span(_named(name), max(start, first), min(final, last))
