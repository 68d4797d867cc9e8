"""Pure decisions of a screening, on plain values: no database, no clock."""

from vetting.screening.rules.asking import (
    ANSWER_WORDS,
    FLAGS,
    LEGAL_BASES,
    SEVERITIES,
    Facts,
    Given,
    asked,
    falls_short,
    is_worse,
    questionnaire_faults,
    share_of,
    words_of,
)
from vetting.screening.rules.scoring import (
    TIER_NAMES,
    TIER_TONES,
    Bar,
    Point,
    Score,
    bar_of,
    score,
    tier_of,
)
from vetting.screening.rules.settling import (
    calls_for_a_finding,
    reasons_against_basis,
    reasons_against_settling,
    reasons_not_to_clear,
)

__all__ = [
    "ANSWER_WORDS",
    "FLAGS",
    "LEGAL_BASES",
    "SEVERITIES",
    "TIER_NAMES",
    "TIER_TONES",
    "Bar",
    "Facts",
    "Given",
    "Point",
    "Score",
    "asked",
    "bar_of",
    "calls_for_a_finding",
    "falls_short",
    "is_worse",
    "questionnaire_faults",
    "reasons_against_basis",
    "reasons_against_settling",
    "reasons_not_to_clear",
    "score",
    "share_of",
    "tier_of",
    "words_of",
]
