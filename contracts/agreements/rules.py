"""Decisions about agreements on plain values; `today` is the district's own day."""

import calendar
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Which roles must approve a document before it goes to the vendor. Two, side by side.
REVIEWING_ROLES = ("legal", "privacy")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reviewer's word on some bytes, as the quorum counts it."""

    role: str
    verdict: str
    sha256: str


def end_of_term(start: date, months: int) -> date:
    """The last day of a term of whole months: 36 months from Jan 15 end on Jan 14."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def reasons_without_quorum(verdicts: Iterable[Verdict], sha256: str) -> list[str]:
    """Which reviewing roles have not approved exactly these bytes."""
    approved = {v.role for v in verdicts if v.verdict == "approved" and v.sha256 == sha256}
    names = {"legal": "legal", "privacy": "the privacy team"}
    return [
        f"The document still needs the approval of {names[role]}."
        for role in REVIEWING_ROLES
        if role not in approved
    ]


def reasons_not_settled(
    *, services: str, frameworks: Sequence[str], elements: int, settled: bool
) -> list[str]:
    """What is missing in Exhibits A (services), B (data) and F (security)."""
    reasons = []
    if not services.strip():
        reasons.append("Exhibit A is empty: say which services the agreement covers.")
    if not elements:
        reasons.append("Exhibit B is empty: the schedule of data names no data element.")
    if not frameworks:
        reasons.append("Exhibit F is empty: name the security framework the vendor works to.")
    if not reasons and not settled:
        reasons.append("The privacy team has not confirmed Exhibits A, B and F yet.")
    return reasons


def schedule_gaps(wanted: Iterable[tuple[str, str]], scheduled: set[tuple[str, str]]) -> list[str]:
    """Data elements that a request asks for and the schedule of data does not hold."""
    return [
        f"{tool}: “{element}” is requested but is not in the schedule of data."
        for tool, element in sorted(set(wanted) - scheduled)
    ]


def is_in_effect(state_is_live: bool, start: date | None, end: date | None, today: date) -> bool:
    """In force also means the dates hold today: nobody waits for the sweep."""
    return state_is_live and start is not None and start <= today and (end is None or today <= end)


def token_hash(token: str) -> str:
    """What is kept of a personal link: SHA-256, so a copy of the database opens no door."""
    return hashlib.sha256(token.encode()).hexdigest()
