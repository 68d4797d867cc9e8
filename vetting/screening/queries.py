"""Reads of the screening room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from vetting.requests.models import RequestedElement, ToolRequest
from vetting.screening import rules
from vetting.screening.models import Answer, Finding, Questionnaire, Screening
from workflows import sql
from workflows.actors import Actor, Role
from workflows.ledger.models import Entry
from workflows.ledger.queries import entries_of
from workflows.lifecycles.request import SCREENING
from workflows.prefetching import is_read

# Click-wrap is a contract too: the vendor's own paper (lifecycles.md, route_contract).
NEEDS_AGREEMENT = ("contract", "click_wrap")

# The move that brings a request back from a question, into the same round.
BACK = "answer"

# Findings are the district's own judgment of a vendor: those who work on requests read them.
READERS = (
    *(Role.PRIVACY, Role.IT_SECURITY, Role.LEGAL, Role.SOURCING, Role.ACADEMICS, Role.ADMIN),
    Role.SUPERINTENDENT,
)
# Who reads the questionnaires themselves.
EDITORS = (Role.ADMIN, Role.PRIVACY)


def active_questionnaire() -> Questionnaire:
    """The version new screenings are frozen to. Raises Questionnaire.DoesNotExist when none is."""
    return Questionnaire.objects.get(slug="core", active=True)


def questionnaires(actor: Actor) -> QuerySet[Any]:
    """Every version, the newest first, with how many of this district's screenings pin it."""
    mine = Q(screening__request__case__tenant=actor.tenant_id)
    counted = {
        "pinned": Count("screening", mine),
        "open": Count("screening", mine & Q(screening__closed_at=None)),
    }
    return Questionnaire.objects.annotate(**counted).order_by("slug", "-version")


def round_of(request: ToolRequest) -> int:
    """The ledger row that sent the request into this screening; coming back from a question is
    the same round, another path is a new one."""
    if is_read(request.case, "entries"):
        read = (e for e in entries_of(request) if e.kind == Entry.MOVE and e.target == SCREENING)
        return max((entry.seq for entry in read if entry.name != BACK), default=0)
    moves = sql.columns(
        Entry, ("name", "seq"), case_id=request.pk, kind=Entry.MOVE, target=SCREENING
    )
    return max((seq for name, seq in moves if name != BACK), default=0)


def _rounds_of(requests: Sequence[ToolRequest]) -> dict[int, int]:
    cases = [request.pk for request in requests]
    moves = Entry.objects.filter(case__in=cases, kind=Entry.MOVE, target=SCREENING)
    last = moves.exclude(name=BACK).order_by().values("case_id").annotate(last=Max("seq"))
    return dict(last.values_list("case_id", "last"))


def screenings_of(request: ToolRequest) -> QuerySet[Screening]:
    return request.screenings.select_related("questionnaire").order_by("number")


def open_screening_of(request: ToolRequest) -> Screening | None:
    """The screening of the present round, once somebody or the reaction has opened it."""
    entered = round_of(request)
    if not is_read(request, "screenings"):
        return screenings_of(request).filter(closed_at=None, entered_seq=entered).first()
    rows = (one for one in request.screenings.all() if one.closed_at is None)
    return next((one for one in rows if one.entered_seq == entered), None)


def latest_screening_of(request: ToolRequest) -> Screening | None:
    if is_read(request, "screenings"):
        return max(request.screenings.all(), key=attrgetter("number"), default=None)
    return screenings_of(request).last()


def screening_to_show(request: ToolRequest) -> Screening | None:
    """What the page is about: the open one, or one that the first hand to write will open, or the
    last there was. Reading never writes."""
    if request.state != SCREENING:
        return latest_screening_of(request)
    return open_screening_of(request) or _not_yet_opened(request)


def _not_yet_opened(request: ToolRequest) -> Screening | None:
    questionnaire = Questionnaire.objects.filter(slug="core", active=True).first()
    if questionnaire is None:
        return None
    last = latest_screening_of(request)
    number = last.number + 1 if last else 1
    return Screening(request=request, number=number, questionnaire=questionnaire)


def outcome_for(request: ToolRequest) -> str:
    """The move that ends the screening: a contract waits for its agreement, others do not."""
    return "clear" if request.relationship in NEEDS_AGREEMENT else "clear_without"


def facts_of(request: ToolRequest) -> rules.Facts:
    """What the score reads from the request; struck elements do not count."""
    found = [(row.element.name, row.element.sensitivity) for row in request.asked_data()]
    return rules.Facts(found, request.under_13, request.student_count)


def facts_among(requests: Sequence[ToolRequest]) -> dict[int, rules.Facts]:
    found: dict[int, list[tuple[str, int]]] = {request.pk: [] for request in requests}
    rows = RequestedElement.objects.filter(request__in=requests, struck=False).order_by(
        "element__position"
    )
    columns = ("request_id", "element__name", "element__sensitivity")
    for case, name, sensitivity in rows.values_list(*columns):
        found[case].append((name, sensitivity))
    return {
        request.pk: rules.Facts(found[request.pk], request.under_13, request.student_count)
        for request in requests
    }


def answered_among(requests: Sequence[ToolRequest]) -> set[int]:
    """Those whose open screening has an answer to every question that applies: four queries."""
    rounds, facts = _rounds_of(requests), facts_among(requests)
    opened = Screening.objects.filter(request__in=requests, closed_at=None)
    rows = opened.select_related("questionnaire").prefetch_related("answers")
    return {
        row.request_id
        for row in rows
        if row.entered_seq == rounds.get(row.request_id, 0)
        and _open_questions(row, facts[row.request_id]) == set()
    }


def _open_questions(screening: Screening, facts: rules.Facts) -> set[str]:
    asked = rules.asked(screening.questionnaire.questions, facts.flags)
    return {q["id"] for q in asked} - {answer.question for answer in screening.answers.all()}


# The definition of directory information (34 CFR 99.3) lists these, sensitive as they are.
LISTED_AS_DIRECTORY = ("date-of-birth", "place-of-birth", "student-address", "student-phone")
PRIVATE_FROM = 3  # of 4: from here on the catalog calls data sensitive


def never_directory(request: ToolRequest) -> list[str]:
    """The data asked for that can never be directory information, by name."""
    return [
        row.words
        for row in request.asked_data()
        if row.element.sensitivity >= PRIVATE_FROM
        and row.element.slug not in LISTED_AS_DIRECTORY
        and row.element.about != "staff"
    ]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a reviewer's page shows of one screening.

    `questions` are those that apply; answers and findings of others are kept but do not count.
    """

    screening: Screening
    questions: list[dict[str, Any]]
    answers: dict[str, Answer]
    findings: Sequence[Finding]
    score: rules.Score

    @property
    def unanswered(self) -> list[str]:
        return [q["id"] for q in self.questions if q["id"] not in self.answers]

    @property
    def answered(self) -> int:
        return len(self.questions) - len(self.unanswered)

    @property
    def unneeded(self) -> list[Finding]:
        """Findings of questions that no longer apply: the facts of the request have changed."""
        asked = {"", *(question["id"] for question in self.questions)}
        return [finding for finding in self.findings if finding.question not in asked]

    @property
    def applying(self) -> list[Finding]:
        unneeded = {finding.pk for finding in self.unneeded}
        return [finding for finding in self.findings if finding.pk not in unneeded]

    @property
    def open_findings(self) -> list[Finding]:
        return [finding for finding in self.applying if finding.status == "open"]

    def reasons_not_to_clear(self, today: date) -> list[str]:
        return rules.reasons_not_to_clear(
            unanswered=len(self.unanswered),
            open_findings=[finding.title for finding in self.open_findings],
            lapsed_exceptions=[
                (finding.title, finding.excepted_until)
                for finding in self.applying
                if finding.excepted_until and finding.excepted_until <= today
            ],
            legal_basis=self.screening.legal_basis,
            private=self._private,
        )

    @property
    def _private(self) -> list[str]:
        """Asked only where it can matter: the page is drawn often."""
        directory = self.screening.legal_basis == "directory"
        return never_directory(self.screening.request) if directory else []


def sheet_of(screening: Screening) -> Sheet:
    """Questions as frozen, answers, findings, and the score: as it stands, or as concluded."""
    answers, findings = _written(screening)
    if screening.tier:
        frozen = _frozen_questions(screening), answers, findings, _frozen_score(screening)
        return Sheet(screening, *frozen)
    facts = facts_of(screening.request)
    questions = rules.asked(screening.questionnaire.questions, facts.flags)
    given = {name: rules.Given(a.value, a.evidence) for name, a in answers.items()}
    score = rules.score(questions, given, facts)
    return Sheet(screening, questions, answers, findings, score)


def _written(screening: Screening) -> tuple[dict[str, Answer], list[Finding]]:
    if screening._state.adding:
        return {}, []
    answers = {answer.question: answer for answer in screening.answers.all()}
    known = is_read(screening, "findings")
    findings = screening.findings.all() if known else screening.findings.order_by("pk")
    return answers, list(findings)


def _frozen_questions(screening: Screening) -> list[dict[str, Any]]:
    every = rules.asked(screening.questionnaire.questions, set(rules.FLAGS))
    return [question for question in every if question["id"] in screening.asked]


def _frozen_score(screening: Screening) -> rules.Score:
    points = tuple(rules.Point(**point) for point in screening.arithmetic)
    inherent, residual = screening.inherent or 0, screening.residual or 0
    return rules.Score(inherent, residual, screening.tier, points)
