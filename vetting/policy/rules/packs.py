"""Jurisdiction packs as plain values: what a law, a contract or a district asks, since when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# What a limit can count from. Closed: a new one needs somebody who records when it happened.
ANCHORS: Mapping[str, str] = {
    "occurred": "it happened",
    "vendor_discovered": "the vendor discovered it",
    "vendor_confirmed": "the vendor confirmed it",
    "vendor_determined": "the vendor determined that there was a breach",
    "vendor_notice_received": "the district received the vendor's notice",
    "district_discovered": "the district discovered it",
    "district_determined": "the district determined that there was a breach",
    "hold_asked": "law enforcement asked to hold notices back",
    "hold_lifted": "law enforcement lifted its hold",
    "residents_notified": "the residents were notified",
    "complaint_received": "the complaint was received",
    "request_received": "the request was received",
    "written_request": "the written request was made",
    "agreement_executed": "the agreement was executed",
    "contract_ended": "the contract ended",
    "school_year_start": "the school year started",
    "school_year_midpoint": "the middle of the school year was reached",
    "unauthorized_use_discovered": "the unauthorized use was discovered",
    "audit_requested": "the audit was requested",
}
# Since when is not known: the pack speaks of what it found in effect.
ALWAYS = date.min
# The ways of saying when; a rule has one of them, or none where its kind needs none.
TIMINGS = ("limit", "promptly", "each_year", "relative", "standing")
MUST_SAY_WHEN = frozenset({"deadline", "publication"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule can be read, "" off the web; `read` says how much was: whole, excerpt, none."""

    key: str
    citation: str
    address: str
    read: str


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One version of one rule. `terms` are its kind's own keys; `line` is where it begins.

    `state` is that of its law, "" for federal and contract rules; `zone` is "" where the district's
    own zone counts. `version` and `arguable` are its pack's.
    """

    id: str
    kind: str
    title: str
    citation: str
    source: Source | None
    nexus: str
    state: str
    effective_from: date
    effective_to: date | None
    last_verified: date
    confidence: str
    status: str
    when: Mapping[str, Any] | None
    note: str
    terms: Mapping[str, Any]
    pack: str
    line: int
    version: str = ""
    zone: str = ""
    arguable: tuple[str, ...] = ()

    def in_effect(self, day: date) -> bool:
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """The rules of one jurisdiction and one body of law; `digest` is the SHA-256 of its file."""

    slug: str
    title: str
    layer: str
    state: str
    zone: str
    version: str
    status: str
    effective_from: date
    effective_to: date | None
    last_verified: date
    arguable: tuple[str, ...]
    sources: Mapping[str, Source]
    rules: tuple[Rule, ...]
    tests: tuple[Mapping[str, Any], ...]
    digest: str
    file: str = ""


def anchors_of(rule: Rule) -> tuple[str, ...]:
    """What the rule counts from, whichever comes first; none where nothing is counted."""
    named = rule.terms.get("anchor", ())
    if isinstance(named, str):
        return (named,)
    return tuple(named) or tuple(filter(None, [rule.terms.get("relative", {}).get("to")]))


def rule_named(packs: Iterable[Pack], name: str, on: date) -> Rule | None:
    """The version of a rule that is in effect on a day; else its latest; None: no such rule."""
    return rule_at([rule for pack in packs for rule in pack.rules if rule.id == name], on)


def rule_at(versions: Sequence[Rule], on: date) -> Rule | None:
    """Of the versions of one rule."""
    in_effect = [rule for rule in versions if rule.in_effect(on)]
    return max(in_effect or versions, key=lambda rule: rule.effective_from, default=None)
