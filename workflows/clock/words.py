"""Dates in words, as people read them beside a deadline."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from workflows.grammar import Unit

UNIT_WORDS = {
    Unit.BUSINESS_DAYS: "business day",
    Unit.CALENDAR_DAYS: "calendar day",
    Unit.HOURS: "hour",
}


def sentence_of(explanation: Mapping[str, Any]) -> str:
    """ "20 business days from Mon, Nov 9, skipping Nov 11 (Veterans Day), Nov 26 and 27"."""
    zone = ZoneInfo(explanation["zone"])
    anchor = datetime.fromisoformat(explanation["anchor"]).astimezone(zone)
    unit, amount = Unit(explanation["unit"]), explanation["amount"]
    said = f"{counted(amount, unit)} from {_weekday(anchor.date())}"
    if unit is Unit.HOURS:
        said += f" at {anchor:%H:%M}"
    off = [(date.fromisoformat(row["day"]), row["why"]) for row in explanation["skipped"]]
    if off:
        said += ", skipping " + _listed(off_words(off, anchor.year))
    still = [_pause_words(pause, zone) for pause in explanation["pauses"]]
    return said + (f"; the clock stood still {_listed(still)}" if still else "")


def counted(amount: int, unit: Unit) -> str:
    """ "9 business days", "1 calendar day"."""
    return f"{amount} {UNIT_WORDS[unit]}{'' if amount == 1 else 's'}"


def away(amount: int, unit: Unit) -> str:
    """ "in 9 business days", or "2 business days late" when the amount is negative."""
    words = counted(abs(amount), unit)
    return f"in {words}" if amount > 0 else f"{words} late"


def unverified(explanation: Mapping[str, Any]) -> bool:
    """Whether a rule set this date that nobody has compared with its statute."""
    return "rule" in explanation and explanation.get("status") != "reviewed"


def people_words(names: Sequence[str], most: int = 3) -> str:
    """ "Sol Reyes or Max Hill": whoever of them comes first; the rest of many are counted."""
    if len(names) < 2:
        return "".join(names)
    if len(names) > most:
        return f"{', '.join(names[:most])} or {len(names) - most} more"
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _pause_words(pause: Mapping[str, Any], zone: ZoneInfo) -> str:
    first, last = (pause[end] and datetime.fromisoformat(pause[end]) for end in ("from", "until"))
    said = f"from {_weekday(first.astimezone(zone).date())}"
    if last:
        said += f" to {_weekday(last.astimezone(zone).date())}"
    return f"{said} ({pause['why']})" if pause.get("why") else said


def _weekday(day: date) -> str:
    return f"{day:%a, %b} {day.day}"


def day_words(day: date) -> str:
    return f"{_weekday(day)}, {day.year}"


def zone_of(layer: str, explanation: Mapping[str, Any], home: str) -> str:
    """Where the day of a date ends: a law's where the law is. An instant is named at home."""
    by_the_hour = explanation.get("unit") == Unit.HOURS
    return home if not layer or by_the_hour else str(explanation.get("zone") or home)


def zone_elsewhere(layer: str, explanation: Mapping[str, Any], home: str) -> str:
    """The same, "" where it is no other zone than the district's."""
    zone = zone_of(layer, explanation, home)
    return "" if zone == home else zone


def day_there(instant: datetime, zone: str, home: str) -> str:
    """ "Sun, Apr 5, 2026 (America/Denver)"; the zone's name only where it is not the district's."""
    said = day_words(instant.astimezone(ZoneInfo(zone)).date())
    return said if zone == home else f"{said} ({zone})"


def off_words(off: Sequence[tuple[date, str]], year: int) -> list[str]:
    """Neighbors off for one reason are named once: "Nov 26 and 27 (Thanksgiving)"."""
    runs: list[tuple[list[date], str]] = []
    for day, why in off:
        # Over a weekend is still next door: Friday and Monday of one winter break.
        if runs and runs[-1][1] == why and (day - runs[-1][0][-1]).days <= 3:
            runs[-1][0].append(day)
        else:
            runs.append(([day], why))
    return [f"{_span(days, year)} ({why})" for days, why in runs]


def _span(days: list[date], year: int) -> str:
    first, last = days[0], days[-1]
    if first == last:
        return _short(first, year)
    joined = "and" if len(days) == 2 else "to"
    end = (
        str(last.day)
        if (first.year, first.month) == (last.year, last.month)
        else _short(last, year)
    )
    return f"{_short(first, year)} {joined} {end}"


def _short(day: date, year: int) -> str:
    return f"{day:%b} {day.day}" + (f", {day.year}" if day.year != year else "")


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
