"""Who stands in for whom, and whether a district has enough people; on plain values."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, count
from typing import Protocol, TypeVar

from django.utils.text import slugify

from workflows.actors import Role

# Settings are not a turn that waits, and whoever grants roles could keep what was lent.
NEVER_DELEGATED = frozenset({Role.ADMIN})

SCREENERS = frozenset({Role.PRIVACY, Role.PRIVACY_LEAD})
SEPARATE: dict[str, frozenset[Role]] = {
    "whoever asks": frozenset({Role.REQUESTER, Role.SOURCING}),
    "whoever screens": SCREENERS,
    "whoever approves": frozenset({Role.PRIVACY_LEAD}),
}
NEEDED: dict[str, frozenset[Role]] = {
    "a requester or in Strategic Sourcing": frozenset({Role.REQUESTER, Role.SOURCING}),
    "in the privacy team": SCREENERS,
    "the privacy lead, who approves": frozenset({Role.PRIVACY_LEAD}),
    "the legal reviewer": frozenset({Role.LEGAL}),
    "the signatory": frozenset({Role.SIGNATORY}),
}

GRADES: dict[str, str] = {
    "PK": "Preschool",
    "K": "Kindergarten",
    **{str(number): f"Grade {number}" for number in range(1, 13)},
}
# Whoever acts by link, by form or by itself is no member of a district's staff.
STAFF_ROLES = tuple(r for r in Role if r not in (Role.VENDOR, Role.PUBLIC, Role.SYSTEM))


def is_away(today: date, away_from: date | None, away_until: date | None) -> bool:
    """Both days belong to the absence; without a first day there is none, without a last no end."""
    if away_from is None or today < away_from:
        return False
    return away_until is None or today <= away_until


def lent_roles(roles: Collection[Role]) -> frozenset[Role]:
    """What a delegate may do for somebody who is away."""
    return frozenset(roles) - NEVER_DELEGATED


COLOR = re.compile(r"#[0-9a-f]{6}")
# White words stand on the color: WCAG 2.2, success criterion 1.4.3.
ENOUGH_CONTRAST = 4.5


def contrast_with_white(color: str) -> float:
    """How far "#1a4480" stands from white, 1 to 21 (WCAG 2.2, relative luminance)."""
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                        for c in channels)  # fmt: skip
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def reasons_against_color(color: str) -> list[str]:
    """None is fine: then it is Countersign's own."""
    if not color:
        return []
    if not COLOR.fullmatch(color):
        return ["Write the color as # and six digits or letters a to f, for example #1a4480."]
    reached = contrast_with_white(color)
    if reached >= ENOUGH_CONTRAST:
        return []
    return [
        f"The color {color} is too light: its contrast with white is {reached:.1f} to 1, and "
        f"words need {ENOUGH_CONTRAST} to 1. Choose a darker one."
    ]


def undrawable(text: str) -> str:
    """Pictures and private signs in it, which no font of the documents has: "🙂"."""
    return "".join(c for c in text if unicodedata.category(c) in ("So", "Sk", "Co", "Cn"))


def in_order(grades: Collection[str]) -> list[str]:
    return [grade for grade in GRADES if grade in grades]


def slug_of(name: str, taken: Collection[str]) -> str:
    """A short code for a school's address: "Juniper Middle School" → "juniper-middle-school"."""
    base = slugify(name)[:36] or "school"
    tries = (base if n == 1 else f"{base}-{n}" for n in count(1))
    return next(code for code in tries if code not in taken)


def reasons_against_stand_in(
    away_from: date | None,
    away_until: date | None,
    name: str,
    theirs: tuple[date | None, date | None],
) -> list[str]:
    """Somebody who is away on one of those days cannot stand in; `theirs` is their own absence."""
    first, last = theirs
    if not (away_from and away_until and first):
        return []
    if first > away_until or (last and last < away_from):
        return []
    until = f"until {last:%b} {last.day}" if last else f"from {first:%b} {first.day}"
    return [f"{name} is away {until} too: choose somebody else."]


def reasons_cannot_stand_in(
    absent: str, roles: Collection[Role], name: str, theirs: Collection[Role]
) -> list[str]:
    """Only whom a document names signs it: of somebody who does nothing else, nothing is lent to
    a person who may never be named."""
    lent = lent_roles(roles)
    if lent != {Role.SIGNATORY} or Role.SIGNATORY in theirs:
        return []
    return [
        f"{name} cannot sign for the district, and {absent} has no other duty to lend: choose "
        "another signatory, or nobody."
    ]


def reasons_against_duties(
    name: str, roles: Collection[Role], in_school: bool, trained_on: date | None, today: date
) -> list[str]:
    """A leader without a school would be asked about nobody's requests."""
    reasons = []
    if Role.SCHOOL_LEADER in roles and not in_school:
        reasons.append(f"Choose the school that {name} leads: it says whose requests come to them.")
    if trained_on and trained_on > today:
        reasons.append("The day of the training lies in the future. Enter it when it is done.")
    return reasons


def reasons_not_to_be_away(
    today: date, away_from: date | None, away_until: date | None
) -> list[str]:
    if away_from is None or away_until is None:
        return ["Say from which day until which day."]
    if away_until < away_from:
        return ["The last day away is before the first."]
    return ["That absence is already over."] if away_until < today else []


def separation_gaps(people: Mapping[str, Collection[Role]]) -> list[str]:
    """Why no set of these people (reference → roles) could carry a request to approved.

    Requester, screener and approver must be three different people (lifecycles.md: a requester
    never approves, the sole screener never approves). Three such people exist exactly if every
    group of these duties has at least as many people as duties (Hall's theorem).
    """
    gaps = [f"Nobody is {name}." for name, roles in NEEDED.items() if not _who(people, roles)]
    if gaps:
        return gaps
    duties = {name: _who(people, roles) for name, roles in SEPARATE.items()}
    for names in (*combinations(duties, 2), tuple(duties)):
        if len(frozenset().union(*(duties[name] for name in names))) < len(names):
            return [_too_few(names)]
    return []


def _too_few(duties: Sequence[str]) -> str:
    if len(duties) == 2:
        return f"{' and '.join(duties).capitalize()} would be the same person."
    listed = f"{', '.join(duties[:-1])} and {duties[-1]}".capitalize()
    return f"{listed} would be fewer than {len(duties)} people."


def _who(people: Mapping[str, Collection[Role]], roles: frozenset[Role]) -> frozenset[str]:
    return frozenset(ref for ref, held in people.items() if roles & frozenset(held))


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the authority table: from this amount (dollars) and term (months) upward."""

    key: int
    person: int
    kind: str
    amount_over: Decimal
    term_months_over: int
    board_first: bool

    def outranks(self, other: "Band") -> bool:
        at_least = (
            self.amount_over >= other.amount_over
            and self.term_months_over >= other.term_months_over
            and bool(self.kind) >= bool(other.kind)
        )
        return at_least and self.bar != other.bar

    @property
    def bar(self) -> tuple[Decimal, int, bool]:
        return self.amount_over, self.term_months_over, bool(self.kind)


def deciding_bands(
    bands: Iterable[Band], *, kind: str, amount: Decimal, term_months: int
) -> list[Band]:
    """The highest lines that an agreement reaches: they say who may sign it.

    "From 0: the finance officer; from 50,000: the superintendent" lets the finance officer sign up
    to 50,000. A line for one kind goes before the same line for every kind.
    """
    reached = [
        band
        for band in bands
        if band.kind in ("", kind)
        and band.amount_over <= amount
        and band.term_months_over <= term_months
    ]
    return [band for band in reached if not any(other.outranks(band) for other in reached)]


def authority_of(bands: Iterable[Band], person: int) -> Band | None:
    """The deciding line that lets this person sign; the oldest where several do."""
    return next((band for band in bands if band.person == person), None)


class OnADay(Protocol):
    day: date
    name: str


Closed = TypeVar("Closed", bound=OnADay)


def breaks(closures: Iterable[Closed]) -> list[list[Closed]]:
    """Days in a row under one name, `closures` by day."""
    found: list[list[Closed]] = []
    for one in closures:
        last = found[-1][-1] if found else None
        if last and last.name == one.name and (one.day - last.day).days == 1:
            found[-1].append(one)
        else:
            found.append([one])
    return found
