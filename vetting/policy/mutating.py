"""Whether a pack's own cases would notice another number: each is changed, and one must fail."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from vetting.policy.checking import day_of, got_of, judged
from vetting.policy.rules.packs import Pack, Rule, rule_named
from vetting.policy.shape import PLAIN_YEAR

# What holds an amount and its unit, and what is a number itself.
SPANS = ("limit", "relative", "extension", "at_least", "at_most")
NUMBERS = ("every_months", "keep_years")
DAYS = ("calendar_days", "business_days")
TIMES = ("hours", *DAYS)
LENGTHS = ("years", "months", "days")
FREQUENCIES = ("once", "year", "90_days")
UNITS: Mapping[str, tuple[str, ...]] = {
    "limit": TIMES,
    "extension": TIMES,
    "relative": DAYS,
    "at_least": LENGTHS,
    "at_most": LENGTHS,
}
# A threshold and its neighbor: exactly 500 is enough for the one and not for the other.
NEIGHBOR = {
    "at_least": "more_than",
    "more_than": "at_least",
    "below": "at_most",
    "at_most": "below",
}


@dataclass(frozen=True, slots=True, order=True)
class Unguarded:
    """A change that no case of the pack fails on; `changes` are its words."""

    file: str
    line: int
    rule: str
    changes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule} ({'; '.join(self.changes)})"


def unguarded(packs: Iterable[Pack]) -> Iterator[Unguarded]:
    """Rules of which a number, a unit, a fixed day or a threshold could change unseen."""
    packs = tuple(packs)
    cases = list(_cases(packs))
    for pack in packs:
        for rule in pack.rules:
            mine = [case for case in cases if _is_about(rule, *case)]
            unseen = [
                words
                for words, changed in changes_of(rule)
                if not any(_tells(*case, rule, changed, packs) for case in mine)
            ]
            if unseen:
                yield Unguarded(pack.file, rule.line, rule.id, tuple(unseen))


def tried(packs: Iterable[Pack]) -> int:
    """How many changes there are to try."""
    return sum(1 for pack in packs for rule in pack.rules for _ in changes_of(rule))


def changes_of(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one number, unit, fixed day or threshold changed, and what was, in words."""
    for key in SPANS:
        if key in rule.terms:
            for value in _spans(rule.terms[key], UNITS[key]):
                yield f"{key} {value['amount']} {value['unit']}", _with(rule, key, value)
    for key in NUMBERS:
        if key in rule.terms:
            for number in (rule.terms[key] + 1, rule.terms[key] - 1):
                yield f"{key} {number}", _with(rule, key, number)
    if "every" in rule.terms:
        for often in FREQUENCIES:
            if often != rule.terms["every"]:
                yield f"every {often}", _with(rule, "every", often)
    yield from _other_days(rule)
    yield from _fewer_anchors(rule)
    for said, condition in _thresholds(rule.when):
        yield f"when {said}", replace(rule, when=condition)
    for said, condition in _thresholds(rule.terms.get("exempt_when")):
        yield f"exempt_when {said}", _with(rule, "exempt_when", condition)


def _spans(span: Mapping[str, Any], units: Iterable[str]) -> Iterator[dict[str, Any]]:
    for amount in (span["amount"] + 1, span["amount"] - 1):
        if amount >= 0:
            yield {**span, "amount": amount}
    for unit in units:
        if unit != span["unit"]:
            yield {**span, "unit": unit}


def _other_days(rule: Rule) -> Iterator[tuple[str, Rule]]:
    days = rule.terms.get("each_year", ())
    for at, day in enumerate(days):
        for by in (1, -1):
            other = date.fromisoformat(f"{PLAIN_YEAR}-{day}") + timedelta(days=by)
            changed = [*days[:at], f"{other:%m-%d}", *days[at + 1 :]]
            yield f"each_year {other:%m-%d}", _with(rule, "each_year", changed)


def _fewer_anchors(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Of "whichever comes first", each is left out once."""
    anchors = rule.terms.get("anchor", ())
    if not isinstance(anchors, str) and len(anchors) > 1:
        for name in anchors:
            yield f"anchor without {name}", _with(rule, "anchor", [a for a in anchors if a != name])


def _thresholds(condition: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The condition with one of its thresholds a step off, each way, or its ≥ a > and back."""
    for word, value in (condition or {}).items():
        if word in NEIGHBOR:
            rest = {key: kept for key, kept in condition.items() if key != word}
            for name, number in ((word, value + 1), (word, value - 1), (NEIGHBOR[word], value)):
                yield f"{condition['fact']} {name} {number}", {**rest, name: number}
        elif word == "not":
            yield from ((said, {"not": inner}) for said, inner in _thresholds(value))
        elif word in {"all", "any"}:
            for at, part in enumerate(value):
                for said, inner in _thresholds(part):
                    yield said, {word: [*value[:at], inner, *value[at + 1 :]]}


def _cases(packs: Iterable[Pack]) -> Iterator[tuple[Mapping[str, Any], Pack]]:
    return ((test, pack) for pack in packs for test in pack.tests)


def _is_about(rule: Rule, test: Mapping[str, Any], tested: Pack) -> bool:
    if "rule" in test:
        return bool(test["rule"] == rule.id)
    return rule.id in (*test.get("applies", ()), *test.get("not", ()))


def _tells(
    test: Mapping[str, Any],
    tested: Pack,
    rule: Rule,
    changed: Rule,
    packs: Iterable[Pack],
) -> bool:
    """Whether this case is about this version of the rule, and fails when it is changed."""
    if "rule" not in test:
        return _judges(test, tested, rule, changed)
    if rule_named(packs, rule.id, day_of(test, tested)) is not rule:
        return False
    return got_of(changed, test, tested) != got_of(rule, test, tested)


def _judges(test: Mapping[str, Any], tested: Pack, rule: Rule, changed: Rule) -> bool:
    """By the pack of this rule alone: the class that all packs give together is no number."""
    if rule not in tested.rules:
        return False
    rules = tuple(changed if one is rule else one for one in tested.rules)
    other = replace(tested, rules=rules)
    return str(judged(test, other, [other])) != str(judged(test, tested, [tested]))


def _with(rule: Rule, key: str, value: Any) -> Rule:
    return replace(rule, terms={**rule.terms, key: value})
