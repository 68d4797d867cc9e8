"""Which terms of a rule a district may read otherwise: those that have an order of strictness."""

from collections.abc import Mapping

from vetting.policy.rules.merging import STRICTNESS
from vetting.policy.rules.packs import Rule
from vetting.policy.rules.wording import TERMS

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
