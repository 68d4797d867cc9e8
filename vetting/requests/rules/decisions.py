"""What a decision must say, who may make it, and what it must rest on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

DATED_KINDS = ("pilot", "one_class", "provisional", "continuity")
# These two need the superintendent's designee, who is the privacy lead until one is named.
EXCEPTION_KINDS = ("provisional", "continuity")
LONGEST_DATED = timedelta(days=60)
KIND_WORDS = {
    "full": "Full: until its next yearly review",
    "pilot": "Pilot: a trial with real students, with an end",
    "one_class": "One class: a single class, with an end",
    "provisional": "Provisional: an exception while something is still missing",
    "continuity": "Continuity: an exception, so that a tool schools depend on does not stop",
}
LICENSES = {
    "district_paid": "The district has paid for every school",
    "school_buys": "Your school must buy it",
    "free": "Free",
}
DECLINE_REASONS = {
    "vendor_will_not_sign": "The vendor will not sign our agreement",
    "vendor_silent": "The vendor does not answer",
    "sells_data": "It sells data or uses it for advertising",
    "too_much_data": "It takes more data than its purpose needs",
    "weak_security": "Its security is not good enough",
    "not_accessible": "People with disabilities cannot use it",
    "not_suitable": "It does not fit the curriculum or the age",
    "already_have": "The district already has a tool for this",
    "prohibited": "The law forbids it",
    "other": "Another reason",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approval says; `on` is the day from which it counts."""

    kind: str
    on: date | None
    purpose: str = ""
    grades: tuple[str, ...] = ()
    license: str = ""
    until: date | None = None
    owner: int | None = None
    reason: str = ""


def in_words(day: date) -> str:
    return f"{day:%a, %b} {day.day}, {day.year}"


def latest_end(on: date) -> date:
    return on + LONGEST_DATED


def review_due_on(on: date) -> date:
    """Twelve months later; Feb 29 becomes Feb 28, the earlier of the two arguable days."""
    try:
        return on.replace(year=on.year + 1)
    except ValueError:
        return on.replace(year=on.year + 1, day=28)


def end_in_words(until: date | None) -> str:
    return f"The approval ended on {in_words(until)}." if until else ""


def looked_after_in_words(
    owner: str, until: date | None, review_on: date | None, today: date
) -> str:
    """Who looks at an approval again and when; `owner` is empty where nobody is named.

    An approval with an end is looked at before the end; the system then suspends it by itself.
    """
    who = owner or "The privacy team"
    if until and (review_on is None or until <= review_on):
        return (
            f"{who} looks at it again before it ends on {in_words(until)}; "
            "if nobody decides by then, it stops by itself."
        )
    if review_on is None:
        return ""
    looks = "should have looked" if review_on < today else "looks"
    return f"{who} {looks} at it again by {in_words(review_on)}."


def late_review_in_words(review_on: date | None) -> str:
    """Who does what while the review has no page of its own."""
    if review_on is None:
        return ""
    return (
        f"Its yearly review was due by {in_words(review_on)}: the privacy team looks at it again "
        "now. The review cannot be recorded here yet; if the tool may not stay as it is, they "
        "suspend or retire it."
    )


def reasons_not_independent(
    *, ref: str, askers: Collection[str], screeners: set[str], attested_by: str = ""
) -> list[str]:
    """`attested_by`: on the path without a screening, whoever confirmed that no data about
    students is taken stands where the screener stands."""
    reasons = []
    if ref in askers:
        reasons.append("You asked for this tool: somebody else must decide.")
    if screeners == {ref}:
        reasons.append("You alone screened it: somebody else must decide.")
    if ref == attested_by:
        reasons.append(
            "You confirmed that it takes no data about students: somebody else must decide."
        )
    return reasons


STRIKE = (
    "Approve it without this data, or choose another path: a DPA of its own can then ask for it."
)


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def reasons_without_basis(
    *,
    agreement_first: str,
    relationship: str,
    exempt_attested: bool,
    agreement_in_force: bool,
    kind: str | None,
    beyond: Collection[str] = (),
) -> list[str]:
    """No approval without an agreement in effect, no student data at all, or a dated exception.

    `agreement_first`: the sentence of the law that closes the way around an agreement, or "".
    `kind` is empty while a page only asks what would be possible: an exception may be chosen yet.
    `beyond`: the data elements asked for that the agreement in effect does not hold.
    """
    if agreement_in_force and not beyond:
        return []
    if relationship == "exempt":
        words = "Nobody has confirmed yet that no data about students reaches the vendor."
        return [] if exempt_attested else [words]
    if agreement_first:
        missing = f"the one in effect does not hold {_quoted(beyond)}. {STRIKE}"
        asks = agreement_first.rstrip(".")
        return [f"{asks}: {missing if beyond else 'none is in effect.'}"]
    if not kind or kind in DATED_KINDS:
        return []
    if beyond:
        return [
            f"The agreement in effect for this tool does not hold {_quoted(beyond)}. {STRIKE} "
            "An approval with an end date (pilot, one class, provisional, continuity) is possible."
        ]
    return [
        "No agreement with the vendor is in effect for this tool: only an approval with an end "
        "date is possible (pilot, one class, provisional, continuity)."
    ]


def reasons_decision_is_unwritten(decision: Decision) -> list[str]:
    reasons = [] if decision.kind in KIND_WORDS else ["Choose what kind of approval this is."]
    if decision.on is None:
        reasons.append("Say from which day the approval counts.")
    if not decision.purpose.strip():
        reasons.append("Say for which purpose it is approved.")
    if decision.license not in LICENSES:
        reasons.append("Say how it is paid for.")
    if decision.kind in DATED_KINDS:
        reasons += _undated(decision)
    elif decision.until:
        reasons += _ended_before_it_starts(decision)
        reasons += _unnamed(decision)
    return reasons


def _undated(decision: Decision) -> list[str]:
    reasons = reasons_end_is_wrong(decision.on, decision.until) + _unnamed(decision)
    if decision.kind in EXCEPTION_KINDS and not decision.reason.strip():
        reasons.append("Write why the exception is needed.")
    return reasons


def _unnamed(decision: Decision) -> list[str]:
    """Whatever ends needs somebody who looks at it again before it does, a full approval too."""
    if decision.owner is not None:
        return []
    return ["Name the person who looks after it until it ends."]


def _ended_before_it_starts(decision: Decision) -> list[str]:
    if decision.on and decision.until and decision.until <= decision.on:
        return ["The approval must end after the day it starts."]
    return []


def reasons_end_is_wrong(on: date | None, until: date | None) -> list[str]:
    if until is None:
        return ["Give the day on which this approval ends."]
    if on and until <= on:
        return ["The approval must end after the day it starts."]
    if on and until > latest_end(on):
        return [
            f"Such an approval may last 60 calendar days at most: until {in_words(latest_end(on))}."
        ]
    return []


def reasons_tier_is_not_low(*, sensitivities: Collection[int], under_13: bool | None) -> list[str]:
    """Low: nothing beyond everyday school data (sensitivity 1 of 4), nobody known under 13."""
    reasons = []
    if any(level > 1 for level in sensitivities):
        reasons.append("It takes sensitive data, so a person must decide.")
    if under_13 is not False:
        reasons.append("Children under 13 may use it, so a person must decide.")
    return reasons


def reasons_decline_is_unwritten(*, reason: str, words: str) -> list[str]:
    if reason not in DECLINE_REASONS:
        return ["Choose the reason."]
    if reason == "other" and not words.strip():
        return ["Write the reason in a sentence."]
    return []


def decline_in_words(reason: str, words: str) -> str:
    """The listed reason, then what was written; "Another reason" alone says nothing."""
    listed = "" if reason == "other" else DECLINE_REASONS.get(reason, "")
    return " ".join(part.rstrip(".") + "." for part in (listed, words.strip()) if part)


def reasons_suspension_is_unwritten(
    *, reason: str, until: date | None, today: date, by_system: bool
) -> list[str]:
    ended = by_system and until is not None and until <= today
    return [] if reason.strip() or ended else ["Write why nobody may use it for now."]


def reasons_cause_remains(
    *, kind: str, on: date | None, until: date | None, new_until: date | None, today: date
) -> list[str]:
    """An approval that ran out stays out until somebody gives it a new end.

    A dated kind keeps the limit it had from its first day, `on`: lifting a suspension is no new
    decision.
    """
    if new_until is None:
        ran_out = until is not None and until < today
        return [f"{end_in_words(until)} Give a new end date."] if ran_out else []
    if new_until <= today:
        return ["The new end date must lie after today."]
    if kind not in DATED_KINDS or on is None or new_until <= latest_end(on):
        return []
    last = in_words(latest_end(on))
    return [
        f"Such an approval may last 60 calendar days at most: this one until {last}. "
        "For a longer time, retire it and ask for the tool again."
    ]
