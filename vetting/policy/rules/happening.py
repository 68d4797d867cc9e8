"""What can be recorded of a case that a law counts from, and in which order it can have been."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from vetting.policy.rules.holding import ASKED, LIFTED
from vetting.policy.rules.packs import ANCHORS
from workflows.clock.words import day_words

# A school year's days are the district's, not a case's.
OF_THE_DISTRICT = frozenset({"school_year_start", "school_year_midpoint"})
EVENTS: Mapping[str, str] = {
    name: words for name, words in ANCHORS.items() if name not in OF_THE_DISTRICT
}
# The first is never after the second. Closed: of what is not here, either may come first.
ORDERS: tuple[tuple[str, str], ...] = (
    ("occurred", "vendor_discovered"),
    ("occurred", "vendor_confirmed"),
    ("occurred", "vendor_determined"),
    ("occurred", "vendor_notice_received"),
    ("occurred", "district_discovered"),
    ("occurred", "district_determined"),
    ("occurred", "unauthorized_use_discovered"),
    ("occurred", "residents_notified"),
    ("occurred", LIFTED),
    (ASKED, LIFTED),
    ("vendor_discovered", "vendor_confirmed"),
    ("vendor_discovered", "vendor_determined"),
    ("vendor_discovered", "vendor_notice_received"),
    ("vendor_confirmed", "vendor_notice_received"),
    ("vendor_determined", "vendor_notice_received"),
    ("district_discovered", "district_determined"),
    ("agreement_executed", "contract_ended"),
)
# Nothing that a law counts from is older; the calendars of the days do not reach back for ever.
FIRST_YEAR = 1970
NO_HOLD = (
    "No hold of law enforcement is recorded: first say among the facts that notices were to wait."
)


def reasons_against(
    event: str,
    at: datetime,
    *,
    known: Mapping[str, datetime],
    now: datetime,
    zone: str,
    on_hold: bool,
) -> list[str]:
    """Why this cannot be recorded, in sentences. What lies before the case began is normal."""
    if event in OF_THE_DISTRICT:
        return ["The days of the school year are the district's: they are set for all cases."]
    if event not in EVENTS:
        return [f"“{event}” is nothing that a law counts from."]
    if at.year < FIRST_YEAR:
        return [f"That lies before {FIRST_YEAR}: look at the year."]
    if at > now:
        return [f"{_told(event, at, zone)} lies in the future: record what has happened."]
    held = [NO_HOLD] if event in (ASKED, LIFTED) and not on_hold else []
    return [*held, *_out_of_order(event, at, known, zone)]


def _out_of_order(
    event: str, at: datetime, known: Mapping[str, datetime], zone: str
) -> Iterator[str]:
    instants = {**known, event: at}
    for first, second in ORDERS:
        if event not in (first, second) or not {first, second} <= instants.keys():
            continue
        if event == ASKED and second == LIFTED:
            continue  # Asked for after a lift is a second hold.
        if instants[first] > instants[second]:
            before, after = (_told(one, instants[one], zone) for one in (first, second))
            after = f"{after[0].lower()}{after[1:]}"
            yield f"{before}, but {after}, which would be earlier: one of the two is wrong."


def _told(event: str, at: datetime, zone: str) -> str:
    """ "The vendor discovered it on Mon, Mar 2, 2026 at 10:00"."""
    local = at.astimezone(ZoneInfo(zone))
    said = ANCHORS[event]
    return f"{said[0].upper()}{said[1:]} on {day_words(local.date())} at {local:%H:%M}"
