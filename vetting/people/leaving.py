"""What waits for one person by name: rooms to the right of people say so for themselves."""

from collections.abc import Callable

from vetting.people.models import Membership

# Sentences: what it is, and what to do before or after this person's access ends.
Waiting = Callable[[Membership], list[str]]
_rooms: dict[str, Waiting] = {}


def waits_by_name(room: str) -> Callable[[Waiting], Waiting]:
    """Register what of a room names a person."""

    def register(function: Waiting) -> Waiting:
        _rooms[room] = function
        return function

    return register


def waiting_for(person: Membership) -> list[str]:
    return [sentence for room in _rooms.values() for sentence in room(person)]
