"""Which whole days a calendar file names; and that no file, however bad, does harm."""

import time
from datetime import date

import pytest

from vetting.agenda.reading import LARGEST, Read, Unreadable, read_calendar
from vetting.agenda.rules.closures import Span, chosen_days, is_closure, joined, offered

FIRST, LAST = date(2026, 8, 25), date(2031, 12, 31)
BREAK = "DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:Winter break"


def file(*events: str, head: str = "VERSION:2.0\r\nPRODID:-//A school//EN\r\n") -> bytes:
    whole = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\n{head}{whole}END:VCALENDAR\r\n".encode()


def read(*events: str) -> Read:
    return read_calendar(file(*events), FIRST, LAST)


def spans(*events: str) -> list[tuple[str, date, date]]:
    return [(one.name, one.first, one.last) for one in read(*events).spans]


def test_the_end_of_several_days_is_the_day_before_dtend() -> None:
    assert spans(BREAK) == [("Winter break", date(2026, 12, 21), date(2027, 1, 1))]


@pytest.mark.parametrize(
    "end", ["", "\r\nDTEND;VALUE=DATE:20261127", "\r\nDTEND;VALUE=DATE:20261128"]
)
def test_without_an_end_and_with_the_same_day_it_is_one_day(end: str) -> None:
    one = f"DTSTART;VALUE=DATE:20261127{end}\r\nSUMMARY:No school"
    assert spans(one) == [("No school", date(2026, 11, 27), date(2026, 11, 27))]


def test_a_duration_and_a_plain_date_are_read_too() -> None:
    week = "DTSTART:20270322\r\nDURATION:P1W\r\nSUMMARY:Spring break"
    assert spans(week) == [("Spring break", date(2027, 3, 22), date(2027, 3, 28))]


def test_events_with_hours_and_cancelled_ones_are_not_listed() -> None:
    found = read(
        "DTSTART:20261127T150000Z\r\nDTEND:20261127T160000Z\r\nSUMMARY:Board",
        "DTSTART;TZID=America/Denver:20261127T150000\r\nSUMMARY:Game",
        BREAK + "\r\nSTATUS:CANCELLED",
    )
    assert (found.spans, found.timed) == ([], 2)


def test_what_recurs_is_found_as_far_as_a_calendar_reaches() -> None:
    monday = (
        "UID:m\r\nDTSTART;VALUE=DATE:20260907\r\nSUMMARY:Late Monday\r\nRRULE:FREQ=WEEKLY;COUNT=4"
    )
    skipped = monday + "\r\nEXDATE;VALUE=DATE:20260914"
    assert [first.day for _, first, _ in spans(skipped)] == [7, 21, 28]
    yearly = "DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"
    assert [first for _, first, _ in spans(yearly)] == [
        date(2026, 11, 26), date(2027, 11, 25), date(2028, 11, 23),
        date(2029, 11, 22), date(2030, 11, 28), date(2031, 11, 27),
    ]  # fmt: skip


def test_an_exception_to_what_recurs_takes_its_place() -> None:
    series = (
        "UID:s\r\nDTSTART;VALUE=DATE:20260907\r\nSUMMARY:Staff day\r\nRRULE:FREQ=WEEKLY;COUNT=2"
    )
    moved = (
        "UID:s\r\nRECURRENCE-ID;VALUE=DATE:20260914\r\nDTSTART;VALUE=DATE:20260916\r\n"
        "SUMMARY:Staff day, moved"
    )
    assert spans(series, moved) == [
        ("Staff day", date(2026, 9, 7), date(2026, 9, 7)),
        ("Staff day, moved", date(2026, 9, 16), date(2026, 9, 16)),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=YEARLY;BYYEARDAY=366",
        "FREQ=YEARLY;BYWEEKNO=53;BYHOUR=1;BYMINUTE=1;BYSECOND=1",
        "FREQ=WEEKLY\r\nRRULE:FREQ=DAILY",
        "FREQ=FORTNIGHTLY",
        "",
    ],
)
def test_a_rule_that_is_not_sure_to_end_is_refused_by_name(rule: str) -> None:
    found = read(f"DTSTART;VALUE=DATE:20260907\r\nSUMMARY:Odd\r\nRRULE:{rule}", BREAK)
    assert [one.name for one in found.spans] == ["Winter break"]
    (left,) = found.left_out
    assert (left.name, "by hand" in left.why) == ("Odd", True)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20261301\r\nSUMMARY:Odd",
        "DTSTART;VALUE=DATE:20261120\r\nDTEND;VALUE=DATE:20261110\r\nSUMMARY:Odd",
        "DTSTART;VALUE=DATE:20261120\r\nDURATION:P99999999999D\r\nSUMMARY:Odd",
        "DTSTART;VALUE=DATE:20261120\r\nDTEND:20261121T100000Z\r\nSUMMARY:Odd",
        "DTSTART;VALUE=DATE:20261120\r\nDTEND;VALUE=DATE:20270501\r\nSUMMARY:Odd",
        "DTSTART;VALUE=DATE:20261120\r\nRRULE:FREQ=YEARLY;UNTIL=never\r\nSUMMARY:Odd",
    ],
)
def test_an_event_that_makes_no_sense_is_left_out_by_name(event: str) -> None:
    found = read(event, BREAK)
    assert [one.name for one in found.spans] == ["Winter break"]
    assert [one.name for one in found.left_out] == ["Odd"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"<!DOCTYPE html><html>", "This is a web page."),
        (b"\n<html><body>Sign in</body></html>", "This is a web page."),
        (b"%PDF-1.7 ...", "This is no calendar file."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is no calendar file."),
        (b"PK\x03\x04", "This is no calendar file."),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR".encode("utf-16"), "This is no calendar file."),
        (b"BEGIN:VCALENDAR\r\nX:\0\r\nEND:VCALENDAR\r\n", "This is no calendar file."),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "The file ends in the middle"),
        (file() + b"x" * LARGEST, "The file is larger than 1 MB"),
        (file(*["A:1"] * 1, head="X:1\r\n" * 60_000), "The file has too many lines"),
        (file(*[f"DTSTART:20261120\r\nUID:{n}" for n in range(3_001)]), "more than 3,000 days"),
    ],
)
def test_what_is_no_calendar_is_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_calendar(data, FIRST, LAST)


def test_an_empty_calendar_has_no_days_and_no_fault() -> None:
    assert read_calendar(file(), FIRST, LAST) == Read()


BOMBS = {
    "every day for ever, often": [
        f"UID:{n}\r\nDTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:{n}"
        for n in range(900)
    ],
    "days that never come": [
        f"UID:{n}\r\nDTSTART;VALUE=DATE:20260901\r\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300"
        for n in range(900)
    ],
    "since the year one": [
        f"UID:{n}\r\nDTSTART;VALUE=DATE:00010101\r\nRRULE:FREQ=WEEKLY" for n in range(900)
    ],
    "a long list of days": [
        "UID:1\r\nDTSTART;VALUE=DATE:20261221\r\nRDATE;VALUE=DATE:"
        + ",".join(["20270101"] * 99_000)
    ],
    "one inside the other": ["BEGIN:VEVENT\r\n" * 29_000],
    "one long name": ["DTSTART;VALUE=DATE:20261221\r\nSUMMARY:" + "\\," * 400_000],
}


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda name: name.replace(" ", "-"))
def test_a_bomb_costs_seconds_at_most(bomb: str) -> None:
    began = time.thread_time()
    try:
        found = read(*BOMBS[bomb])
    except Unreadable:
        found = Read()
    assert time.thread_time() - began < 6
    assert len(found.spans) <= 1


def test_words_of_a_name_are_plain() -> None:
    odd = "DTSTART:20261127\r\nSUMMARY:  Fall\\nbreak\\, day\x07 1 " + "x" * 200
    ((name, _, _),) = spans(odd)
    assert name.startswith("Fall break, day 1 xx")
    assert len(name) == 80


def test_a_folded_line_and_another_encoding_are_read() -> None:
    folded = file("DTSTART:20261127\r\nSUMMARY:Día\r\n  sin clases").decode()
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        found = read_calendar(folded.encode(encoding), FIRST, LAST)
        assert [one.name for one in found.spans] == ["Día sin clases"]


@pytest.mark.parametrize(
    "name",
    [
        "No school", "NO SCHOOL - Fall Break", "Holiday", "Winter Break (schools closed)",
        "Staff Day", "Teacher Work Day", "In-Service: no students", "Winter recess",
        "Presidents' Day", "Professional Development Day", "Non-student day", "Labor Day",
    ],
)  # fmt: skip
def test_what_sounds_like_a_closure_is_ticked(name: str) -> None:
    assert is_closure(name)


@pytest.mark.parametrize(
    "name",
    [
        "Holiday concert", "Classes resume after winter break", "Early release before Fall Break",
        "First day of school", "Board meeting", "Spring break camp registration", "Picture day",
        "Closed captioning workshop", "Breakfast with the principal", "Progress reports",
    ],
)  # fmt: skip
def test_what_does_not_is_left_to_the_reader(name: str) -> None:
    assert not is_closure(name)


def test_days_closed_already_are_not_offered_again() -> None:
    fall = Span("Fall break", date(2026, 11, 23), date(2026, 11, 27))
    friday = Span("No school", date(2026, 11, 27), date(2026, 11, 27))
    weekend = Span("Holiday", date(2026, 11, 28), date(2026, 11, 29))
    own = {date(2026, 11, 26), date(2026, 11, 27)}
    off = dict.fromkeys(own, "Thanksgiving")
    broken, known, sunday = offered([fall, friday, weekend], off, own)
    assert [day.day for day in broken.new] == [23, 24, 25]
    assert (broken.likely, known.new, known.likely, sunday.new) == (True, (), False, ())


def test_a_day_of_two_events_is_closed_once() -> None:
    both = offered(
        [
            Span("Fall break", date(2026, 11, 23), date(2026, 11, 24)),
            Span("No school", date(2026, 11, 24), date(2026, 11, 24)),
        ],
        {},
        set(),
    )
    assert chosen_days(both) == {
        date(2026, 11, 23): "Fall break",
        date(2026, 11, 24): "Fall break",
    }


def test_days_in_a_row_under_one_name_are_one_span_of_a_hundred_days_at_most() -> None:
    days = [
        Span("Break", date.fromordinal(n), date.fromordinal(n)) for n in range(740_000, 740_150)
    ]
    assert [len(one.days()) for one in joined(days)] == [100, 50]
