"""Reads of the screening room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vetting.requests.models import ToolRequest
from vetting.screening import rules
from vetting.screening.models import Answer, Finding, Questionnaire, Screening


def active_questionnaire() -> Questionnaire:
    """The version new screenings are frozen to. Raises Questionnaire.DoesNotExist when none is."""
    return Questionnaire.objects.get(slug="core", active=True)


def open_screening_of(request: ToolRequest) -> Screening | None:
    return screenings_of(request).filter(closed_at=None).first()


def latest_screening_of(request: ToolRequest) -> Screening | None:
    return screenings_of(request).order_by("-number").first()


def screenings_of(request: ToolRequest) -> Any:
    return Screening.objects.filter(request_id=request.pk).select_related("questionnaire")


def facts_of(request: ToolRequest) -> rules.Facts:
    """What the score reads from the request; struck elements do not count."""
    rows = request.schedule.filter(struck=False).select_related("element")
    return rules.Facts(
        elements=[(row.element.name, row.element.sensitivity) for row in rows],
        under_13=bool(request.under_13),
        student_count=request.student_count,
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a reviewer's page shows of one screening."""

    screening: Screening
    questions: list[dict[str, Any]]
    answers: dict[str, Answer]
    findings: Sequence[Finding]
    score: rules.Score

    @property
    def unanswered(self) -> list[str]:
        return [q["id"] for q in self.questions if q["id"] not in self.answers]

    @property
    def open_findings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.status == "open"]


def sheet_of(screening: Screening) -> Sheet:
    """Questions as frozen, answers, findings and the score as it stands; five queries."""
    facts = facts_of(screening.request)
    questions = rules.asked(screening.questionnaire.questions, facts.flags)
    answers = {answer.question: answer for answer in screening.answers.all()}
    given = {name: rules.Given(a.value, a.evidence) for name, a in answers.items()}
    findings = list(screening.findings.order_by("pk"))
    return Sheet(screening, questions, answers, findings, rules.score(questions, given, facts))
