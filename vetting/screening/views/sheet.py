"""A screening as values for its page: rows, findings, score, and what is not yet met."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from vetting.people.middleware import PersonRequest
from vetting.requests.models import ToolRequest
from vetting.screening import forms, queries, rules
from vetting.screening.models import Finding, Screening
from vetting.screening.views.rows import Item, Row, Typed
from workflows.actors import Actor, Role, resolve_names
from workflows.engine import reasons_against
from workflows.lifecycles.request import REQUEST, RETURNED, SCREENING
from workflows.providers import Ask
from workflows.refusals import already_moved

TO_DO = (
    "Answer each question and name the evidence (without it an answer earns half), settle what it "
    "finds, then conclude."
)
NEW_ROUND = "Another round of the screening has begun since. Load the page again."
OUTCOMES = {
    "clear": "The screening is passed; the tool waits for its agreement.",
    "clear_without": "The screening is passed; no new agreement is needed.",
    "set_aside": "Set aside: the request took another path.",
}


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

    def stands_in_the_way(self, typed_round: str) -> str:
        """Why nothing can be saved from a page that shows round `typed_round` ("" is not said)."""
        if not self.is_current:
            return already_moved(self.case)
        if typed_round not in ("", str(self.screening.number)):
            return NEW_ROUND
        return ""

    @property
    def opens_questionnaire(self) -> bool:
        return self.actor.has(*queries.EDITORS)

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
        return ", ".join(said) or ("None" if self.screening.closed_at else "None so far")

    @property
    def next_question(self) -> str:
        return next(iter(self.sheet.unanswered), "")

    @property
    def bar(self) -> rules.Bar:
        return rules.bar_of(self.sheet.score)

    @property
    def tier_tone(self) -> str:
        """Never green beside a finding that nobody has settled."""
        tone = rules.TIER_TONES[self.sheet.score.tier]
        return "warning" if tone == "success" and self.sheet.open_findings else tone

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
            return TO_DO if self.editable else "The privacy team is answering the questions."
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
        return self.case.schedule.all()


def _many(findings: Sequence[Finding], status: str) -> int:
    return sum(finding.status == status for finding in findings)


def page_of(request: PersonRequest, case: ToolRequest, typed: Typed | None = None) -> Page | None:
    """The page of the present screening; None before there is one."""
    screening = queries.screening_to_show(case)
    return Page(case, screening, request.actor, typed=typed) if screening else None
