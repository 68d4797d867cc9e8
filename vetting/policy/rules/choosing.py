"""Conditions as people choose them: one question and its answer each, all of which must be so."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vetting.policy.rules.facts import FACTS, Fact
from vetting.policy.rules.wording import asked_and_answered

MOST = 4
HEADINGS: Mapping[str, str] = {
    "tool": "About the tool",
    "agency": "About the district",
    "breach": "About a breach",
    "agreement": "About agreements and complaints",
}
# The rule's state asks where the district is; nobody has to.
NOT_ASKED = frozenset({"agency_state", "residents_affected"})
_NUMBERS: Mapping[str, str] = {"at_least": "is at least", "below": "is below"}
Chosen = tuple[str, int | None]  # "terms:is:negotiated", and the number where one is needed
Choices = list[tuple[str, list[tuple[str, str]]]]


def choices() -> Choices:
    """Every answer that can be chosen, under what it is about."""
    listed: dict[str, list[tuple[str, str]]] = {about: [] for about in HEADINGS}
    for fact in FACTS.values():
        if fact.name not in NOT_ASKED:
            listed[fact.about] += _answers(fact)
    return [(HEADINGS[about], found) for about, found in listed.items()]


def _answers(fact: Fact) -> Iterator[tuple[str, str]]:
    if fact.kind == "number":
        for word, said in _NUMBERS.items():
            yield f"{fact.name}:{word}:", f"{fact.words} It {said} the number beside."
    elif fact.kind == "yes_no":
        yield f"{fact.name}:is:true", asked_and_answered(fact, "is", True)
        yield f"{fact.name}:is:false", asked_and_answered(fact, "is", False)
    else:
        word = "is" if fact.kind == "one_of" else "any_of"
        for value in fact.values:
            listed = value if word == "is" else [value]
            yield f"{fact.name}:{word}:{value}", asked_and_answered(fact, word, listed)


def needs_number(code: str) -> bool:
    return code.endswith(":")


def condition_of(chosen: Sequence[Chosen]) -> dict[str, Any] | None:
    """None where nothing is asked: the rule applies always."""
    parts = [_part(*one) for one in chosen]
    if len(parts) < 2:
        return next(iter(parts), None)
    return {"all": parts}


def _part(code: str, number: int | None) -> dict[str, Any]:
    name, word, value = code.split(":")
    if not value:
        return {"fact": name, word: number}
    if word == "any_of":
        return {"fact": name, word: [value]}
    return {"fact": name, word: {"true": True, "false": False}.get(value, value)}


def chosen_in(condition: Mapping[str, Any] | None) -> list[Chosen] | None:
    """The choices that a condition was made of; None for one that was written by hand."""
    if condition is None:
        return []
    parts = condition.get("all", [condition])
    known = {code for _, group in choices() for code, _ in group}
    found = [_code(part) for part in parts]
    told = [one for one in found if one and one[0] in known]
    return told if len(told) == len(parts) <= MOST else None


def _code(part: Mapping[str, Any]) -> Chosen | None:
    if "fact" not in part:
        return None
    ((word, value),) = ((word, said) for word, said in part.items() if word != "fact")
    if isinstance(value, bool):
        return f"{part['fact']}:{word}:{str(value).lower()}", None
    if isinstance(value, int):
        return f"{part['fact']}:{word}:", value
    if isinstance(value, list):
        return (f"{part['fact']}:{word}:{value[0]}", None) if len(value) == 1 else None
    return f"{part['fact']}:{word}:{value}", None
