"""Opening and canceling the work of a state."""

from workflows.ledger.models import Entry
from workflows.stateful import Stateful


def follow(subject: Stateful, entry: Entry, *, via: int | None) -> None:
    """Cancel the left state's open work (but process `via`) and open the entered state's."""
