"""Packs against their own tests: each case is a literal that somebody worked out by hand."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
        yield about_rule(test, pack, packs) if "rule" in test else judged(test, pack, packs)


def about_rule(test: Mapping[str, Any], pack: Pack, packs: Iterable[Pack]) -> Outcome:
    rule = rule_named(packs, test["rule"], day_of(test, pack))
    if rule is None:
        raise LookupError(test["rule"])
    expected, got = _wanted(test, pack), got_of(rule, test, pack)
    return Outcome(pack.file, test["line"], rule.id, expected, got, test["why"])


def _wanted(test: Mapping[str, Any], pack: Pack) -> str:
    if "says" in test:
        return _said(test["says"])
    if test["due"] is None:
        return "no date"
    zone = _zone(test, pack)
    at = local_iso(datetime.fromisoformat(test["due"]), zone)
    return _at_the_latest(at, test["extended"], zone) if "extended" in test else at


def got_of(rule: Rule, test: Mapping[str, Any], pack: Pack) -> str:
    """When it is due; or, of what is no date (how long a record is kept), what the rule says."""
    if "says" in test:
        return _said({key: rule.terms.get(key) for key in test["says"]})
    anchors, zone = _instants(test), _zone(test, pack)
    named = anchors if "anchors" in test else {_first(rule): anchors[""]}
    try:
        found = due_by_law(rule, named, zone=zone, state=test.get("state", ""))
    except (ValueError, OverflowError):
        return "further than any calendar"
    if found is None:
        return "no date"
    at = local_iso(found.at, zone)
    more = found.explanation.get("extension", {}).get("due", "")
    return _at_the_latest(at, more, zone) if "extended" in test else at


def _at_the_latest(at: str, extended: str, zone: str) -> str:
    if not extended:
        return f"{at}, not extended"
    return f"{at}, extended to {local_iso(datetime.fromisoformat(extended), zone)}"


def _said(terms: Mapping[str, Any]) -> str:
    return json.dumps(terms, sort_keys=True, ensure_ascii=False)


def day_of(test: Mapping[str, Any], pack: Pack) -> date:
    """The day that decides which version of a rule is meant."""
    if "says" in test:
        return _on(test, pack)
    return min(_instants(test).values()).date()


def _on(test: Mapping[str, Any], pack: Pack) -> date:
    return date.fromisoformat(test["on"]) if "on" in test else pack.last_verified


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
    found = evaluate(test["facts"], used, on=_on(test, pack))
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
