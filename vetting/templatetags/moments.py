"""Dates and instants in words, in the time zone that is current (the district's)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone


def _local(moment: datetime, zone: str = "") -> datetime:
    there = ZoneInfo(zone) if zone else None
    return timezone.localtime(moment, there) if timezone.is_aware(moment) else moment


def day(value: date | datetime | None, zone: str = "") -> str:
    """ "Fri, Dec 4"; with the year where it is not this year, and with a `zone` that is not ours:
    a law's day ends where the law is."""
    if value is None:
        return ""
    on = _local(value, zone).date() if isinstance(value, datetime) else value
    year = "" if on.year == timezone.localdate().year else f", {on.year}"
    return f"{on:%a, %b} {on.day}{year}{f' ({zone})' if zone else ''}"


def instant(value: datetime | None, zone: str = "") -> str:
    """ "Fri, Dec 4, 2026, 3:05 PM MST": exact, for titles, certificates and explanations."""
    if value is None:
        return ""
    at = _local(value, zone)
    return f"{at:%a, %b} {at.day}, {at.year}, {at.hour % 12 or 12}:{at:%M %p %Z}".rstrip()


def iso(value: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    if value is None:
        return ""
    return (_local(value) if isinstance(value, datetime) else value).isoformat()


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _span(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 60:
        return _count(minutes, "minute")
    return _count(minutes // 60, "hour") if minutes < 48 * 60 else _count(gap.days, "calendar day")


def ago(value: date | datetime | None) -> str:
    """ "3 calendar days ago", "in 2 hours", "just now"; whole dates read "today", "yesterday"."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return _days_apart((value - timezone.localdate()).days)
    gap = timezone.now() - value
    if abs(gap) < timedelta(minutes=1):
        return "just now"
    return f"{_span(gap)} ago" if gap > timedelta() else f"in {_span(-gap)}"


def _days_apart(days: int) -> str:
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    many = _count(abs(days), "calendar day")
    return f"in {many}" if days > 0 else f"{many} ago"
