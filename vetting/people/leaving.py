"""What waits for one person by name: rooms to the right of people say so for themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from vetting.people.models import Membership

# A room names no more of a kind than people settle in one sitting.
MOST = 25


class Waits(NamedTuple):
    """What it is and what to do before or after this person's access ends; `url`: where."""

    words: str
    url: str = ""


Waiting = Callable[[Membership], list[Waits]]
Ending = Callable[[Membership, datetime], None]
_rooms: dict[str, Waiting] = {}
_endings: dict[str, Ending] = {}


def waits_by_name(room: str) -> Callable[[Waiting], Waiting]:
    """Register what of a room names a person."""

    def register(function: Waiting) -> Waiting:
        _rooms[room] = function
        return function

    return register


def waiting_for(person: Membership) -> list[Waits]:
    return [waits for room in _rooms.values() for waits in room(person)]


def ends_with_access(room: str) -> Callable[[Ending], Ending]:
    """Register what ends in the commit in which somebody's access ends."""

    def register(function: Ending) -> Ending:
        _endings[room] = function
        return function

    return register


def end_with_access(person: Membership, at: datetime) -> None:
    for ending in _endings.values():
        ending(person, at)


def shortened(rows: QuerySet[Any], words: str) -> list[Waits]:
    """The first of these cases, each in a sentence with its title, and how many more there are.

    `words`: what follows the title. Two queries at most, however many there are.
    """
    first = list(rows[: MOST + 1])
    said = [Waits(f"{row.title} {words}", row.get_absolute_url()) for row in first[:MOST]]
    if len(first) <= MOST:
        return said
    return [*said, Waits(f"And {rows.count() - MOST} more of which the same is true.")]
