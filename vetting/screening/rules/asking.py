"""Which questions a request is asked, what an answer is worth, and what a questionnaire must be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Question = Mapping[str, Any]

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
SEVERITIES = {"low": "Low", "medium": "Medium", "high": "High"}
# What a group of questions may wait for (`when:` in the file).
FLAGS = {
    "under_13": "where children under 13 use it, or nobody knows",
    "surveys": "where it takes survey data",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the request says: data elements as (name, sensitivity 0 to 4), age, reach.

    `under_13` None is "not known", which counts like yes: doubt takes the stricter path.
    """

    elements: Sequence[tuple[str, int]]
    under_13: bool | None
    student_count: int | None

    @property
    def flags(self) -> set[str]:
        surveys = any("survey" in name.casefold() for name, _ in self.elements)
        age = set() if self.under_13 is False else {"under_13"}
        return age | ({"surveys"} if surveys else set())


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as stored: the chosen value and the evidence it rests on."""

    value: str
    evidence: str


def asked(questionnaire: Mapping[str, Any], flags: set[str]) -> list[dict[str, Any]]:
    """The questions that apply, in order, each with its group's title and its answers' words."""
    words = ANSWER_WORDS | questionnaire.get("words", {})
    return [
        {**question, "group": group["title"], "when": group.get("when"), "words": words}
        for group in questionnaire["groups"]
        if group.get("when") is None or group["when"] in flags
        for question in group["questions"]
    ]


def words_of(question: Question, value: str) -> str:
    return str(question["words"].get(value, value))


def share_of(question: Question, value: str) -> float:
    """What an answer is worth, from 0 (the worst) to 1 (the best)."""
    return float(question["answers"][value])


def falls_short(question: Question, value: str) -> bool:
    return "finding" in question and share_of(question, value) < question["finding"]["below"]


def is_worse(question: Question, *, before: str | None, after: str) -> bool:
    """The first answer is worse than none: nobody has looked at what it opens."""
    return before is None or share_of(question, after) < share_of(question, before)


def questionnaire_faults(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a questionnaire file, in sentences."""
    wanted = ("slug", "version", "title", "groups")
    faults = [f"“{key}” is missing." for key in wanted if key not in data]
    groups = data.get("groups", [])
    faults += [
        f"Group “{group.get('id', '?')}” waits for “{group['when']}”, which no request says."
        for group in groups
        if group.get("when") not in (None, *FLAGS)
    ]
    words = ANSWER_WORDS | data.get("words", {})
    seen: set[str] = set()
    for question in (question for group in groups for question in group.get("questions", [])):
        name = str(question.get("id", "?"))
        if name in seen:
            faults.append(f"Question “{name}” stands twice.")
        seen.add(name)
        faults += [f"Question “{name}” {fault}." for fault in _question_faults(question, words)]
    return faults


def _question_faults(question: Question, words: Mapping[str, str]) -> Iterable[str]:
    yield from (f"has no {key}" for key in ("text", "weight", "answers") if key not in question)
    answers = question.get("answers", {})
    shares = list(answers.values())
    # An unanswered question counts as the worst answer: that is only true where the worst is 0.
    if shares and (max(shares) != 1 or min(shares) != 0):
        yield "needs a best answer worth 1 and a worst one worth 0"
    yield from (f"has no words for the answer “{a}”" for a in answers if a not in words)
    finding = question.get("finding")
    if finding and (not finding.get("title") or finding.get("severity") not in SEVERITIES):
        yield "opens a finding without a title or a severity"
    if finding and not 0 < finding.get("below", 0) <= 1:
        yield "opens its finding below a share that is not between 0 and 1"
