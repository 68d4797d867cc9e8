"""When an answer opens a finding, how a finding is settled, and what still stands in the way."""

from collections.abc import Sequence
from datetime import date, timedelta

from vetting.screening.rules.asking import Question, falls_short, is_worse

SETTLED = {"mitigated", "excepted"}


def calls_for_a_finding(
    question: Question, *, before: str | None, after: str, last: str | None, by_person: bool
) -> bool:
    """Whether an answer opens a new finding.

    `last` is the status of the question's newest finding, `by_person` whether somebody settled it.
    What a person settled stays settled while the answer is no worse than the one they judged.
    """
    if not falls_short(question, after) or last == "open":
        return False
    return last is None or not by_person or is_worse(question, before=before, after=after)


# Ours, not a law's: what nobody has looked at for a year is no exception any more.
LONGEST_EXCEPTION = timedelta(days=366)


def reasons_against_settling(
    *, current: str, status: str, resolution: str, until: date | None, today: date
) -> list[str]:
    """`current` to `status`, each one of open, mitigated, excepted; open takes it up again."""
    if status not in {"open", *SETTLED}:
        return ["Choose: mitigated, or an exception until a date."]
    if status == "open" and current == "open":
        return ["This finding is open already."]
    missing = "Write what was done, or why an exception is right."
    if status == "open":
        missing = "Write why it must be looked at again."
    reasons = [] if resolution.strip() else [missing]
    if status == "excepted" and (until is None or until <= today):
        reasons.append("An exception needs a date in the future on which it ends.")
    elif status == "excepted" and until and until > today + LONGEST_EXCEPTION:
        reasons.append("An exception ends within a year: the yearly review looks at it again.")
    return reasons


def reasons_against_basis(basis: str, private: Sequence[str]) -> list[str]:
    """Directory information is only what would not generally be harmful or an invasion of privacy
    if disclosed (34 CFR 99.3). `private`: the names of the data asked for that would be.

    Draft: our reading of the definition, still to be checked by counsel.
    """
    if basis != "directory" or not private:
        return []
    named = ", ".join(f"“{name}”" for name in private)
    return [
        f"{named} cannot be directory information: to disclose it would generally be harmful or an "
        "invasion of privacy (34 CFR 99.3; our reading, not yet checked by counsel). "
        "Choose another legal basis."
    ]


def reasons_not_to_clear(
    *,
    unanswered: int,
    open_findings: Sequence[str],
    lapsed_exceptions: Sequence[tuple[str, date]],
    legal_basis: str,
    private: Sequence[str] = (),
) -> list[str]:
    """Why a screening is not complete, in sentences; empty when it is."""
    reasons = []
    if unanswered:
        words = "1 question is" if unanswered == 1 else f"{unanswered} questions are"
        reasons.append(f"{words} not answered yet.")
    reasons += [f"The finding “{title}” is not settled." for title in open_findings]
    reasons += [
        f"The exception for “{title}” ended on {day:%b} {day.day}, {day.year}."
        for title, day in lapsed_exceptions
    ]
    if not legal_basis:
        reasons.append("The legal basis is not recorded.")
    return reasons + reasons_against_basis(legal_basis, private)
