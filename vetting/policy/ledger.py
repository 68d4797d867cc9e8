"""How the law's rows read in a timeline, after the name of whoever did it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from vetting.policy.commands.dating import STOPPING
from vetting.policy.confidential import KEPT_ROW, is_of_a_hold
from vetting.policy.queries import shipped_packs
from vetting.policy.rules.packs import ANCHORS
from workflows.clock.telling import met, names_kinds, waived
from workflows.grammar import Lifecycle
from workflows.ledger.models import Entry
from workflows.ledger.telling import Teller, keeps, told

CLOCKS = {name for name, _ in STOPPING.values()}
HELD_BECAUSE = {said for _, said in STOPPING.values()}
# What was done about a duty is read by all, and what somebody wrote of it by whoever may.
NOTED: Mapping[str, Teller] = {"deadline_met": met, "deadline_waived": waived}


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


@keeps
def kept_of_a_breach(entry: Entry, lifecycle: Lifecycle) -> str:
    """A note on a breach says how it is known, and a hold is told to nobody it does not concern."""
    facts = entry.facts
    of_a_hold = is_of_a_hold(kind=facts.get("kind", ""), event=facts.get("event", ""))
    stood_still = entry.name in CLOCKS and facts.get("why") in HELD_BECAUSE
    ended = entry.name == "deadline_closed" and facts.get("why") == "hold"
    if of_a_hold or stood_still or ended or entry.name == "breach_described":
        return KEPT_ROW
    if entry.name in NOTED and title_of(str(facts.get("kind", ""))):
        return NOTED[entry.name](facts, lifecycle)
    return ""


def _day(text: str) -> str:
    """As it was recorded: the offset it came with is that of the place."""
    at = datetime.fromisoformat(text)
    return f"{at:%b} {at.day}, {at.year} at {at:%H:%M}"
