"""A rule in words: what it asks, of whom, by when, and on which condition."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from vetting.policy.rules.facts import FACTS, Fact
from vetting.policy.rules.packs import ANCHORS, Rule, anchors_of
from vetting.policy.rules.states import state_name
from vetting.policy.rules.timing import MONTHS
from workflows.clock.words import day_words

# Kind of rule: the heading of all such rules, in the order in which people meet them.
KINDS: Mapping[str, str] = {
    "prohibition": "What is forbidden",
    "class": "Which kind of agreement a tool needs",
    "clause": "What an agreement must say",
    "attachment": "What is attached to an agreement",
    "consent": "What families are asked",
    "notice": "What families are told",
    "right": "What families may ask for",
    "deadline": "What is due after something happened",
    "duty": "What has to be done",
    "publication": "What is published",
    "review": "What is looked at again",
    "training": "Who is trained",
    "deletion": "When data is deleted",
    "retention": "How long records are kept",
    "record": "What is written down",
    "role": "Who is responsible",
}
CLASSES: Mapping[str, str] = {
    "contract": "a negotiated agreement",
    "on_demand": "an on-demand tool with the families' consent",
    "click_wrap": "the vendor's own terms, accepted with the district's checks",
    "exempt": "no agreement",
    "prohibited": "it may not be used",
}
_WORDS: Mapping[str, str] = {
    **CLASSES,
    "ssn": "Social Security numbers",
    "drivers_license": "driver's license numbers",
    "state_id_number": "state ID numbers",
    "student_id": "student numbers",
    "directory_only": "directory information only",
    "none": "none",
    "click_wrap": "accepted by a click",
    "school_official": "as a school official",
    "audit": "for an audit or evaluation",
    "studies": "for studies",
    "opt_in": "nothing happens without a yes",
    "opt_out": "it happens unless somebody says no",
    "school_year": "for one school year",
    "enrollment": "as long as the student is enrolled",
    "until_withdrawn": "until it is withdrawn",
    "per_tool": "for each tool by itself",
    "list": "for a list of tools at once",
    "once": "once",
    "year": "every year",
    "90_days": "within 90 days and again",
}
# The terms of a rule in the order in which they are read, and what each is called.
TERMS: Mapping[str, str] = {
    "set": "What it makes of a tool",
    "what": "What",
    "duty_of": "Who has to do it",
    "to": "To whom",
    "whom": "By name",
    "audience": "Who",
    "default": "Without an answer",
    "duration": "How long an answer counts",
    "scope": "What is asked",
    "record": "Which record",
    "at_least": "Kept at least",
    "at_most": "Kept at most",
    "from": "Counted from",
    "every_months": "How often",
    "every": "How often",
    "content": "What it says",
    "fields": "What is shown",
    "headings": "Its headings",
    "forbidden": "What it must not say",
    "channel": "How it is sent",
    "keep_years": "How long it stays",
    "blocking": "Whether an agreement may be signed without it",
    "certificate": "Whether the vendor certifies it",
    "exceptions": "Except",
    "cost_borne_by": "Who pays",
    "standard": "The test of harm",
    "extension": "It may be extended by",
    "exempt_note": "When nothing is due",
}
_YES_NO: Mapping[str, tuple[str, str]] = {
    "blocking": ("no: it must be there first", "yes"),
    "certificate": ("yes", "no"),
}
_UNITS: Mapping[str, str] = {"calendar_days": "calendar day", "business_days": "business day"}


@dataclass(frozen=True, slots=True)
class Said:
    """One line, and the lines under it."""

    words: str
    parts: tuple["Said", ...] = ()


def term(value: str) -> str:
    """ "eligible students" of eligible_students."""
    return _WORDS.get(value, value.replace("_", " "))


def span_words(span: Mapping[str, Any]) -> str:
    """ "7 calendar days", "1 year"."""
    unit = _UNITS.get(span["unit"], span["unit"].removesuffix("s"))
    return f"{span['amount']} {unit}{'' if span['amount'] == 1 else 's'}"


def condition_words(condition: Mapping[str, Any]) -> Said:
    """A condition as a question and its answer; several, as those that must all (or any) be so."""
    if "all" in condition:
        return Said("All of these:", tuple(map(condition_words, condition["all"])))
    if "any" in condition:
        return Said("One of these:", tuple(map(condition_words, condition["any"])))
    if "not" in condition:
        return Said("Not this:", (condition_words(condition["not"]),))
    ((word, value),) = ((word, said) for word, said in condition.items() if word != "fact")
    return Said(asked_and_answered(FACTS[condition["fact"]], word, value))


def asked_and_answered(fact: Fact, word: str, value: Any) -> str:
    """ "Does the vendor receive data about students? Yes" """
    if isinstance(value, bool):
        said = "Yes" if value else "No"
    elif isinstance(value, list | tuple):
        said = joined([answer(fact, one) for one in value], "or")
    else:
        said = answer(fact, value)
    compared = f"{_COMPARED[word]} {said}" if word in _COMPARED else said
    return f"{fact.words} {compared[0].upper()}{compared[1:]}"


_COMPARED: Mapping[str, str] = {
    "at_least": "at least",
    "more_than": "more than",
    "below": "fewer than",
    "at_most": "at most",
    "any_of": "among them",
}


def answer(fact: Fact, value: Any) -> str:
    if fact.name == "agency_state":
        return state_name(str(value))
    return term(value) if isinstance(value, str) else f"{value:,}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def when_words(terms: Mapping[str, Any], anchors: Sequence[str]) -> str:
    """By when; "" where the rule says nothing about it."""
    events = joined([ANCHORS.get(name, name) for name in anchors], "or")
    first = ", whichever comes first" if len(anchors) > 1 else ""
    if "each_year" in terms:
        return f"Each year on {joined([_day(day) for day in terms['each_year']])}"
    span = terms.get("limit") or terms.get("relative")
    if span:
        within = f"Within {span_words(span)} after" if span["amount"] else "On the day on which"
        return f"{within} {events}{first}"
    if "promptly" in terms:
        after = f", after {events}{first}" if events else ""
        return f"“{terms['promptly']}”{after}; it names no number, so no date is made up"
    return "Always" if "standing" in terms else ""


def _day(day: str) -> str:
    month, number = day.split("-")
    return f"{MONTHS[int(month) - 1]} {int(number)}"


def terms_in_words(rule: Rule, terms: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What each term is called, and what it says; `terms` may be overridden ones."""
    if when := when_words(terms, anchors_of(rule)):
        yield "By when", f"{when}."
    for name, called in TERMS.items():
        if name in terms and (said := value_words(name, terms[name])):
            yield called, f"{said[0].upper()}{said[1:]}"


def value_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _YES_NO.get(name, ("yes", "no"))[0 if value else 1]
    if name == "every_months":
        return "every month" if value == 1 else f"every {value} months"
    if name == "keep_years":
        return span_words({"amount": value, "unit": "years"})
    if isinstance(value, Mapping):
        why = f" ({value['why']})" if "why" in value else ""
        return f"{span_words(value)}{why}"
    if isinstance(value, list | tuple):
        return joined([term(str(one)) for one in value], "or" if name == "channel" else "and")
    return term(str(value)) if "_" in str(value) or name in _CODES else str(value)


_CODES = frozenset({"default", "duration", "scope", "record", "every", "set", "duty_of", "to"})


def instant_words(at: datetime, zone: str) -> str:
    """ "Thu, Mar 12, 2026 at 23:59:59 (America/New_York)": on the wall of where the law is."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_words(local.date())} at {local:%H:%M:%S} ({zone})"


def in_one_line(said: Said) -> str:
    """ "All of these: Is it …? Yes; Is it …? No"."""
    inner = "; ".join(in_one_line(part) for part in said.parts)
    return f"{said.words} {inner}" if inner else said.words
