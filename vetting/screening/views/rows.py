"""The parts of a screening's page: what was typed, one question, one finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html

from vetting.pages import CONFLICT, UNPROCESSABLE, Tone
from vetting.screening import forms, rules
from vetting.screening.models import Answer, Finding

STATUS_TONES: Mapping[str, Tone] = {"open": "error", "mitigated": "success", "excepted": "warning"}


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
    def hint(self) -> str:
        """What to look for, and the law behind the question."""
        said, law = self.question.get("help", ""), self.question.get("cites", "")
        cite = format_html('<cite class="probe__law">{}</cite>', law) if law else ""
        return format_html("{} {}", said, cite) if said and cite else said or cite

    @property
    def evidence_label(self) -> str:
        """Sixteen fields named "Evidence" cannot be told apart by ear."""
        return format_html(
            'Evidence<span class="usa-sr-only"> for: {}</span>', self.question["text"]
        )

    @property
    def params(self) -> str:
        """What of the page's form is sent when this question saves itself."""
        mine = [f"{self.id}-{name}" for name in ("value", "evidence", "seen")]
        return ",".join(["round", *mine])


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
