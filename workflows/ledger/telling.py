"""How a ledger row reads in a timeline, after the name of whoever did it."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.grammar import Lifecycle
from workflows.ledger.models import Entry

# Gets the row's facts and its lifecycle; returns words that follow a name.
Teller = Callable[[Mapping[str, Any], Lifecycle], str]
_tellers: dict[tuple[str, str], Teller] = {}
# Gets a row and its lifecycle; returns what stands there instead, "" where nothing is kept back.
Keeper = Callable[[Entry, Lifecycle], str]
_keepers: list[Keeper] = []


def keeps(function: Keeper) -> Keeper:
    """Register which rows are not for everybody who may read the case, and what others read."""
    _keepers.append(function)
    return function


def kept_words(lifecycle: Lifecycle, entry: Entry) -> str:
    """What follows the name for whoever may not read it; "" where everybody may."""
    return next(filter(None, (keeper(entry, lifecycle) for keeper in _keepers)), "")


def told(command: str, *, machine: str = "") -> Callable[[Teller], Teller]:
    """Register the sentence of a command, for one machine or for all."""

    def register(function: Teller) -> Teller:
        _tellers[(machine, command)] = function
        return function

    return register


def tells(machine: str, sentences: Mapping[str, str]) -> None:
    """Register commands whose sentence is always the same: {"answer_saved": "saved an answer"}."""
    for command, words in sentences.items():
        told(command, machine=machine)(_always(words))


def _always(words: str) -> Teller:
    return lambda facts, lifecycle: words


def _move_words(lifecycle: Lifecycle, entry: Entry) -> str:
    """The table's words, unless the room tells this move by its facts."""
    if found := _tellers.get((lifecycle.name, entry.name)):
        return found(entry.facts, lifecycle)
    row = lifecycle.row(entry.name, entry.source)
    return row.told if row else "opened it"


def words_for(lifecycle: Lifecycle, entry: Entry, names: Mapping[str, str]) -> str:
    """What follows the name; a `holder` among the facts reads as that person's name."""
    if entry.kind == Entry.MOVE:
        return _move_words(lifecycle, entry)
    found = _tellers.get((lifecycle.name, entry.name)) or _tellers.get(("", entry.name))
    if found is None:
        return entry.name.replace("_", " ")
    holder = names.get(entry.facts.get("holder", ""), "somebody")
    return found({**entry.facts, "holder": holder}, lifecycle)
