"""The history of a case as its page tells it, whatever the case is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from vetting.pages import Entry, Link, Tone
from vetting.templatetags.wording import period
from workflows.grammar import Lifecycle
from workflows.ledger.queries import Happening

SHOWN = {"all": "Everything", "decisions": "Steps and decisions"}


def is_move(lifecycle: Lifecycle, line: Happening) -> bool:
    return line.name == "opened" or bool(lifecycle.rows(line.name))


def last_move(lifecycle: Lifecycle, history: Iterable[Happening], opened: datetime) -> datetime:
    """When the case came to its state; `history` has its newest line first."""
    return next((line.at for line in history if is_move(lifecycle, line)), opened)


def told(
    request: HttpRequest,
    lifecycle: Lifecycle,
    history: Sequence[Happening],
    *,
    tone: Callable[[Happening], Tone],
    sources: bool,
) -> dict[str, Any]:
    """What the timeline component draws: the lines of the chosen length, and the two lengths.

    `sources`: with what is only for those who may read how something of a breach is known.
    """
    lines = history if sources else [_as_others_read(line) for line in history]
    moves = [line for line in lines if is_move(lifecycle, line)]
    short = request.GET.get("show") == "decisions"
    counts = {"all": len(history), "decisions": len(moves)}
    return {
        "entries": [entry_of(line, tone(line)) for line in (moves if short else lines)],
        "chips": [
            Link(label, f"?show={key}#history", (key == "decisions") is short, counts[key])
            for key, label in SHOWN.items()
        ],
    }


def _as_others_read(line: Happening) -> Happening:
    return replace(line, sentence=line.kept, note="") if line.kept else line


def entry_of(line: Happening, tone: Tone) -> Entry:
    return Entry(period(line.sentence.rstrip(".")), line.at, note=line.note, tone=tone)
