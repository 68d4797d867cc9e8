"""What one cell says. Every function raises Wrong with a sentence that says what to do."""

import re
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from rapidfuzz import process

from vetting.catalog import rules
from vetting.catalog.rules import fold
from vetting.catalog.vocabulary import vocabulary

NOTHING = frozenset({"", "n a", "na", "none", "null", "tbd", "unknown", "nil", "-", "--", "?"})
ENDLESS = frozenset({"evergreen", "perpetual", "ongoing", "no end date", "does not expire"})
UNLIMITED = frozenset(
    {"unlimited", "unltd", "site", "site license", "site licence", "district", "district wide"}
    | {"districtwide", "all", "all students", "no limit"}
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ORDERS = ("mdy", "dmy")
NAMED_DAY = re.compile(r"(\d{1,2})[\s./-]+([a-z]{3,9})\.?[\s,./-]+(\d{4}|\d{2})")
NAMED_MONTH = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ][\d:.]+z?)?")
NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: [\d:]+(?: ?[ap]m)?)?")


class Wrong(ValueError):
    """What is wrong with a cell and what to do, in one sentence or two."""


def is_nothing(text: str) -> bool:
    return fold(text) in NOTHING or text.strip() in NOTHING


def short(text: str, limit: int) -> str:
    """One line of text, at most `limit` characters."""
    line = " ".join(text.split())
    if len(line) > limit:
        raise Wrong(f"This is longer than {limit} characters. Shorten it.")
    return line


def website(text: str) -> str:
    if is_nothing(text):
        return ""
    address = rules.web_address(text)
    if not address:
        raise Wrong(f"“{_cut(text)}” is no web address. Write one such as example.com, or nothing.")
    return address


def email(text: str) -> str:
    if is_nothing(text):
        return ""
    address = text.strip().lower().removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError:
        raise Wrong(
            f"“{_cut(text)}” is no e-mail address. Correct it or leave the cell empty."
        ) from None
    return address


def licenses(text: str) -> tuple[int | None, bool]:
    """(number, unlimited)."""
    if is_nothing(text):
        return None, False
    if fold(text) in UNLIMITED:
        return None, True
    plain = re.sub(r"\s*(licenses|licences|seats|students|users)$", "", text.strip().lower())
    if re.fullmatch(r"\d{1,3}([ ,]\d{3})+|\d+(\.0+)?", plain):
        number = int(re.sub(r"[ ,]", "", plain).partition(".")[0])
        if number < 2**31:
            return number, False
    raise Wrong(f"“{_cut(text)}” is no number. Write a whole number or “Unlimited”.")


def day(text: str, order: str = "") -> date | None:
    """A date; `order` ("mdy", "dmy") decides where 3/4/2025 could be either."""
    lower = " ".join(text.lower().split())
    if is_nothing(text) or fold(text) in ENDLESS:
        return None
    if found := YEAR_FIRST.fullmatch(lower):
        return _date(text, int(found[1]), int(found[2]), int(found[3]))
    if found := NAMED_DAY.fullmatch(lower):
        return _date(text, _year(found[3]), _month(text, found[2]), int(found[1]))
    if found := NAMED_MONTH.fullmatch(lower):
        return _date(text, _year(found[3]), _month(text, found[1]), int(found[2]))
    if found := NUMBERS.fullmatch(lower):
        first, second = int(found[1]), int(found[2])
        month, number = _ordered(text, first, second, _year(found[3]), order)
        return _date(text, _year(found[3]), month, number)
    raise Wrong(f"“{_cut(text)}” is no date we can read. Write it as 2025-03-04.")


def _ordered(text: str, first: int, second: int, year: int, order: str) -> tuple[int, int]:
    """(month, day). A number over 12 can only be the day, whatever the order."""
    if first > 12 or second > 12 or first == second:
        return (second, first) if first > 12 else (first, second)
    if not order:
        us, other = _date(text, year, first, second), _date(text, year, second, first)
        raise Wrong(
            f"“{text}” may be {us:%B} {us.day} or {other:%B} {other.day}. Say whether month or "
            "day comes first (--date-order mdy or dmy), or write the date as 2025-03-04."
        )
    return (first, second) if order == "mdy" else (second, first)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(text: str, name: str) -> int:
    if name[:3] not in MONTHS:
        raise Wrong(f"“{_cut(text)}” names no month. Write the date as 2025-03-04.")
    return MONTHS.index(name[:3]) + 1


def _date(text: str, year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise Wrong(f"There is no day “{_cut(text)}”. Write it as 2025-03-04.") from None


def elements(text: str) -> tuple[str, ...]:
    """Slugs of the data elements named, separated by semicolons, bars, lines or commas."""
    if is_nothing(text) and fold(text) != "none":
        return ()
    found: dict[str, None] = {}
    for part in re.split(r"[;|\n•]+", text):
        pieces = [part] if fold(part) in _names() else re.split(r",(?![^(]*\))", part)
        for piece in pieces:
            if piece.strip():
                found[_element(piece)] = None
    if "none" in found and len(found) > 1:
        raise Wrong("It says both “no student data” and some data. Keep one of the two.")
    return tuple(found)


def _element(piece: str) -> str:
    key = fold(piece)
    if slug := _names().get(key):
        return slug
    if several := _categories().get(key):
        raise Wrong(f"“{_cut(piece)}” holds several elements: {'; '.join(several)}. Name them.")
    near = process.extractOne(key, _names().keys(), score_cutoff=75)
    meant = f" Did you mean “{_shown(_names()[near[0]])}”?" if near else ""
    raise Wrong(f"“{_cut(piece)}” is no data element we know.{meant} Correct it or take it out.")


@lru_cache
def _names() -> dict[str, str]:
    """Every spelling of an element, folded → slug; a category with one element is its name too."""
    names: dict[str, str] = {}
    for row in vocabulary():
        for name in (row["slug"], row["name"], *row["also"].split("|")):
            names.setdefault(fold(name), row["slug"])
        if len(_categories()[fold(row["category"])]) == 1:
            names.setdefault(fold(row["category"]), row["slug"])
    names.pop("", None)
    return names


@lru_cache
def _categories() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in vocabulary():
        key = fold(row["category"])
        found[key] = (*found.get(key, ()), row["name"])
    return found


def _shown(slug: str) -> str:
    return next(row["name"] for row in vocabulary() if row["slug"] == slug)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}…"
