"""Answers and the legal basis, each saved on its own; findings follow in the same commit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.requests.models import ToolRequest
from vetting.screening import queries, rules
from vetting.screening.commands.opening import open_for
from vetting.screening.models import Answer, Finding, Screening
from workflows import engine
from workflows.actors import Actor
from workflows.desk import commands as desk
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.refusals import moment, name_of, raise_if

BY_RULE = "system:screening"


def save_answer(
    request: ToolRequest,
    *,
    question: str,
    value: str,
    evidence: str = "",
    by: Actor,
    at: datetime | None = None,
    seen: int | None = None,
) -> Answer:
    """Write one answer; the findings it opens or closes follow in the same commit.

    `seen` is the version the person had before their eyes (0: none). Where somebody else has
    answered since, it is refused with their name; None saves whatever stands there.
    """
    with transaction.atomic():
        now = at or timezone.now()
        screening = open_for(request, by, now)
        questions = _questions(screening)
        asked = _asked(questions, question, value)
        answers = {answer.question: answer for answer in screening.answers.all()}
        old = answers.get(question)
        given = rules.Given(value, evidence.strip())
        if old and (old.value, old.evidence) == (given.value, given.evidence):
            return old
        _refuse_overtaken(screening.request, asked, old, seen=seen, by=by)
        answer = _write(screening, question, old, given, by=by, now=now)
        _follow_findings(screening, asked, before=old.value if old else None, after=value, now=now)
        facts = {"question": question, "value": value, "screening": screening.number}
        locked = engine.record(request, "answer_saved", by=by, facts=facts, at=at)
        # The last answer ends that piece of work: nobody presses a button to say so.
        if questions.keys() <= answers.keys() | {question}:
            desk.pass_by(locked, by=by, at=at)
    return answer


Questions = Mapping[str, Mapping[str, Any]]


def _questions(screening: Screening) -> Questions:
    """Those that apply, by id."""
    flags = queries.facts_of(screening.request).flags
    return {q["id"]: q for q in rules.asked(screening.questionnaire.questions, flags)}


def _asked(known: Questions, question: str, value: str) -> Mapping[str, Any]:
    if question not in known:
        raise Refused(["This question is not part of the screening. Load the page again."])
    if value not in known[question]["answers"]:
        choices = ", ".join(rules.words_of(known[question], a) for a in known[question]["answers"])
        raise Refused([f"Choose one of: {choices}."])
    return known[question]


def _refuse_overtaken(
    request: ToolRequest,
    question: Mapping[str, Any],
    old: Answer | None,
    *,
    seen: int | None,
    by: Actor,
) -> None:
    if seen is None or old is None or old.version == seen or old.answered_by == by.ref:
        return
    who, when = name_of(old.answered_by), moment(old.answered_at, request)
    words = rules.words_of(question, old.value)
    raise Refused(
        [
            f"{who} answered this with “{words}” on {when}. Yours is not saved: save again to "
            "replace that answer, or load the page again to keep it."
        ]
    )


def _write(
    screening: Screening,
    question: str,
    old: Answer | None,
    given: rules.Given,
    *,
    by: Actor,
    now: datetime,
) -> Answer:
    answer = old or Answer(screening=screening, question=question, version=0)
    answer.value, answer.evidence = given.value, given.evidence
    answer.answered_by, answer.answered_at = by.ref, now
    answer.version += 1
    answer.save()
    return answer


def _follow_findings(
    screening: Screening,
    question: Mapping[str, Any],
    *,
    before: str | None,
    after: str,
    now: datetime,
) -> None:
    """Open the finding an answer calls for; a better answer settles what it opened."""
    # What was never answered has opened nothing.
    found = screening.findings.filter(question=question["id"]) if before is not None else ()
    mine = sorted(found, key=lambda finding: finding.pk)
    if not rules.falls_short(question, after):
        _settle_by_rule([f for f in mine if f.status != "mitigated"], now)
    last = mine[-1] if mine else None
    if rules.calls_for_a_finding(
        question,
        before=before,
        after=after,
        last=last.status if last else None,
        by_person=bool(last and last.settled_by != BY_RULE),
    ):
        due = question["finding"]
        screening.findings.create(
            question=question["id"], title=due["title"], severity=due["severity"]
        )


def _settle_by_rule(findings: list[Finding], now: datetime) -> None:
    """An exception ends with its cause; the words that granted it stay."""
    for finding in findings:
        words = "A better answer settled it."
        finding.resolution = f"{finding.resolution} {words}".strip()
        finding.status, finding.excepted_until = "mitigated", None
        finding.settled_by, finding.settled_at = BY_RULE, now
        finding.save()


def record_legal_basis(
    request: ToolRequest,
    *,
    basis: str,
    reason: str,
    by: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Screening:
    """Record under which FERPA exception the data may be shared, and why it applies.

    `seen` is the basis the person had before their eyes, as in `save_answer`.
    """
    if basis not in rules.LEGAL_BASES:
        raise Refused(["Choose a legal basis from the list."])
    if not reason.strip():
        raise Refused(["Say in a sentence why this basis applies."])
    raise_if(rules.reasons_against_basis(basis, queries.never_directory(request)))
    with transaction.atomic():
        screening = open_for(request, by, at or timezone.now())
        if (screening.legal_basis, screening.basis_reason) == (basis, reason.strip()):
            return screening
        if seen is not None and seen != screening.legal_basis:
            _refuse_other_basis(screening, by)
        screening.legal_basis, screening.basis_reason = basis, reason.strip()
        screening.save(update_fields=["legal_basis", "basis_reason"])
        engine.record(request, "legal_basis_recorded", by=by, facts={"basis": basis}, at=at)
    return screening


def _refuse_other_basis(screening: Screening, by: Actor) -> None:
    rows = Entry.objects.filter(case_id=screening.request_id, name="legal_basis_recorded")
    last = rows.order_by("seq").last()
    if last is None or last.actor_ref == by.ref:
        return
    who, when = name_of(last.actor_ref), moment(last.at, screening.request)
    basis = rules.LEGAL_BASES[screening.legal_basis]
    raise Refused(
        [
            f"{who} recorded the legal basis “{basis}” on {when}. Yours is not saved: save again "
            "to replace it, or load the page again to keep it."
        ]
    )
