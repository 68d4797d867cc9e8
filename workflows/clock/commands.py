"""Arming, pausing and closing deadlines, in the transaction of the move that causes it."""

from workflows.ledger.models import Entry
from workflows.stateful import Stateful


def follow(subject: Stateful, entry: Entry) -> None:
    """Close, pause, resume and arm the dwell deadlines that the move entry.source → target asks."""
