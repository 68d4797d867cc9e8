"""One date, or one number, worked out from a rule for whoever writes it to confirm.

What was confirmed is kept with the rule as its own case: a literal, not what we would reckon then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vetting.policy.rules.packs import ANCHORS
from vetting.policy.rules.wording import TERMS, value_words
from workflows.clock.words import day_words

MORNING = time(9)
NUMBERS = ("every_months", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Example:
    """`words` for people; `test` is the case without its due date, which is confirmed."""

    words: str
    test: dict[str, Any]
    due: str = ""


def first_anchor(rule: Mapping[str, Any]) -> str:
    named = rule.get("anchor") or ""
    return named if isinstance(named, str) else str(named[0])


def day_of_example(first: date, today: date) -> date:
    """The first Monday on which the rule counts already."""
    day = max(first, today)
    return day + timedelta(days=-day.weekday() % 7)


def counted(rule: Mapping[str, Any], *, anchor: datetime, due: datetime, zone: str) -> Example:
    local, at = anchor.astimezone(ZoneInfo(zone)), due.astimezone(ZoneInfo(zone))
    event = ANCHORS.get(first_anchor(rule))
    since = f"If {event} on" if event else "Looked at from"
    words = (
        f"{since} {day_words(local.date())} at {local:%H:%M}, it is due on "
        f"{day_words(at.date())} at {at:%H:%M:%S}."
    )
    test = {"rule": rule["id"], "anchor": local.isoformat(), "why": rule["citation"]}
    return Example(words, test, at.isoformat())


def said(rule: Mapping[str, Any]) -> Example | None:
    """None for a rule without a number: there is nothing to get wrong by one."""
    numbers = {name: rule[name] for name in NUMBERS if name in rule}
    if not numbers:
        return None
    words = "; ".join(f"{TERMS[n]}: {value_words(n, value)}" for n, value in numbers.items())
    test = {"rule": rule["id"], "says": numbers, "on": rule["effective_from"]}
    return Example(f"{words}.", test | {"why": rule["citation"]})
