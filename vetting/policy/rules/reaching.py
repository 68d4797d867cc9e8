"""Why a rule reaches this district, in words, and why another one does not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vetting.policy.rules.classifying import NOT_VERIFIED
from vetting.policy.rules.conditions import facts_of
from vetting.policy.rules.evaluation import LEFT_OUT, Evaluation, is_draft
from vetting.policy.rules.facts import FACTS, Fact
from vetting.policy.rules.merging import Demand
from vetting.policy.rules.packs import ALWAYS, Pack, Rule
from vetting.policy.rules.states import state_name

CONFIDENCE: Mapping[str, str] = {
    "high": "its text was read",
    "medium": "not all of its text was read",
    "low": "its text was not read",
}
# What a federal rule asks of the district before it reaches it.
_BECAUSE: Mapping[str, tuple[str, str]] = {
    "federal_funds": (
        "because the district receives funds of the U.S. Department of Education",
        "if the district receives funds of the U.S. Department of Education: not said yet",
    ),
    "e_rate": (
        "because the district receives E-rate discounts",
        "if the district receives E-rate discounts: not said yet",
    ),
}


@dataclass(frozen=True, slots=True)
class Reaching:
    """A rule that reaches the district, its pack, and why; `own`: the district made it."""

    demand: Demand
    pack: Pack
    because: str

    @property
    def rule(self) -> Rule:
        return self.demand.rule

    @property
    def own(self) -> bool:
        return self.pack.layer == "local"

    @property
    def draft(self) -> bool:
        return is_draft(self.rule)

    @property
    def since(self) -> str:
        """ISO days; "" where it is not known since when."""
        return "" if self.rule.effective_from == ALWAYS else self.rule.effective_from.isoformat()

    @property
    def how_sure(self) -> str:
        """Nobody is told that something is sure which was compared with no statute."""
        if self.own:
            return "Written by this district itself"
        said = CONFIDENCE[self.rule.confidence]
        if self.draft:
            return f"{said[0].upper()}{said[1:]}; {NOT_VERIFIED}"
        return f"{self.rule.confidence.capitalize()}: {said}"


@dataclass(frozen=True, slots=True)
class Away:
    """Rules of one pack that do not reach the district, for one reason."""

    pack: Pack
    rules: tuple[Rule, ...]


def reaching(found: Evaluation, packs: Iterable[Pack]) -> list[Reaching]:
    """Those that apply to the district as such; `found` was made of the agency's facts alone."""
    by_slug = {pack.slug: pack for pack in packs}
    return [
        Reaching(
            one, by_slug[one.rule.pack], because(one.rule, by_slug[one.rule.pack], found.facts)
        )
        for one in found.demands
    ]


def because(rule: Rule, pack: Pack, facts: Mapping[str, Any]) -> str:
    if pack.layer == "local":
        return "because the district made it its own rule"
    if rule.nexus == "contract":
        return "because an agreement says so"
    if rule.nexus == "resident_state":
        return f"where those affected live in {state_name(rule.state)}"
    if rule.nexus == "agency_state" and rule.state:
        return f"because the district is in {state_name(rule.state)}"
    for name in facts_of(rule.when):
        if name in _BECAUSE:
            known, unknown = _BECAUSE[name]
            return known if facts.get(name) else unknown
    return "because it holds in the whole country" if rule.nexus == "federal" else "everywhere"


def left_away(found: Evaluation, packs: Iterable[Pack]) -> Iterator[tuple[str, list[Away]]]:
    """The reason in words, and the rules it keeps away, pack by pack."""
    by_slug = {pack.slug: pack for pack in packs}
    grouped: dict[str, dict[str, list[Rule]]] = {}
    for one in found.left_out:
        grouped.setdefault(one.why, {}).setdefault(one.rule.pack, []).append(one.rule)
    for why, of_packs in grouped.items():
        away = [Away(by_slug[slug], tuple(rules)) for slug, rules in sorted(of_packs.items())]
        yield LEFT_OUT[why], away


def unanswered(found: Evaluation) -> list[Fact]:
    """The questions about the district itself that nobody has answered yet."""
    about = (FACTS[one.fact] for one in found.missing if one.fact in FACTS)
    return [fact for fact in about if fact.about == "agency"]
