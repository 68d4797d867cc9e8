"""The times during which notices were held back for law enforcement, from what was recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

ASKED, LIFTED = "hold_asked", "hold_lifted"
# Where nobody recorded the day of the request (an earlier release kept it in a note), or took it
# back: the hold counts for every date, so that none is called late because a day is missing.
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spell:
    """One hold; `lifted` None: it lasts."""

    asked: datetime = UNKNOWN
    lifted: datetime | None = None


def spells(told: Iterable[tuple[str, datetime | None]]) -> tuple[Spell, ...]:
    """One after the other, the present one last; there is always one.

    `told`: what was recorded, in that order; None takes back. Asked for after the lift is a second
    hold; asked for before it is a correction of the first.
    """
    found = [Spell()]
    for event, at in told:
        if event == ASKED:
            _asked(found, at)
        elif event == LIFTED:
            _lifted(found, at)
    return tuple(found)


def _asked(found: list[Spell], at: datetime | None) -> None:
    last = found[-1]
    if at and last.lifted and at > last.lifted:
        found.append(Spell(at))
        return
    found[-1] = Spell(at or UNKNOWN, last.lifted)
    while len(found) > 1 and (earlier := found[-2]).lifted and found[-1].asked <= earlier.lifted:
        asked = min(earlier.asked, found[-1].asked)
        found[-2:] = [Spell(asked, found[-1].lifted or earlier.lifted)]


def _lifted(found: list[Spell], at: datetime | None) -> None:
    """Taking back the lift before a second hold makes the two one."""
    last = found[-1]
    if at is None and last.lifted is None and len(found) > 1:
        found.pop()
        last = found[-1]
    found[-1] = Spell(last.asked, at)
