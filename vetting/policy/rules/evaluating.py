"""Which rules apply to a tool or a breach on a day, and what they demand together."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Any

from vetting.policy.rules.classifying import classify
from vetting.policy.rules.conditions import Check, compiled, never
from vetting.policy.rules.evaluation import Evaluation, LeftOut, Missing
from vetting.policy.rules.facts import RESIDENTS_BY_STATE
from vetting.policy.rules.merging import Demand, Override, demanded, merged
from vetting.policy.rules.packs import Pack, Rule


def evaluate(
    facts: Mapping[str, Any],
    packs: Iterable[Pack],
    *,
    on: date,
    overrides: Sequence[Override] = (),
) -> Evaluation:
    """What the rules of the packs demand on that day. The facts were checked by complaints_about.

    An open rule counts as one that applies, and names the facts that are missing. The result does
    not depend on the order of the packs. Raises ValueError on a pack given twice or never linted.
    """
    used = tuple(sorted(packs, key=attrgetter("slug")))
    twice = [one.slug for one, other in pairwise(used) if one.slug == other.slug]
    if twice:
        raise ValueError(f"Two versions at once of the pack: {', '.join(twice)}.")
    demands, left_out, missing = _judged(_in_force(used, on), _Place(facts), overrides)
    together, conflicts = merged(demands)
    return Evaluation(
        on=on,
        facts=dict(facts),
        packs={pack.slug: pack.digest for pack in used},
        demands=tuple(demands),
        left_out=tuple(left_out),
        missing=missing,
        classification=classify(demands, _generic(used), facts),
        merged=together,
        conflicts=conflicts,
        overrides=tuple(overrides),
    )


def evaluated_again(stored: Mapping[str, Any], packs: Iterable[Pack]) -> Evaluation:
    """The evaluation that was stored as JSON, from its facts and the very packs it names.

    Raises LookupError where a version of a pack is not among `packs`.
    """
    at_hand = {(pack.slug, pack.digest): pack for pack in packs}
    gone = [slug for slug, digest in stored["packs"].items() if (slug, digest) not in at_hand]
    if gone:
        raise LookupError(f"The version that was used is not at hand of: {', '.join(gone)}.")
    return evaluate(
        stored["facts"],
        [at_hand[named] for named in stored["packs"].items()],
        on=date.fromisoformat(stored["on"]),
        overrides=[Override(**one) for one in stored["overrides"]],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """A rule with its conditions compiled; `out_of_time` is why it is no law that day, or ""."""

    pack: Pack
    rule: Rule
    met: Check
    exempt: Check
    out_of_time: str = ""


def _judged(
    rules: Iterable[_Ready], place: "_Place", overrides: Sequence[Override]
) -> tuple[list[Demand], list[LeftOut], tuple[Missing, ...]]:
    demands: list[Demand] = []
    left_out: list[LeftOut] = []
    unknown: dict[str, list[str]] = {}
    for ready in rules:
        why, missing = _standing(ready, place)
        for fact in missing:
            unknown.setdefault(fact, []).append(ready.rule.id)
        if why:
            left_out.append(_left_out(ready.rule, why))
        else:
            demands.append(demanded(ready.rule, missing, overrides))
    asked = tuple(Missing(fact, tuple(unknown[fact])) for fact in sorted(unknown))
    return demands, left_out, asked


@lru_cache(maxsize=8192)
def _left_out(rule: Rule, why: str) -> LeftOut:
    return LeftOut(rule, why, str(rule.terms.get("exempt_note", "")) if why == "exempt" else "")


@lru_cache(maxsize=16)
def _generic(packs: tuple[Pack, ...]) -> frozenset[str]:
    return frozenset(rule.id for pack in packs if pack.layer == "generic" for rule in pack.rules)


# The same packs are asked all day, and one case asks of as many days as it has events: a pack is
# told apart by what it is, not by what it says, and days between two changes of the law are one.
def _in_force(packs: tuple[Pack, ...], on: date) -> tuple[_Ready, ...]:
    """Every rule, in the order of the ids."""
    return _in_era(packs, bisect_right(_changes(packs), on))


@lru_cache(maxsize=16)
def _changes(packs: tuple[Pack, ...]) -> tuple[date, ...]:
    """The days on which a rule begins, or is no law any more."""
    spans: list[Pack | Rule] = [*packs, *(rule for pack in packs for rule in pack.rules)]
    begins = {span.effective_from for span in spans}
    last = {span.effective_to for span in spans if span.effective_to}
    return tuple(sorted(begins | {day + timedelta(days=1) for day in last if day < date.max}))


@lru_cache(maxsize=256)
def _in_era(packs: tuple[Pack, ...], era: int) -> tuple[_Ready, ...]:
    """The rules as they stand after so many of the changes."""
    on = _changes(packs)[era - 1] if era else date.min
    ready = [replace(one, out_of_time=_out_of_time(one, on)) for one in _compiled(packs)]
    return tuple(ready)


@lru_cache(maxsize=16)
def _compiled(packs: tuple[Pack, ...]) -> tuple[_Ready, ...]:
    rules = [
        _Ready(
            pack,
            rule,
            compiled(rule.when),
            compiled(rule.terms["exempt_when"]) if "exempt_when" in rule.terms else never,
        )
        for pack in packs
        for rule in pack.rules
    ]
    return tuple(sorted(rules, key=lambda one: (one.rule.id, one.rule.effective_from)))


def _out_of_time(ready: _Ready, on: date) -> str:
    rule, pack = ready.rule, ready.pack
    if on < rule.effective_from or on < pack.effective_from:
        return "not_yet"
    return "" if rule.in_effect(on) and _lasts(pack, on) else "ended"


def _lasts(pack: Pack, on: date) -> bool:
    return pack.effective_to is None or on <= pack.effective_to


_NOTHING: frozenset[str] = frozenset()
_STATE, _RESIDENTS = frozenset({"agency_state"}), frozenset({RESIDENTS_BY_STATE})
_AGREEMENT = frozenset({"agreement"})


class _Place:
    """Where the agency and those affected are; and the facts as a rule of each state reads them."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.agency: str | None = facts.get("agency_state")
        self.residents: Mapping[str, int] | None = facts.get(RESIDENTS_BY_STATE)
        self.agreement: bool | None = facts.get("agreement")
        self._seen_from: dict[str, Mapping[str, Any]] = {}

    def seen_from(self, state: str) -> Mapping[str, Any]:
        """A threshold counts the residents of the rule's own state, never all who are affected."""
        if self.residents is None or not state:
            return self.facts
        if state not in self._seen_from:
            count = self.residents.get(state, 0)
            self._seen_from[state] = {**self.facts, "residents_affected": count}
        return self._seen_from[state]


def _standing(ready: _Ready, place: _Place) -> tuple[str, frozenset[str]]:
    """Why it is left out ("": it applies), and the facts that are missing to be sure."""
    if ready.out_of_time:
        return ready.out_of_time, _NOTHING
    rule = ready.rule
    why, unsure = _REACHES[rule.nexus](rule, place)
    if why and not unsure:
        return why, _NOTHING
    facts = place.seen_from(rule.state)
    met = ready.met(facts)
    if met.value is False:
        return "facts", _NOTHING
    exempt = ready.exempt(facts)
    if exempt.value:
        return "exempt", _NOTHING
    return (why, unsure) if why else ("", unsure | met.missing | exempt.missing)


# Whether the law reaches this district: why not, and the fact that would tell. Where a student
# lives never brings in a law of the agency's state, nor takes it away; a general breach statute
# asks only where those affected live.


def _everywhere(rule: Rule, place: _Place) -> tuple[str, frozenset[str]]:
    return "", _NOTHING


def _by_agreement(rule: Rule, place: _Place) -> tuple[str, frozenset[str]]:
    if place.agreement is None:
        return "", _AGREEMENT
    return ("", _NOTHING) if place.agreement else ("no_agreement", _NOTHING)


def _by_agency(rule: Rule, place: _Place) -> tuple[str, frozenset[str]]:
    if not rule.state or rule.state == place.agency:
        return "", _NOTHING
    return ("elsewhere", _NOTHING) if place.agency else ("state_unknown", _STATE)


def _by_residents(rule: Rule, place: _Place) -> tuple[str, frozenset[str]]:
    if not rule.state:
        return "", _NOTHING
    if place.residents is None:
        # Most of a district's people live in its state; of other states nothing is known.
        home = rule.state == place.agency
        return ("", _NOTHING) if home else ("residents_unknown", _RESIDENTS)
    return ("", _NOTHING) if place.residents.get(rule.state) else ("no_residents", _NOTHING)


_REACHES = {
    "federal": _everywhere,
    "contract": _by_agreement,
    "agency_state": _by_agency,
    "resident_state": _by_residents,
}
