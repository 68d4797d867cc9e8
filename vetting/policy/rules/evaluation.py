"""What an evaluation found, as values and as JSON that can be stored and found again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from vetting.policy.rules.classifying import NOT_VERIFIED, Classification, Reason
from vetting.policy.rules.facts import FACTS, RESIDENTS_WORDS
from vetting.policy.rules.merging import Conflict, Demand, Merged, Overridden, Override
from vetting.policy.rules.packs import Rule

# Counted up by hand whenever the same facts and packs come out otherwise than before, be it in a
# word: what an earlier release stored is then no fault. tests/vetting/policy/test_revision.py fails
# until it is.
REVISION = 1

# Why a rule was left out: the word, and what it means for people.
LEFT_OUT: Mapping[str, str] = {
    "not_yet": "It is not in force yet.",
    "ended": "It is no longer in force.",
    "elsewhere": "It is the law of another state than the district's.",
    "state_unknown": "It is not known in which state the district is.",
    "no_residents": "Nobody affected lives in that state.",
    "residents_unknown": "It is not known whether anybody affected lives in that state.",
    "no_agreement": "No agreement exists.",
    "facts": "The facts do not meet its condition.",
    "exempt": "The law's own exemption is met.",
}
# Kind of rule: under which name its demands are found.
NAMES: Mapping[str, str] = {
    "deadline": "obligations",
    "duty": "duties",
    "clause": "clauses",
    "attachment": "attachments",
    "publication": "publications",
    "notice": "notices",
    "consent": "consent",
    "deletion": "deletion",
    "retention": "retention",
    "record": "records",
    "review": "reviews",
    "right": "rights",
    "training": "training",
    "role": "roles",
    "prohibition": "prohibitions",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule that does not apply; `note` is what is filed as the reason of an exemption."""

    rule: Rule
    why: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact nobody told, and the ids of the rules that it would decide."""

    fact: str
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    on: date
    facts: Mapping[str, Any]
    packs: Mapping[str, str]  # slug: digest
    demands: tuple[Demand, ...]
    left_out: tuple[LeftOut, ...]
    missing: tuple[Missing, ...]
    classification: Classification
    merged: tuple[Merged, ...]
    conflicts: tuple[Conflict, ...]
    overrides: tuple[Override, ...]  # all that were given; what they changed is in the demands

    def of(self, kind: str) -> tuple[Demand, ...]:
        """What the rules of one kind demand: "deadline", "clause", "publication", ..."""
        return tuple(demand for demand in self.demands if demand.rule.kind == kind)

    def outcome(self) -> dict[str, Any]:
        """The part that is kept beside its facts and packs, to compare with when made again."""
        return {
            "revision": REVISION,
            "class": self.classification.name,
            "reasons": [_reason(one) for one in self.classification.reasons],
            "applies": [demand.rule.id for demand in self.demands],
            "missing": [one.fact for one in self.missing],
        }

    def as_json(self) -> dict[str, Any]:
        """Plain values, the same for the same facts, packs and day."""
        return {
            "on": self.on.isoformat(),
            "facts": _plain(self.facts),
            "packs": dict(self.packs),
            "classification": _classification(self.classification),
            "applies": [demand.rule.id for demand in self.demands],
            **{name: [_demand(one) for one in self.of(kind)] for kind, name in NAMES.items()},
            "together": [_plain(asdict(one)) for one in self.merged],
            "conflicts": [_conflict(one) for one in self.conflicts],
            "missing": [_missing(one) for one in self.missing],
            "left_out": [_left_out(one) for one in self.left_out],
            "overrides": [_plain(asdict(one)) for one in self.overrides],
            "drafts": [one.rule.id for one in self.demands if is_draft(one.rule)],
        }


def is_draft(rule: Rule) -> bool:
    """A page says of such a rule that it is not yet verified against the statute."""
    return rule.status != "reviewed"


def _demand(demand: Demand) -> dict[str, Any]:
    """The rule's own terms stand beside its name: what it asks, of whom and by when."""
    rule = demand.rule
    said = {
        "rule": rule.id,
        "kind": rule.kind,
        "title": rule.title,
        "citation": rule.citation,
        "address": rule.source.address if rule.source else "",
        "pack": rule.pack,
        "state": rule.state,
        "nexus": rule.nexus,
        "basis": demand.basis,
        "confidence": rule.confidence,
        "mark": NOT_VERIFIED if is_draft(rule) else "",
        "missing": sorted(demand.missing),
        "note": rule.note,
        "terms": _plain(demand.terms),
    }
    if demand.overridden:
        said["overridden"] = [_overridden(one) for one in demand.overridden]
    return said


def _overridden(one: Overridden) -> dict[str, Any]:
    return {
        "field": one.override.field,
        "was": _plain(one.was),
        "value": _plain(one.override.value),
        "reason": one.override.reason,
        "approver": one.override.approver,
        "loosens": one.loosens,
    }


def _classification(found: Classification) -> dict[str, Any]:
    return {
        "class": found.name,
        "reasons": [_reason(one) for one in found.reasons],
        "refused_paths": [{"path": one.path, **_reason(one.because)} for one in found.refused],
        "undecided": [_reason(one) for one in found.undecided],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "words": reason.words,
        "citation": reason.citation,
        "rule": reason.rule,
        "mark": NOT_VERIFIED if reason.draft else "",
        "missing": list(reason.missing),
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "record": conflict.about,
        "at_least": _side(conflict.at_least, "at_least"),
        "at_most": _side(conflict.at_most, "at_most"),
    }


def _side(demand: Demand, field: str) -> dict[str, Any]:
    return {
        "rule": demand.rule.id,
        "citation": demand.rule.citation,
        "value": _plain(demand.terms[field]),
        "mark": NOT_VERIFIED if is_draft(demand.rule) else "",
    }


def _missing(missing: Missing) -> dict[str, Any]:
    fact = FACTS.get(missing.fact)
    question = fact.words if fact else RESIDENTS_WORDS
    about = fact.about if fact else "breach"
    return {
        "fact": missing.fact,
        "question": question,
        "about": about,
        "decides": list(missing.decides),
    }


def _left_out(left: LeftOut) -> dict[str, Any]:
    said = {"rule": left.rule.id, "why": left.why}
    if left.note:
        said |= {"citation": left.rule.citation, "note": left.note}
    return said


def _plain(value: Any) -> Any:
    """Mappings, lists and days as JSON has them."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(inner) for inner in value]
