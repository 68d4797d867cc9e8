"""How the law's rows read in a timeline, after the name of whoever did it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from vetting.policy.queries import shipped_packs
from vetting.policy.rules.packs import ANCHORS
from workflows.clock.telling import names_kinds
from workflows.grammar import Lifecycle
from workflows.ledger.telling import told


@cache
def _titles() -> Mapping[str, str]:
    return {rule.id: rule.title for pack in shipped_packs() for rule in pack.rules}


@names_kinds
def title_of(kind: str) -> str:
    return _titles().get(kind, "")


@told("anchor_recorded")
def anchor_recorded(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    what = ANCHORS.get(str(facts.get("event")), "something happened")
    verb = "corrected" if "before" in facts else "recorded"
    return f"{verb} when {what}: {_day(facts['at'])}"


@told("anchor_withdrawn")
def anchor_withdrawn(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    what = ANCHORS.get(str(facts.get("event")), "something happened")
    return f"took back that {what}"


@told("breach_described")
def breach_described(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    if facts.get("breach") is False:
        return "noted that nothing was released"
    hold = ", and that law enforcement asked to wait" if facts.get("hold") else ""
    return f"told what is known of what happened{hold}"


def _day(text: str) -> str:
    """As it was recorded: the offset it came with is that of the place."""
    at = datetime.fromisoformat(text)
    return f"{at:%b} {at.day}, {at.year} at {at:%H:%M}"
