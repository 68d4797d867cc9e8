"""Conditions on facts, in three values: it holds, it does not, or a missing fact leaves it open."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

from vetting.policy.rules.facts import FACTS, Fact, meant


@dataclass(frozen=True, slots=True)
class Reading:
    """True, False, or None: open, because of the facts that are `missing`."""

    value: bool | None
    missing: frozenset[str] = frozenset()


Check = Callable[[Mapping[str, Any]], Reading]
YES, NO = Reading(True), Reading(False)

# The words of a comparison, and the kinds of facts each can ask.
COMPARISONS: Mapping[str, tuple[Callable[[Any, Any], bool], frozenset[str]]] = {
    "is": (lambda known, value: bool(known == value), frozenset({"yes_no", "one_of", "number"})),
    "in": (lambda known, values: known in values, frozenset({"one_of"})),
    "at_least": (ge, frozenset({"number"})),
    "more_than": (gt, frozenset({"number"})),
    "below": (lt, frozenset({"number"})),
    "at_most": (le, frozenset({"number"})),
    "any_of": (lambda known, kinds: not kinds.isdisjoint(known), frozenset({"some_of"})),
}


class Misread(ValueError):
    """A condition that says nothing; the sentence says why."""


def holds(condition: Mapping[str, Any] | None, facts: Mapping[str, Any]) -> Reading:
    """No condition always holds; a fact that is absent or None is not known."""
    return compiled(condition)(facts)


_ready: dict[int, tuple[Mapping[str, Any], Check]] = {}
MOST_READY = 8192


def compiled(condition: Mapping[str, Any] | None) -> Check:
    """The condition as a function, made once for each mapping (which must not change afterward).

    Raises Misread.
    """
    if condition is None:
        return _always
    known = _ready.get(id(condition))
    # The entry holds the mapping itself, so no other object can have come by its id.
    if known is not None:
        return known[1]
    check = _compile(condition)
    if len(_ready) >= MOST_READY:
        _ready.clear()
    _ready[id(condition)] = (condition, check)
    return check


def _always(facts: Mapping[str, Any]) -> Reading:
    return YES


def never(facts: Mapping[str, Any]) -> Reading:
    return NO


def _compile(condition: Any) -> Check:
    if not isinstance(condition, Mapping):
        raise Misread(f"A condition is a mapping, not {condition!r}.")
    if "fact" in condition:
        return _comparison(condition)
    if len(condition) != 1:
        raise Misread("A condition has one of: fact, all, any, not.")
    ((word, inner),) = condition.items()
    if word == "not":
        return _negation(_compile(inner))
    if word not in {"all", "any"}:
        raise Misread(f"There is no condition “{word}”, only fact, all, any and not.")
    if not isinstance(inner, list | tuple) or not inner:
        raise Misread(f"“{word}” needs a list of conditions.")
    return _joined(tuple(_compile(one) for one in inner), decisive=NO if word == "all" else YES)


def _comparison(condition: Mapping[str, Any]) -> Check:
    name = condition["fact"]
    fact = FACTS.get(name) if isinstance(name, str) else None
    if fact is None:
        raise Misread(f"There is no fact “{condition['fact']}”{meant(condition['fact'], FACTS)}.")
    others = [word for word in condition if word != "fact"]
    if len(others) != 1 or others[0] not in COMPARISONS:
        raise Misread(f"“{fact.name}” is compared with one of: {', '.join(COMPARISONS)}.")
    compare, kinds = COMPARISONS[others[0]]
    if fact.kind not in kinds:
        raise Misread(f"“{fact.name}” cannot be asked with “{others[0]}”.")
    wanted = _operand(fact, others[0], condition[others[0]])
    unknown, name = Reading(None, frozenset({fact.name})), fact.name

    def check(facts: Mapping[str, Any]) -> Reading:
        known = facts.get(name)
        if known is None:
            return unknown
        return YES if compare(known, wanted) else NO

    return check


def _operand(fact: Fact, word: str, wanted: Any) -> Any:
    """What is compared with; a word that is none of the fact's values could never be met."""
    if word in {"in", "any_of"}:
        if not isinstance(wanted, list | tuple) or not wanted:
            raise Misread(f"“{word}” needs a list of values.")
        _known_values(fact, wanted)
        return frozenset(wanted)
    if fact.kind == "number" and (isinstance(wanted, bool) or not isinstance(wanted, int | float)):
        raise Misread(f"“{fact.name}” is compared with a number, not {wanted!r}.")
    if fact.kind == "yes_no" and not isinstance(wanted, bool):
        raise Misread(f"“{fact.name}” is true or false, not {wanted!r}.")
    if fact.kind == "one_of":
        _known_values(fact, [wanted])
    return wanted


def _known_values(fact: Fact, wanted: Collection[Any]) -> None:
    strange = [value for value in wanted if value not in fact.values]
    if strange:
        raise Misread(f"“{fact.name}” is never {strange[0]!r}.")


def _negation(check: Check) -> Check:
    def turned(facts: Mapping[str, Any]) -> Reading:
        found = check(facts)
        if found.value is None:
            return found
        return NO if found.value else YES

    return turned


def _joined(checks: tuple[Check, ...], *, decisive: Reading) -> Check:
    """`all` is decided by one that does not hold, `any` by one that does, whatever is missing."""
    otherwise = YES if decisive is NO else NO

    def joined(facts: Mapping[str, Any]) -> Reading:
        missing: list[frozenset[str]] = []
        for check in checks:
            found = check(facts)
            if found.value is None:
                missing.append(found.missing)
            elif found.value is decisive.value:
                return decisive
        return Reading(None, frozenset().union(*missing)) if missing else otherwise

    return joined


def facts_of(condition: Mapping[str, Any] | None) -> Iterable[str]:
    """Every fact a condition asks for."""
    if condition is None:
        return
    if "fact" in condition:
        yield condition["fact"]
    elif "not" in condition:
        yield from facts_of(condition["not"])
    else:
        for word in ("all", "any"):
            for inner in condition.get(word, ()):
                yield from facts_of(inner)
