"""What a timeline says about deadlines."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflows.grammar import Lifecycle
from workflows.ledger.telling import told

FIRED = {
    "remind": "sent a reminder: {label}",
    "overdue": "noted that it is late: {label}",
    "escalate": "asked for help because it is late: {label}",
}

# Why a date moved, as the ledger keeps it; rows of before it was kept were the calendar's.
BECAUSE = {
    "calendar": "the calendar changed",
    "level": "the service level changed",
    "pack": "the rules changed",
    "anchor": "something is recorded to have happened at another time",
    "facts": "something else is known about what happened",
}
WHY_CLOSED = {
    "gone": "what it counts from was taken back",
    "hold": "another date took its place when the hold was lifted",
    "over": "the contract has ended",
}
KindName = Callable[[str], str]
_kind_names: list[KindName] = []


def names_kinds(function: KindName) -> KindName:
    """Register who knows what the kinds of a law's dates are called: "" for those it does not."""
    _kind_names.append(function)
    return function


def _label(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    kind = str(facts.get("kind", ""))
    labels = {dwell.kind: dwell.label for dwell in lifecycle.dwells}
    named = labels.get(kind) or next(filter(None, (name(kind) for name in _kind_names)), "")
    return named or kind.replace("_", " ").capitalize()


@told("deadline_fired")
def fired(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    words = FIRED.get(str(facts.get("act")), "found the time run out: {label}")
    return words.format(label=_label(facts, lifecycle))


@told("deadline_waived")
def waived(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"waived a deadline: {_label(facts, lifecycle)}"


@told("clock_stopped")
def stopped(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"stopped a clock: {_label(facts, lifecycle)}, {facts.get('why', '')}"


@told("clock_started")
def started(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"started a clock again: {_label(facts, lifecycle)}"


@told("deadline_recomputed")
def recomputed(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    moved = (_when(facts[end]) for end in ("from", "to"))
    because = BECAUSE.get(str(facts.get("why")), BECAUSE["calendar"])
    return f"moved a date from {' to '.join(moved)}, because {because}: {_label(facts, lifecycle)}"


def _when(text: str) -> str:
    """ "Mar 5"; an instant, of a limit in hours, with its time."""
    at = datetime.fromisoformat(text)
    clock = f" at {at:%H:%M}" if "T" in text else ""
    return f"{at:%b} {at.day}{clock}"


@told("deadline_met")
def met(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"noted that it was done: {_label(facts, lifecycle)}"


@told("deadline_closed")
def closed(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    why = WHY_CLOSED.get(str(facts.get("why")), "the rule no longer applies to the facts")
    return f"ended a date, because {why}: {_label(facts, lifecycle)}"


@told("deadline_retried")
def retried(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"had a date that failed looked at again: {_label(facts, lifecycle)}"
