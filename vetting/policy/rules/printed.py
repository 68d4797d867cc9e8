"""A date's explanation for a terminal: sentences, and the days as a table of fixed width."""

from collections.abc import Iterator
from datetime import date, datetime
from string import ascii_lowercase

from vetting.policy.rules.explanation import STANDS, Explanation, Happened, brief, exact
from workflows.clock.explaining import Cell, Mark, Reckoning, months_of, weeks_of
from workflows.clock.rules import local_day
from workflows.clock.words import day_words, off_words
from workflows.grammar import Unit

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WIDE = 9
LONG = 14  # weeks; a longer count is shown by its months


def printed(one: Explanation) -> Iterator[str]:
    head = f"{one.label} ({one.kind})"
    yield head
    yield "=" * len(head)
    yield f"{_due(one)} {one.whose}."
    if one.ended:
        yield f"Ended: {one.ended}"
    yield from rule_lines(one)
    yield f"From: {happened(one.anchor, one.reckoning.zone)}"
    for other in one.others:
        yield f"Also: {happened(other, one.reckoning.zone)}; it came later, so it does not count."
    if one.span:
        yield f"Counts: {one.span}{calendar_words(one)}"
    yield f"Sum: {one.sum}"
    yield from _table(one.reckoning)
    yield from skipped_lines(one.reckoning)
    yield from stop_lines(one)
    yield from _rungs(one)
    for moved in history_lines(one):
        yield f"Before: {moved}"
    yield ""


def _due(one: Explanation) -> str:
    if one.closed_at:
        by = f" by {one.closed_by}" if one.closed_by else ""
        when = exact(one.closed_at, one.reckoning.zone)
        return f"Was due {one.due_words}; {one.standing}{by} on {when}."
    if one.standing != "open":
        return f"The clock stands still; before, it was due {one.due_words}."
    return f"Due {one.due_words}."


def rule_lines(one: Explanation) -> Iterator[str]:
    law = one.law
    if law is None:
        return
    yield f"Rule: {law.citation}, {law.rule}{f', {law.address}' if law.address else ''}"
    if law.otherwise:
        yield f"Otherwise: {law.otherwise}"
    digest = f", text {law.digest}" if law.digest else ""
    yield f"Pack: {law.pack} {law.version}{digest}"
    if one.caution:
        yield f"Caution: {one.caution}."
    if law.missing:
        yield f"Counted to be safe; not answered yet: {' '.join(law.questions)}"


def happened(one: Happened, zone: str) -> str:
    said = f"{one.what}, {exact(one.at, zone)}"
    if one.recorded_at and not one.entry:
        who = f" by {one.by}" if one.by else ""
        said += f"; recorded{who} on {day_words(local_day(one.recorded_at, zone))}"
    return said + (f"; source: {one.source}" if one.source else "")


def calendar_words(one: Explanation) -> str:
    if one.reckoning.unit is not Unit.BUSINESS_DAYS:
        return ""
    if one.law:
        state = one.reckoning.calendar.partition(",")[0].removeprefix("legal ")
        whose = "the federal holidays" if state == "US" else f"the public holidays of {state}"
        said = f"weekends and {whose} do not count; days on which only the district is closed do"
        return f" of the law ({said})"
    closures = one.reckoning.calendar
    own = f", nor do its closures (version {closures})" if closures else ""
    return f" of the district (weekends and public holidays do not count{own})"


def skipped_lines(one: Reckoning) -> Iterator[str]:
    """The days that did not count, in words: weekends in runs, holidays by name."""
    runs = one.skipped()
    weekends = [run for run in runs if run.why == "weekend"]
    if weekends:
        days = sum(run.days for run in weekends)
        spans = ", ".join(_span(run.first, run.last) for run in weekends)
        yield f"Weekends ({days} {'day' if days == 1 else 'days'}): {spans}"
    off = [
        (day.day, day.why) for day in one.days if day.why and day.mark in (Mark.CLOSED, Mark.PAUSED)
    ]
    for words in off_words(off, one.first_day.year):
        yield f"Closed: {words}"


def _span(first: date, last: date) -> str:
    one, other = (f"{day:%b} {day.day}" for day in (first, last))
    return one if one == other else f"{one} to {other}"


def stop_lines(one: Explanation) -> Iterator[str]:
    zone = one.reckoning.zone
    for stop in one.stops:
        start = brief(stop.pause.start, zone)
        end = f"to {brief(stop.pause.end, zone)}" if stop.pause.end else "and still does"
        why = f", {stop.why}" if stop.why else ""
        given = stop.not_counted
        back = "" if given is None else f": {given} {'day' if given == 1 else 'days'} not counted"
        yield f"Stood still from {start} {end}{why}{back}"


def _rungs(one: Explanation) -> Iterator[str]:
    for rung in one.ladder:
        when, became = brief(rung.at, one.reckoning.zone), fate(one, rung.said, rung.fired)
        yield f"Told: {rung.what}, {when} ({became})"


def fate(one: Explanation, said: datetime | None, fired: bool) -> str:
    """What became of one rung."""
    if said:
        return f"sent {day_words(local_day(said, one.reckoning.zone))}"
    if fired:
        return "its time has passed"
    if one.standing == STANDS:
        return "moves with the date"
    return "to come" if one.is_open else "not needed"


def history_lines(one: Explanation) -> Iterator[str]:
    for moved in one.history:
        by = f" by {moved.by}" if moved.by else ""
        when = day_words(local_day(moved.at, one.reckoning.zone))
        was, now = (ledger_words(end, one.reckoning.zone) for end in (moved.was, moved.now))
        yield f"{was} became {now} on {when}{by}, because {moved.why}"


def ledger_words(written: str, zone: str) -> str:
    """A date as the ledger has it: a day, or an instant where hours are counted."""
    if len(written) == len("2026-11-22"):
        return day_words(date.fromisoformat(written))
    return brief(datetime.fromisoformat(written), zone)


def _table(one: Reckoning) -> Iterator[str]:
    if not one.days:
        return
    weeks = weeks_of(one)
    if len(weeks) > LONG:
        yield from _months(one)
        return
    notes = notes_of(one)
    drawn = [(week[0].day, [cell_text(cell, one, notes) for cell in week]) for week in weeks]
    wide = max(WIDE, *(len(text) + 1 for _, texts in drawn for text in texts))
    yield " " * WIDE + "".join(name.ljust(wide) for name in DAYS).rstrip()
    for monday, texts in drawn:
        cells = "".join(text.ljust(wide) for text in texts)
        yield f"{monday:%b} {monday.day}".ljust(WIDE) + cells.rstrip()
    yield from legend(one, notes)


def notes_of(one: Reckoning) -> dict[str, str]:
    """A letter for each name of a closed day."""
    names = dict.fromkeys(day.why for day in one.days if day.mark is Mark.CLOSED)
    letters = [*ascii_lowercase, *(f"{a}{b}" for a in ascii_lowercase for b in ascii_lowercase)]
    return dict(zip(names, letters, strict=False))


def cell_text(cell: Cell, one: Reckoning, notes: dict[str, str]) -> str:
    """ "10 (20)!": the day of the month, the how manieth it is, and that it is due."""
    known, number = cell.known, str(cell.day.day)
    end = "!" if cell.due else ""
    if cell.starts and (known is None or not known.seconds):
        return f"{number} start{end}"
    if known is None:
        return f"{number}{end}" if end else ""
    marks = {Mark.WEEKEND: "-", Mark.PAUSED: "=", Mark.NEXT: "next"}
    if known.mark in marks:
        return f"{number} {marks[known.mark]}{end}"
    if known.mark is Mark.CLOSED:
        return f"{number} {notes[known.why]}{end}"
    said = f"{hours(known.seconds)}" if one.unit is Unit.HOURS else f"({known.number})"
    return f"{number} {said}{end}"


def hours(seconds: int) -> str:
    """ "7:30"; with the seconds where there are some, so that the sum comes out."""
    rest = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}{rest}"


def legend(one: Reckoning, notes: dict[str, str]) -> Iterator[str]:
    counted = "hours:minutes that passed" if one.unit is Unit.HOURS else "(1) counted, the first"
    marks = {day.mark for day in one.days}
    said = [f"{counted}", "! due"] if not one.stands_still else [counted]
    said += ["- weekend"] if Mark.WEEKEND in marks else []
    said += ["= the clock stood still"] if Mark.PAUSED in marks else []
    said += ["next: the next business day"] if Mark.NEXT in marks else []
    yield "; ".join([*said, *(f"{letter} {name}" for name, letter in notes.items())])


def _months(one: Reckoning) -> Iterator[str]:
    yield "Month".ljust(12) + "counted".rjust(9) + "so far".rjust(9)
    for month in months_of(one):
        name = f"{month.first:%b} {month.first.year}"
        yield name.ljust(12) + str(month.counted).rjust(9) + str(month.sum).rjust(9)
