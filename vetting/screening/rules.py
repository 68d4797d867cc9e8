"""Scoring and completeness of a screening, on plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

TIERS = (("low", 15), ("medium", 40))
TIER_NAMES = {"low": "Low risk", "medium": "Medium risk", "high": "High risk"}
LEGAL_BASES = {
    "school_official": "School official (34 CFR 99.31(a)(1)(i)(B))",
    "directory": "Directory information (34 CFR 99.31(a)(11), 99.37)",
    "studies": "Studies (34 CFR 99.31(a)(6))",
    "audit": "Audit or evaluation (34 CFR 99.31(a)(3), 99.35)",
    "consent": "Written consent (34 CFR 99.30)",
    "no_student_records": "No education records are shared",
}
ANSWER_WORDS = {
    "yes": "Yes",
    "no": "No",
    "partly": "Partly",
    "not_used": "No such models are used",
    "none_used": "No subprocessors",
    "in_motion_only": "In motion only",
    "older": "Yes, but older",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the request says: data elements as (name, sensitivity 0 to 4), age, reach."""

    elements: Sequence[tuple[str, int]]
    under_13: bool
    student_count: int | None

    @property
    def flags(self) -> set[str]:
        surveys = any("survey" in name.casefold() for name, _ in self.elements)
        age = {"under_13"} if self.under_13 else set()
        return age | ({"surveys"} if surveys else set())


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as stored: the chosen value and the evidence it rests on."""

    value: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Point:
    points: int
    because: str


@dataclass(frozen=True, slots=True)
class Score:
    """`inherent` before, `residual` after the answers; every point has its reason."""

    inherent: int
    residual: int
    tier: str
    arithmetic: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class FindingDue:
    question: str
    title: str
    severity: str


def asked(questionnaire: Mapping[str, Any], flags: set[str]) -> list[dict[str, Any]]:
    """The questions that apply to this request, in order, each with its group's title."""
    return [
        {**question, "group": group["title"]}
        for group in questionnaire["groups"]
        if group.get("when") is None or group["when"] in flags
        for question in group["questions"]
    ]


def score(
    questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Given], facts: Facts
) -> Score:
    """Inherent risk by data and age, less what answers with evidence take away.

    An unanswered question counts as the worst answer; one without evidence earns half.
    """
    inherent = list(_inherent_points(facts))
    credits = [_credit(question, answers.get(question["id"])) for question in questions]
    before = sum(point.points for point in inherent)
    after = max(0, before + sum(point.points for point in credits))
    return Score(before, after, tier_of(after), (*inherent, *credits))


def tier_of(residual: int) -> str:
    return next((name for name, ceiling in TIERS if residual <= ceiling), "high")


def _inherent_points(facts: Facts) -> Iterable[Point]:
    if facts.elements:
        name, worst = max(facts.elements, key=lambda element: element[1])
        yield Point(12 * worst, f"The most sensitive element is “{name}” ({worst} of 4)")
        count = len(facts.elements)
        yield Point(min(count, 20), f"{count} data element{'s' * (count != 1)} requested")
    if facts.under_13:
        yield Point(12, "Children under 13 use it")
    reach = facts.student_count or 0
    if reach >= 100:
        yield Point(8 if reach >= 1000 else 4, f"{reach:,} students")


def _credit(question: Mapping[str, Any], given: Given | None) -> Point:
    text = question["text"]
    if given is None:
        return Point(0, f"{text} Not answered: counts as the worst answer")
    share = float(question["answers"][given.value])
    words = ANSWER_WORDS.get(given.value, given.value)
    full = share * question["weight"]
    if share and not given.evidence.strip():
        return Point(-round(full / 2), f"{text} {words}, without evidence: half the credit")
    return Point(-round(full), f"{text} {words}")


def findings_due(
    questions: Iterable[Mapping[str, Any]], answers: Mapping[str, Given]
) -> list[FindingDue]:
    """The findings that the answers open; an unanswered question opens none yet."""
    return [
        FindingDue(question["id"], question["finding"]["title"], question["finding"]["severity"])
        for question in questions
        if "finding" in question and _falls_short(question, answers.get(question["id"]))
    ]


def _falls_short(question: Mapping[str, Any], given: Given | None) -> bool:
    return given is not None and question["answers"][given.value] < question["finding"]["below"]


def reasons_not_to_clear(
    *,
    unanswered: Sequence[str],
    open_findings: Sequence[str],
    lapsed_exceptions: Sequence[tuple[str, date]],
    legal_basis: str,
) -> list[str]:
    """Why a screening is not complete, in sentences; empty when it is."""
    reasons = []
    if unanswered:
        reasons.append(f"{len(unanswered)} of the questions are not answered yet.")
    reasons += [f"The finding “{title}” is not settled." for title in open_findings]
    reasons += [
        f"The exception for “{title}” ended on {day:%b} {day.day}, {day.year}."
        for title, day in lapsed_exceptions
    ]
    if not legal_basis:
        reasons.append("The legal basis is not recorded.")
    return reasons


def questionnaire_faults(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a questionnaire file, in sentences."""
    wanted = ("slug", "version", "title", "groups")
    faults = [f"“{key}” is missing." for key in wanted if key not in data]
    seen: set[str] = set()
    for question in (q for g in data.get("groups", []) for q in g.get("questions", [])):
        name = question.get("id", "?")
        if name in seen:
            faults.append(f"Question “{name}” stands twice.")
        seen.add(name)
        if max(question.get("answers", {"": 0}).values()) != 1:
            faults.append(f"Question “{name}” has no best answer worth 1.")
    return faults
