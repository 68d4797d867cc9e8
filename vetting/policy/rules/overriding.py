"""Which terms of a rule a district may read otherwise: those that have an order of strictness."""

from collections.abc import Iterable, Mapping
from typing import Any

from vetting.policy.rules.merging import STRICTNESS, Overridden
from vetting.policy.rules.packs import Rule
from vetting.policy.rules.wording import TERMS
from workflows.clock.words import counted
from workflows.grammar import Unit

SPANS: Mapping[str, tuple[str, ...]] = {
    "limit": ("calendar_days", "business_days", "hours"),
    "at_least": ("years", "months", "days"),
    "at_most": ("years", "months", "days"),
}
NUMBERS = ("every_months", "keep_years")
WORDS: Mapping[str, tuple[str, ...]] = {
    "default": ("opt_in", "opt_out"),
    "duration": ("school_year", "enrollment", "until_withdrawn"),
    "scope": ("per_tool", "list"),
    "every": ("once", "year", "90_days"),
}
YES_NO = ("blocking", "certificate")


def open_fields(rule: Rule) -> list[str]:
    """By their names in the format; none where nothing could be told stricter or looser."""
    ordered = [field for kind, field in STRICTNESS if kind == rule.kind]
    return [field for field in ("limit", *ordered) if field in rule.terms]


def called(field: str) -> str:
    return "Within" if field == "limit" else TERMS[field]


OTHERWISE = "otherwise"  # in the explanation of a date whose limit the district reads otherwise


def with_reading(
    explanation: Mapping[str, Any], overridden: Iterable[Overridden]
) -> dict[str, Any]:
    """The same, saying that it is not the law's own number where the limit was overridden."""
    one = next((one for one in overridden if one.override.field == "limit"), None)
    if one is None or not one.was:
        return dict(explanation)
    override = one.override
    kept = {
        "was": dict(one.was),
        "value": dict(override.value),
        "approver": override.approver,
        "reason": override.reason,
    }
    said = f"Read otherwise by this district: the law says {limit_words(one.was)}."
    sentence = f"{explanation['sentence']} {said}"
    return {**explanation, OTHERWISE: kept, "sentence": sentence}


def limit_words(limit: Mapping[str, Any]) -> str:
    """ "30 calendar days"."""
    return counted(limit["amount"], Unit(limit["unit"]))
