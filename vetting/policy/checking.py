"""Packs against their own tests: each case is a literal that somebody worked out by hand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from vetting.policy.queries import due_by_law, local_iso
from vetting.policy.rules.evaluating import evaluate
from vetting.policy.rules.packs import Pack, Rule, anchors_of, rule_named
from vetting.policy.rules.timing import ASKED


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: what was to come out, and what did; `about` is the rule, or what facts lead to."""

    file: str
    line: int
    about: str
    expected: str
    got: str
    why: str

    @property
    def differs(self) -> bool:
        return self.expected != self.got

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}: {self.about}: expected {self.expected}, got {self.got}"
        return f"{said}. {self.why}"


def outcomes(pack: Pack, packs: Iterable[Pack]) -> Iterator[Outcome]:
    """Every case of one pack; `packs` are all there are, the pack among them."""
    packs = tuple(packs)
    for test in pack.tests:
        yield dated(test, pack, packs) if "rule" in test else judged(test, pack, packs)


def dated(test: Mapping[str, Any], pack: Pack, packs: Iterable[Pack]) -> Outcome:
    anchors = _instants(test)
    day = min(anchors.values()).date()
    rule = rule_named(packs, test["rule"], day)
    if rule is None:
        raise LookupError(test["rule"])
    got = _due_at(rule, test, anchors, pack)
    wanted = test["due"]
    expected = local_iso(datetime.fromisoformat(wanted), _zone(test, pack)) if wanted else "no date"
    return Outcome(pack.file, test["line"], rule.id, expected, got, test["why"])


def _due_at(
    rule: Rule, test: Mapping[str, Any], anchors: Mapping[str, datetime], pack: Pack
) -> str:
    named = anchors if "anchors" in test else {_first(rule): anchors[""]}
    zone = _zone(test, pack)
    found = due_by_law(rule, named, zone=zone, state=test.get("state", ""))
    return local_iso(found.at, zone) if found else "no date"


def _first(rule: Rule) -> str:
    return next(iter(anchors_of(rule)), ASKED)


def _zone(test: Mapping[str, Any], pack: Pack) -> str:
    """A rule without a number needs none."""
    return test.get("zone") or pack.zone or "UTC"


def _instants(test: Mapping[str, Any]) -> dict[str, datetime]:
    told = test.get("anchors") or {"": test["anchor"]}
    return {name: datetime.fromisoformat(instant) for name, instant in told.items()}


def judged(test: Mapping[str, Any], pack: Pack, packs: Iterable[Pack]) -> Outcome:
    """The case of a local pack is that of its district; elsewhere no district's own rules count."""
    used = [one for one in packs if one.layer != "local" or one.slug == pack.slug]
    on = date.fromisoformat(test["on"]) if "on" in test else pack.last_verified
    found = evaluate(test["facts"], used, on=on)
    applying = {demand.rule.id for demand in found.demands}
    expected = [name for name in test.get("applies", ()) if name not in applying]
    unwanted = [name for name in test.get("not", ()) if name in applying]
    wrong = [f"not {name}" for name in expected] + unwanted
    right = expected + [f"not {name}" for name in unwanted]
    if test.get("class", found.classification.name) != found.classification.name:
        right.append(f"class {test['class']}")
        wrong.append(f"class {found.classification.name}")
    return Outcome(
        pack.file, test["line"], "facts", ", ".join(right), ", ".join(wrong), test["why"]
    )


def unguarded(packs: Iterable[Pack]) -> Iterator[str]:
    """Rules whose date could change without a case that says so: an amount by one, a day by one."""
    packs = tuple(packs)
    cases: dict[str, list[tuple[Mapping[str, Any], Pack]]] = {}
    for pack in packs:
        for test in pack.tests:
            cases.setdefault(test.get("rule", ""), []).append((test, pack))
    for pack in packs:
        for rule in pack.rules:
            for changed in changed_by_one(rule):
                if not any(_tells(*case, rule, changed, packs) for case in cases.get(rule.id, ())):
                    yield f"{pack.file}:{rule.line}: {rule.id}"
                    break


def _tells(
    test: Mapping[str, Any], tested: Pack, rule: Rule, changed: Rule, packs: Iterable[Pack]
) -> bool:
    """Whether this case is about this version of the rule, and fails when it is changed."""
    anchors = _instants(test)
    if rule_named(packs, rule.id, min(anchors.values()).date()) is not rule:
        return False
    return _due_at(changed, test, anchors, tested) != _due_at(rule, test, anchors, tested)


def changed_by_one(rule: Rule) -> Iterator[Rule]:
    """The rule with its amount one more, and one less; with each of its fixed days a day later."""
    for key in ("limit", "relative"):
        if key in rule.terms:
            span = rule.terms[key]
            for amount in (span["amount"] + 1, span["amount"] - 1):
                if amount >= 0:
                    yield _with(rule, key, span | {"amount": amount})
    days = rule.terms.get("each_year", ())
    for at, day in enumerate(days):
        later = date.fromisoformat(f"2027-{day}") + timedelta(days=1)
        yield _with(rule, "each_year", [*days[:at], f"{later:%m-%d}", *days[at + 1 :]])


def _with(rule: Rule, key: str, value: Any) -> Rule:
    return replace(rule, terms={**rule.terms, key: value})
