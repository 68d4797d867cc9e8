"""What a timeline says about deadlines."""

from collections.abc import Mapping
from datetime import date
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
}


def _label(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    kind = str(facts.get("kind", ""))
    labels = {dwell.kind: dwell.label for dwell in lifecycle.dwells}
    return labels.get(kind, kind.replace("_", " ").capitalize())


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
    was, now = (date.fromisoformat(facts[end]) for end in ("from", "to"))
    days = f"from {was:%b} {was.day} to {now:%b} {now.day}"
    because = BECAUSE.get(str(facts.get("why")), BECAUSE["calendar"])
    return f"moved a date {days}, because {because}: {_label(facts, lifecycle)}"


@told("deadline_retried")
def retried(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return f"had a date that failed looked at again: {_label(facts, lifecycle)}"
