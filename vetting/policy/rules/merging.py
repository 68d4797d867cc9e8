"""The stricter of several rules, said field by field; and what cannot be merged, but is shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from vetting.policy.rules.packs import Rule

# A day in parts that also measure a mean month and a mean year exactly: 12 months are one year.
_SPAN = {"hours": 5_000, "days": 120_000, "calendar_days": 120_000}
_SPAN |= {"months": 3_652_425, "years": 43_829_100}


class NotComparable(ValueError):
    """A value of a field that the field's order does not know."""


def span(value: Mapping[str, Any]) -> int:
    """How long `{amount, unit}` lasts, to compare with others."""
    try:
        return int(value["amount"] * _SPAN[value["unit"]])
    except (KeyError, TypeError) as unknown:
        raise NotComparable(f"{value!r} is no length of time.") from unknown


def _rank(*loosest_first: Any) -> Callable[[Any], int]:
    def rank(value: Any) -> int:
        if value not in loosest_first:
            raise NotComparable(f"{value!r} is none of {', '.join(map(str, loosest_first))}.")
        return loosest_first.index(value)

    return rank


def _fewest(value: Any) -> float:
    return -_number(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotComparable(f"{value!r} is not a number.")
    return value


def _shortest(value: Mapping[str, Any]) -> int:
    return -span(value)


# kind, field: how strict a value is. What no row names is never merged: every rule's own stands.
STRICTNESS: Mapping[tuple[str, str], Callable[[Any], float]] = {
    ("review", "every_months"): _fewest,
    ("consent", "default"): _rank("opt_out", "opt_in"),
    ("consent", "duration"): _rank("until_withdrawn", "enrollment", "school_year"),
    ("consent", "scope"): _rank("list", "per_tool"),
    ("retention", "at_least"): span,
    ("retention", "at_most"): _shortest,
    ("clause", "blocking"): _rank(False, True),
    ("deletion", "certificate"): _rank(False, True),
    ("publication", "keep_years"): _number,
    ("training", "every"): _rank("once", "year", "90_days"),
}
# Lists add up: what any rule asks to be said, is said.
ADD_UP = frozenset({("consent", "content"), ("publication", "fields"), ("record", "fields")})
# By which of their terms the rules of a kind speak of the same thing; "": all of them do.
ALIKE_BY: Mapping[str, str] = {
    "review": "",
    "consent": "",
    "deletion": "",
    "retention": "record",
    "clause": "what",
    "publication": "what",
    "record": "what",
    "training": "audience",
}


@dataclass(frozen=True, slots=True)
class Override:
    """A district's own value for one field of a rule; why, and who answers for it."""

    rule: str
    field: str
    value: Any
    reason: str
    approver: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.approver.strip():
            raise ValueError(f"An override of {self.rule} needs a reason and who approved it.")


@dataclass(frozen=True, slots=True)
class Overridden:
    """What an override changed; `loosens` is None where the field has no order of strictness."""

    override: Override
    was: Any
    loosens: bool | None


@dataclass(frozen=True, slots=True)
class Demand:
    """A rule that applies, with the terms that count here; `missing`: facts that leave it open."""

    rule: Rule
    terms: Mapping[str, Any]
    missing: frozenset[str] = frozenset()
    overridden: tuple[Overridden, ...] = ()

    @property
    def basis(self) -> str:
        """Which of the clocks beside each other it is: none of them overwrites another."""
        if self.rule.nexus == "contract":
            return "contract"
        duty_of = self.terms.get("duty_of")
        return f"statute on {duty_of}" if duty_of else "statute"


@dataclass(frozen=True, slots=True)
class Value:
    """The strictest value of a field, and the ids of the rules it comes from."""

    field: str
    value: Any
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    kind: str
    about: str
    values: tuple[Value, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A longer minimum against a shorter maximum: both stand, and somebody has to decide."""

    about: str
    at_least: Demand
    at_most: Demand


def demanded(rule: Rule, missing: frozenset[str], overrides: Sequence[Override]) -> Demand:
    """The rule as it counts here, with the overrides that name it."""
    mine = [one for one in overrides if one.rule == rule.id] if overrides else []
    if not mine:
        return _as_written(rule, missing)
    changed = tuple(_overridden(rule, one) for one in mine)
    terms = {**rule.terms, **{one.field: one.value for one in mine}}
    return Demand(rule, terms, missing, changed)


@lru_cache(maxsize=8192)
def _as_written(rule: Rule, missing: frozenset[str]) -> Demand:
    return Demand(rule, rule.terms, missing)


def _overridden(rule: Rule, override: Override) -> Overridden:
    was = rule.terms.get(override.field)
    order = STRICTNESS.get((rule.kind, override.field))
    if override.field == "limit":
        order = _shortest
    if order is None or was is None:
        return Overridden(override, was, None)
    return Overridden(override, was, _is_looser(order, override.value, was))


def _is_looser(order: Callable[[Any], float], value: Any, was: Any) -> bool | None:
    """None where nobody can say: five business days are no fixed number of calendar days."""
    try:
        return order(value) < order(was)
    except NotComparable:
        return None


def merged(demands: Iterable[Demand]) -> tuple[tuple[Merged, ...], tuple[Conflict, ...]]:
    """The strictest of each field, and the conflicts. `demands` in the order of their rules."""
    groups: dict[tuple[str, str], list[Demand]] = {}
    for demand in demands:
        kind = demand.rule.kind
        if kind in ALIKE_BY:
            by = ALIKE_BY[kind]
            about = str(demand.terms.get(by, "")) if by else ""
            groups.setdefault((kind, about), []).append(demand)
    conflicts = tuple(
        found
        for (kind, about), alike in sorted(groups.items(), key=_by_name)
        if kind == "retention" and (found := _conflict(about, alike))
    )
    disputed = {conflict.about for conflict in conflicts}
    return tuple(
        _merge(kind, about, alike, disputed=kind == "retention" and about in disputed)
        for (kind, about), alike in sorted(groups.items(), key=_by_name)
    ), conflicts


def _by_name(group: tuple[tuple[str, str], list[Demand]]) -> tuple[str, str]:
    return group[0]


def _conflict(record: str, alike: Sequence[Demand]) -> Conflict | None:
    longest, shortest = _strictest(alike, "at_least"), _strictest(alike, "at_most")
    if not longest or not shortest:
        return None
    least, most = longest[0], shortest[0]
    if span(least.terms["at_least"]) <= span(most.terms["at_most"]):
        return None
    return Conflict(record, least, most)


@cache
def _fields(kind: str) -> tuple[str, ...]:
    return tuple(sorted({field for of, field in [*STRICTNESS, *ADD_UP] if of == kind}))


def _merge(kind: str, about: str, alike: Sequence[Demand], *, disputed: bool) -> Merged:
    if len(alike) == 1 and not alike[0].overridden and not disputed:
        return _alone(kind, about, alike[0].rule)
    names = () if disputed else _fields(kind)
    values = tuple(value for name in names if (value := _value(kind, name, alike)))
    return Merged(kind, about, values, tuple(demand.rule.id for demand in alike))


@lru_cache(maxsize=8192)
def _alone(kind: str, about: str, rule: Rule) -> Merged:
    said = [(name, rule.terms.get(name)) for name in _fields(kind)]
    values = tuple(Value(name, value, (rule.id,)) for name, value in said if value is not None)
    return Merged(kind, about, values, (rule.id,))


def _value(kind: str, name: str, alike: Sequence[Demand]) -> Value | None:
    said = [demand for demand in alike if demand.terms.get(name) is not None]
    if not said:
        return None
    if (kind, name) in ADD_UP:
        every = dict.fromkeys(item for demand in said for item in demand.terms[name])
        return Value(name, list(every), tuple(demand.rule.id for demand in said))
    first = _strictest(said, name)
    return Value(name, first[0].terms[name], tuple(demand.rule.id for demand in first))


def _strictest(alike: Sequence[Demand], name: str) -> list[Demand]:
    """Those who say the strictest value; equally strict ones beside each other."""
    said = [demand for demand in alike if demand.terms.get(name) is not None]
    if len(said) < 2:
        return said
    strictness = STRICTNESS[said[0].rule.kind, name]
    most = max(strictness(demand.terms[name]) for demand in said)
    return [demand for demand in said if strictness(demand.terms[name]) == most]
