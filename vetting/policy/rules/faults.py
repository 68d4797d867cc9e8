"""What is wrong with a pack beyond its shape: names that lead nowhere, contradictions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from vetting.policy.rules.conditions import Misread, compiled
from vetting.policy.rules.facts import STATES, complaints_about, meant
from vetting.policy.rules.packs import ALWAYS, MUST_SAY_WHEN, TIMINGS

Place = tuple[str | int, ...]
Complaint = tuple[Place, str]

_OF_EVERY_RULE = (
    "id kind title citation source nexus state effective_from effective_to last_verified "
    "confidence status when note duty_of to whom"
)
_TIMING = (
    "anchor limit promptly each_year relative hold extension channel content "
    "exempt_when exempt_note"
)
_KEYS_OF = {
    "deadline": f"{_TIMING} forbidden headings cost_borne_by standard",
    "duty": "what content",
    "clause": "what blocking",
    "attachment": "what fields blocking",
    "publication": f"{_TIMING} standing what fields keep_years",
    "notice": f"{_TIMING} what headings",
    "consent": "default duration scope content",
    "deletion": f"{_TIMING} certificate exceptions what",
    "retention": "record at_least at_most from exceptions",
    "record": "what fields",
    "review": "every_months what",
    "right": f"{_TIMING} what exceptions",
    "training": "audience every what",
    "role": "what",
    "class": "set what",
    "prohibition": "what",
}
KEYS_OF: Mapping[str, frozenset[str]] = {
    kind: frozenset(f"{_OF_EVERY_RULE} {keys}".split()) for kind, keys in _KEYS_OF.items()
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to put right, at its line; `rule` is "" where it is the pack's own."""

    file: str
    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {f'{self.rule}: ' if self.rule else ''}{self.sentence}"


def complaints_about_rule(rule: Mapping[str, Any], pack: Mapping[str, Any]) -> Iterator[Complaint]:
    """Of a rule whose shape is right; places are inside the rule."""
    known = KEYS_OF[rule["kind"]]
    for key in rule:
        if key not in known:
            yield (key,), f"A {rule['kind']} has no “{key}”{meant(key, known)}."
    yield from _about_timing(rule)
    yield from _about_source(rule, pack["sources"])
    yield from _about_days(rule, pack)
    for key in ("when", "exempt_when"):
        if key in rule:
            yield from _about_condition(rule[key], (key,))


def _about_timing(rule: Mapping[str, Any]) -> Iterator[Complaint]:
    ways = [way for way in TIMINGS if way in rule]
    if len(ways) > 1:
        yield (ways[1],), f"It says when in two ways, {ways[0]} and {ways[1]}: keep one of them."
    if not ways and rule["kind"] in MUST_SAY_WHEN:
        yield (), f"It does not say when: write one of {', '.join(TIMINGS)}."
    if "limit" in rule and "anchor" not in rule:
        yield ("limit",), "A limit counts from something: write its anchor."
    if "extension" in rule and "limit" not in rule:
        yield ("extension",), "An extension lengthens a limit: write the limit."


def _about_source(rule: Mapping[str, Any], sources: Mapping[str, Any]) -> Iterator[Complaint]:
    name, draft = rule["source"], rule["status"] == "draft"
    if name is not None and name not in sources:
        yield ("source",), f"There is no source “{name}” in this pack{meant(name, sources)}."
        return
    if name is None and not draft:
        yield ("source",), "Without a source nobody can have read it: its status is draft."
        return
    read = sources[name]["read"] if name is not None else "none"
    if read == "none" and rule["confidence"] == "high":
        yield ("confidence",), "Its confidence cannot be high: no source was read."
    # Of a page that was cut, nobody knows what stands in the part below.
    if name is not None and not draft and read != "whole":
        said = f"Its source “{name}” was not read whole: its status is draft until somebody has."
        yield ("status",), said


def _about_days(rule: Mapping[str, Any], pack: Mapping[str, Any]) -> Iterator[Complaint]:
    first, last = effective(rule, pack)
    if last < first:
        place = ("effective_to",) if rule.get("effective_to") else ()
        yield place, f"It ends on {last}, before it begins on {first}."


def effective(rule: Mapping[str, Any], pack: Mapping[str, Any]) -> tuple[date, date]:
    """The first and the last day; a rule without its own has those of its pack."""
    first = rule.get("effective_from") or pack.get("effective_from")
    last = rule.get("effective_to") or pack.get("effective_to")
    begins = date.fromisoformat(first) if first else ALWAYS
    return begins, date.fromisoformat(last) if last else date.max


def _about_condition(condition: Any, place: Place) -> Iterator[Complaint]:
    """The innermost parts first: the line is then that of the very fact."""
    inner = list(_parts(condition, place))
    found = [complaint for part, at in inner for complaint in _about_condition(part, at)]
    if found:
        yield from found
        return
    try:
        compiled(condition)
    except Misread as misread:
        yield place, str(misread)


def _parts(condition: Any, place: Place) -> Iterator[tuple[Any, Place]]:
    if not isinstance(condition, Mapping):
        return
    if "not" in condition:
        yield condition["not"], (*place, "not")
    for word in ("all", "any"):
        listed = condition.get(word)
        for at, part in enumerate(listed if isinstance(listed, list) else []):
            yield part, (*place, word, at)


def complaints_about_holidays(
    pack: Mapping[str, Any],
    rules: Iterable[Mapping[str, Any]],
    holidays_of: Callable[[str], Collection[str]],
) -> Iterator[Complaint]:
    """A name that no calendar has would make nothing arguable, and nobody would notice.

    The holidays are those of its state, of its rules' states, or else of any district's.
    """
    names, known = pack.get("calendar", {}).get("arguable", []), set[str]()
    theirs = sorted({rule["state"] for rule in rules if "state" in rule})
    for state in [pack["state"]] if pack["state"] else theirs or STATES:
        if known.issuperset(names):
            return
        known |= set(holidays_of(state))
    for at, name in enumerate(names):
        if name not in known:
            where = pack["state"] or "any state it speaks of"
            said = f"“{name}” is no legal holiday of {where}{meant(name, known)}."
            yield ("calendar", "arguable", at), said


def complaints_about_hold(
    rule: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """What replaces a limit after a hold is a rule, and it counts from the end of the hold.

    A rule whose shape is wrong is among them, empty.
    """
    name = rule.get("hold")
    if name and name not in rules:
        yield f"The hold names a rule that does not exist: {name}{meant(name, rules)}."
    elif name and rules[name] and "hold_lifted" not in rules[name].get("anchor", ()):
        yield f"The hold names {name}, which does not count from hold_lifted."


def complaints_about_test(test: Mapping[str, Any], pack: Mapping[str, Any]) -> Iterator[Complaint]:
    """Of a test whose shape is right; places are inside the test."""
    for said in complaints_about(test.get("facts", {})):
        yield ("facts",), said
    if "due" in test and ("anchor" in test) == ("anchors" in test):
        yield (), "A deadline is counted from its anchor: write anchor, or anchors by their names."
    if "extended" in test and not test.get("due"):
        yield ("extended",), "What is extended is a date: write due as well."
    if test.get("due") and not (pack["zone"] or "zone" in test):
        yield (), "The pack has no zone of its own, so its tests say theirs: write zone."


def names_in_test(test: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    if "rule" in test:
        yield ("rule",), test["rule"]
    for key in ("applies", "not"):
        for at, name in enumerate(test.get(key, ())):
            yield (key, at), name


@dataclass(frozen=True, slots=True)
class Named:
    """One version of a rule, as the check across packs needs it."""

    id: str
    file: str
    line: int
    first: date
    last: date


def twice(rules: Iterable[Named]) -> Iterator[Fault]:
    """One id is one rule: of one pack, and its versions follow each other."""
    by_id = defaultdict(list)
    for rule in rules:
        by_id[rule.id].append(rule)
    for versions in by_id.values():
        for one, other in combinations(versions, 2):
            if said := _clash(one, other):
                yield Fault(other.file, other.line, other.id, said)


def _clash(one: Named, other: Named) -> str:
    where = f"{one.file}:{one.line}"
    if one.file != other.file:
        return f"Two rules have this id, here and in {where}: give one of them another."
    if one.last < other.first or other.last < one.first:
        return ""
    if (one.first, one.last) == (other.first, other.last):
        return f"Two rules have this id, here and in {where}, for the same time: remove one."
    return f"Its effective dates overlap those in {where}: end one version before the next begins."
