"""A screening as values for its page: rows, findings, score, and what is not yet met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html

from vetting.pages import Tone
from vetting.people.middleware import PersonRequest
from vetting.requests.models import ToolRequest
from vetting.requests.views.answering import CONFLICT, UNPROCESSABLE
from vetting.screening import forms, queries, rules
from vetting.screening.models import Answer, Finding, Screening
from workflows.actors import Actor, Role, resolve_names
from workflows.engine import reasons_against
from workflows.lifecycles.request import REQUEST, RETURNED, SCREENING
from workflows.providers import Ask

TIER_TONES: Mapping[str, Tone] = {"low": "success", "medium": "warning", "high": "error"}
STATUS_TONES: Mapping[str, Tone] = {"open": "error", "mitigated": "success", "excepted": "warning"}
OUTCOMES = {
    "clear": "The screening is passed; the tool waits for its agreement.",
    "clear_without": "The screening is passed; no new agreement is needed.",
    "set_aside": "Set aside: the request took another path.",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """Forms that came back with reasons: what was typed in them stays on the page."""

    answers: Mapping[str, forms.AnswerForm] = field(default_factory=dict)
    basis: forms.BasisForm | None = None
    settle: Mapping[int, forms.SettleForm] = field(default_factory=dict)
    add: forms.FindingForm | None = None
    reasons: Sequence[str] = ()

    @property
    def forms(self) -> list[Any]:
        others = (self.basis, self.add, *self.settle.values())
        return [form for form in (*self.answers.values(), *others) if form]

    @property
    def status(self) -> int:
        """409 where somebody was faster or a rule stands against it, 422 where a form is unfit."""
        refused = any(getattr(form, "was_refused", False) for form in self.forms)
        return CONFLICT if refused else UNPROCESSABLE


@dataclass(frozen=True, slots=True)
class Row:
    """One question; `form` only where this person may answer it now."""

    question: Mapping[str, Any]
    answer: Answer | None
    who: str
    form: forms.AnswerForm | None
    findings: list["Item"]

    @property
    def id(self) -> str:
        return str(self.question["id"])

    @property
    def words(self) -> str:
        return rules.words_of(self.question, self.answer.value) if self.answer else ""

    @property
    def evidence_label(self) -> str:
        """Sixteen fields named "Evidence" cannot be told apart by ear."""
        return format_html(
            'Evidence<span class="usa-sr-only"> for: {}</span>', self.question["text"]
        )

    @property
    def params(self) -> str:
        return ",".join(f"{self.id}-{name}" for name in ("value", "evidence", "seen"))


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of the rail."""

    finding: Finding
    who: str
    form: forms.SettleForm | None

    @property
    def tone(self) -> Tone:
        return STATUS_TONES[self.finding.status]

    @property
    def severity(self) -> str:
        return f"{rules.SEVERITIES[self.finding.severity]} severity"


class Page:
    """Everything the templates read; built once a request."""

    def __init__(
        self,
        case: ToolRequest,
        screening: Screening,
        actor: Actor,
        *,
        typed: Typed | None = None,
        present: bool = True,
    ) -> None:
        self.case, self.screening, self.actor = case, screening, actor
        self.typed = typed or Typed()
        self.present = present
        self.sheet = queries.sheet_of(screening)

    @cached_property
    def is_current(self) -> bool:
        """Whether this is the round the request is in now."""
        return self.present and self.case.state == SCREENING and self.screening.closed_at is None

    @cached_property
    def editable(self) -> bool:
        return self.is_current and Role.PRIVACY in self.case.roles_of(self.actor)

    @cached_property
    def names(self) -> dict[str, str]:
        refs = {answer.answered_by for answer in self.sheet.answers.values()}
        refs |= {finding.settled_by for finding in self.sheet.findings}
        return resolve_names({ref for ref in (*refs, self.screening.screened_by) if ref})

    @cached_property
    def rows(self) -> list[Row]:
        return [self.row(question) for question in self.sheet.questions]

    def row(self, question: Mapping[str, Any]) -> Row:
        answer = self.sheet.answers.get(question["id"])
        form = self.typed.answers.get(question["id"])
        if self.editable and form is None:
            form = forms.AnswerForm(question=question, answer=answer)
        who = self.names.get(answer.answered_by, "") if answer else ""
        found = [f for f in self.sheet.findings if f.question == question["id"]]
        return Row(question, answer, who, form, [self.item(finding) for finding in found])

    def item(self, finding: Finding) -> Item:
        form = self.typed.settle.get(finding.pk)
        if self.editable and form is None:
            form = forms.SettleForm(finding=finding)
        return Item(finding, self.names.get(finding.settled_by, ""), form)

    @property
    def own_findings(self) -> list[Item]:
        """Those added by hand."""
        return [self.item(f) for f in self.sheet.findings if not f.question]

    @property
    def unneeded_findings(self) -> list[Item]:
        return [Item(f, self.names.get(f.settled_by, ""), None) for f in self.sheet.unneeded]

    @property
    def findings_in_words(self) -> str:
        applying = self.sheet.applying
        by_status = [(word, _many(applying, word)) for word in ("open", "mitigated", "excepted")]
        said = [f"{number} {word}" for word, number in by_status if number]
        return ", ".join(said) or "None so far"

    @property
    def next_question(self) -> str:
        return next(iter(self.sheet.unanswered), "")

    @property
    def bar(self) -> rules.Bar:
        return rules.bar_of(self.sheet.score)

    @property
    def tier_tone(self) -> Tone:
        return TIER_TONES[self.sheet.score.tier]

    @cached_property
    def reasons(self) -> list[str]:
        """Why it cannot be concluded yet, for this very person."""
        row = REQUEST.row(queries.outcome_for(self.case), SCREENING)
        if row is None or not self.is_current:
            return []
        return reasons_against(self.case, row, Ask(self.actor, timezone.now(), preview=True))

    @cached_property
    def basis_form(self) -> forms.BasisForm | None:
        if not self.editable:
            return None
        return self.typed.basis or forms.BasisForm(screening=self.screening)

    @property
    def basis_words(self) -> str:
        return rules.LEGAL_BASES.get(self.screening.legal_basis, "")

    @cached_property
    def add_form(self) -> forms.FindingForm | None:
        return (self.typed.add or forms.FindingForm()) if self.editable else None

    @property
    def standing(self) -> str:
        """Where it stands, in a sentence."""
        if self.screening.closed_at:
            return OUTCOMES.get(self.screening.outcome, "")
        if self.is_current:
            return "Answer each question, settle what it finds, then conclude."
        if self.case.state == RETURNED:
            return "Waiting for the requester's answer. The screening goes on when it is there."
        return OUTCOMES["set_aside"]

    @property
    def screened_by(self) -> str:
        return self.names.get(self.screening.screened_by, "")

    @cached_property
    def other_rounds(self) -> QuerySet[Screening]:
        return queries.screenings_of(self.case).exclude(pk=self.screening.pk)

    @property
    def schedule(self) -> QuerySet[Any]:
        return self.case.schedule.select_related("element")


def _many(findings: Sequence[Finding], status: str) -> int:
    return sum(finding.status == status for finding in findings)


def page_of(request: PersonRequest, case: ToolRequest, typed: Typed | None = None) -> Page | None:
    """The page of the present screening; None before there is one."""
    screening = queries.screening_to_show(case)
    return Page(case, screening, request.actor, typed=typed) if screening else None
