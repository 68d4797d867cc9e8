"""What the law asks of a district every year: on which days, by which arithmetic."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vetting.policy.rules.packs import Rule, anchors_of
from vetting.policy.rules.timing import Due

BY_SCHOOL_YEAR = frozenset({"school_year_start", "school_year_midpoint"})
TO_WORDS = {
    "eligible_students": "eligible students",
    "attorney_general": "the attorney general",
    "consumer_agencies": "consumer agencies",
    "district_attorney": "the district attorney",
    "regulator": "the state's authority",
    "public": "the public",
    "board": "the board",
    "website": "the website",
    "police": "the police",
    "vendor": "the vendor",
    "district": "the district",
}
ONCE_A_YEAR = "once a year, no day named"


@dataclass(frozen=True, slots=True)
class Duty:
    """`of`: whose it is. `open`: the questions whose answer decides whether it applies."""

    rule: str
    title: str
    citation: str
    address: str
    of: str
    to: str
    mark: str
    open: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Dated:
    """`verified_on`: when somebody last looked the rule up."""

    duty: Duty
    day: date
    at: datetime
    sentence: str
    verified_on: date


@dataclass(frozen=True, slots=True)
class Undated:
    """`when`: its pace in words, or why it has no day yet."""

    duty: Duty
    when: str


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months from `first`; `unset` wait for a school year that is not entered."""

    first: date
    last: date
    dated: tuple[Dated, ...]
    undated: tuple[Undated, ...]
    unset: tuple[Undated, ...]


def has_fixed_days(terms: Mapping[str, Any]) -> bool:
    return "each_year" in terms


def counts_from_school_year(rule: Rule) -> bool:
    return bool(BY_SCHOOL_YEAR & set(anchors_of(rule)))


def pace_of(rule: Rule) -> str:
    """ "" for a rule that does not come back by itself."""
    if rule.kind == "review":
        months = int(rule.terms["every_months"])
        return ONCE_A_YEAR if months == 12 else f"every {months} months, no day named"
    if rule.kind == "training":
        paces = {"year": ONCE_A_YEAR, "90_days": "every 90 days, no day named"}
        return paces.get(rule.terms.get("every", ""), "")
    return ""


def to_whom(terms: Mapping[str, Any]) -> str:
    named = terms.get("whom") or terms.get("to") or terms.get("audience") or ""
    several = [named] if isinstance(named, str) else list(named)
    return ", ".join(TO_WORDS.get(one, one) for one in several)


def days_within(
    last: date, since: datetime, due_after: Callable[[datetime], Due | None], day_of: Any
) -> Iterator[Due]:
    """Each fixed day after the one before it, up to the last day."""
    while (due := due_after(since)) is not None and day_of(due.at) <= last:
        yield due
        since = due.at
