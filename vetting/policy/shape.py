"""The shape of a pack: the schema, and its errors as sentences for whoever writes one."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from vetting.policy.rules.facts import STATES, meant
from vetting.policy.rules.faults import Complaint
from vetting.policy.rules.packs import ANCHORS

SCHEMA = Path(__file__).with_name("schema.json")
FORMATS = FormatChecker(formats=())
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# A day that comes each year: February 29 does not.
PLAIN_YEAR = 2027

WANTED = {
    "day": "is no day of the calendar: write one as 2026-11-21",
    "instant": "is no instant: write one with its offset, as 2026-03-05T16:30:00-05:00",
    "day_of_each_year": "is no day of every year: write one as 01-31",
    "anchor": f"is no anchor; the anchors are {', '.join(ANCHORS)}",
    "zone": "is no time zone: write one as America/New_York",
    "state": "is no state: write its two letters, as NY",
}
MISSING = {
    "citation": "It has no citation: write the section of the law or contract that says so.",
    "source": "It names no source: write the key of one, or null for a draft that has none.",
}


@FORMATS.checks("day", raises=ValueError)
def _is_day(value: Any) -> bool:
    return not isinstance(value, str) or bool(DAY.fullmatch(value) and date.fromisoformat(value))


@FORMATS.checks("instant", raises=ValueError)
def _is_instant(value: Any) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("day_of_each_year", raises=ValueError)
def _is_day_of_each_year(value: Any) -> bool:
    return not isinstance(value, str) or _is_day(f"{PLAIN_YEAR}-{value}")


@FORMATS.checks("anchor")
def _is_anchor(value: Any) -> bool:
    return not isinstance(value, str) or value in ANCHORS


@FORMATS.checks("zone", raises=(ValueError, OSError, KeyError))
def _is_zone(value: Any) -> bool:
    return not isinstance(value, str) or bool(ZoneInfo(value))


@FORMATS.checks("state")
def _is_state(value: Any) -> bool:
    return not isinstance(value, str) or value in STATES


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FORMATS)


def complaints_about_shape(data: Any) -> Iterator[Complaint]:
    for error in _validator().iter_errors(data):
        yield from _complaints(error)


def _complaints(error: ValidationError) -> Iterator[Complaint]:
    place, within = tuple(error.absolute_path), cast(dict[str, Any], error.schema)
    if error.validator == "additionalProperties":
        known = within["properties"]
        for key in sorted(
            str(key) for key in cast(dict[str, Any], error.instance) if key not in known
        ):
            yield (*place, key), f"There is no key “{key}” here{meant(key, known)}."
    elif error.validator == "propertyNames":
        yield from ((place, said) for _, said in _complaints(_context(error)[0]))
    elif error.validator == "anyOf":
        yield from _about_choice(error)
    else:
        yield place, _sentence(error)


def _about_choice(error: ValidationError) -> Iterator[Complaint]:
    """The branch that was meant is the one whose type fits."""
    branches = _context(error)
    if all(one.validator == "required" for one in branches):
        ways = (" with ".join(cast(list[str], one.validator_value)) for one in branches)
        yield tuple(error.absolute_path), f"It is not complete: write {', or '.join(ways)}."
        return
    fitting = [one for one in branches if one.validator != "type"]
    yield from _complaints((fitting or branches)[0])


def _context(error: ValidationError) -> list[ValidationError]:
    return list(error.context or ())


def _sentence(error: ValidationError) -> str:
    wrong, wanted = error.validator, cast(Any, error.validator_value)
    name = next((str(key) for key in reversed(error.absolute_path) if isinstance(key, str)), "")
    if wrong == "required":
        (missing, *_) = re.findall(r"'(.+?)' is a required", error.message)
        return MISSING.get(missing, f"“{missing}” is missing.")
    if wrong == "format":
        return f"“{error.instance}” {WANTED[str(wanted)]}."
    if wrong == "enum":
        return f"“{name}” is one of {', '.join(map(str, wanted))}, not {error.instance!r}."
    if wrong == "type":
        kinds = " or ".join(
            _TYPES[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted)
        )
        each = "Each of " if error.absolute_path and error.absolute_path[-1] != name else ""
        return f"{each}“{name or 'the pack'}” is {kinds}, not {_short(error.instance)}."
    if wrong == "pattern":
        return f"“{name}” cannot be {_short(error.instance)}: {_PATTERNS.get(str(wanted), wanted)}."
    return f"“{name}” cannot be {_short(error.instance)}: its {wrong} is {wanted}."


_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_PATTERNS = {
    r"\S": "write a text",
    r"^https?://[^\s]+$": "write an address that begins with https://",
    r"^[a-z0-9_]+(\.[a-z0-9_]+)+$": "small letters, digits and _, with dots, as ny.121_10_a",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "small letters and digits with hyphens, as ny-2d",
}


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}…"
