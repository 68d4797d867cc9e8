"""The verbs of the screening room. The request's row is locked first, then the room's rows."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from vetting.reference import Loaded, reference
from vetting.requests.models import ToolRequest
from vetting.screening import queries, rules
from vetting.screening.models import Answer, Finding, Questionnaire, Screening
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case
from workflows.desk import commands as desk
from workflows.desk import queries as desk_queries
from workflows.engine import Refused
from workflows.lifecycles.request import SCREENING

# Click-wrap is a contract too: the vendor's own paper (lifecycles.md, route_contract).
NEEDS_AGREEMENT = ("contract", "click_wrap")
FILES = Path(__file__).parent / "questionnaires"


@reference("questionnaires")
@transaction.atomic
def load_questionnaires() -> Loaded:
    """Bring in every shipped version once and activate the newest of each.

    A file whose words changed under a version already loaded is refused: a release is frozen.
    """
    new = [_load(path) for path in sorted(FILES.glob("*.yaml"))]
    for slug in Questionnaire.objects.values_list("slug", flat=True).distinct():
        versions = Questionnaire.objects.filter(slug=slug)
        newest = versions.order_by("-version").first()
        if newest and not newest.active:
            versions.update(active=False)
            versions.filter(pk=newest.pk).update(active=True)
    return Loaded(new=sum(new), same=len(new) - sum(new))


def _load(path: Path) -> bool:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if faults := rules.questionnaire_faults(data):
        raise Refused([f"{path.name}: {fault}" for fault in faults])
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    known, new = Questionnaire.objects.get_or_create(
        slug=data["slug"],
        version=data["version"],
        defaults={
            "title": data["title"],
            "questions": data,
            "sha256": digest,
            "loaded_at": timezone.now(),
        },
    )
    if known.sha256 != digest:
        raise Refused([f"{path.name} was changed after its release: make it a new version."])
    return new


def open_screening(request: ToolRequest, *, at: datetime) -> Screening:
    """The open screening of a request, or a new one frozen to the questionnaire in use now."""
    if screening := queries.open_screening_of(request):
        return screening
    last = request.screenings.aggregate(last=Max("number"))["last"] or 0
    return Screening.objects.create(
        request=request,
        number=last + 1,
        questionnaire=queries.active_questionnaire(),
        opened_at=at,
    )


def save_answer(
    request: ToolRequest,
    *,
    question: str,
    value: str,
    evidence: str = "",
    by: Actor,
    at: datetime | None = None,
) -> Answer:
    """Write one answer; the findings it opens or closes follow in the same commit."""
    with transaction.atomic():
        now = at or timezone.now()
        screening = _open_for(request, by, now)
        _refuse_unknown(screening, question, value)
        answer, _ = Answer.objects.update_or_create(
            screening=screening,
            question=question,
            defaults={
                "value": value,
                "evidence": evidence.strip(),
                "answered_by": by.ref,
                "answered_at": now,
            },
        )
        _follow_findings(screening, question, now)
        facts = {"question": question, "value": value, "screening": screening.number}
        engine.record(request, "answer_saved", by=by, facts=facts, at=at)
    return answer


def _open_for(request: ToolRequest, by: Actor, now: datetime) -> Screening:
    """Lock the request, and make sure this person may still work on its screening."""
    locked = engine.lock(request)
    if locked.state != SCREENING:
        raise Refused([f"The screening is closed: this is now “{locked.shown_state}”."])
    if Role.PRIVACY not in locked.roles_of(by) or by.tenant_id != locked.case.tenant_id:
        raise Refused(["Screening is for the privacy team."])
    # The reaction that opens it may not have run yet: the first hand to write opens it.
    return open_screening(locked, at=now)


def _refuse_unknown(screening: Screening, question: str, value: str) -> None:
    flags = queries.facts_of(screening.request).flags
    known = {q["id"]: q for q in rules.asked(screening.questionnaire.questions, flags)}
    if question not in known:
        raise Refused(["This question is not part of the screening. Load the page again."])
    if value not in known[question]["answers"]:
        choices = ", ".join(rules.ANSWER_WORDS.get(a, a) for a in known[question]["answers"])
        raise Refused([f"Choose one of: {choices}."])


def _follow_findings(screening: Screening, question: str, now: datetime) -> None:
    """Open the finding an answer calls for; a better answer settles the one it opened."""
    sheet = queries.sheet_of(screening)
    given = {n: rules.Given(a.value, a.evidence) for n, a in sheet.answers.items()}
    due = {f.question: f for f in rules.findings_due(sheet.questions, given)}.get(question)
    mine = screening.findings.filter(question=question)
    if due is None:
        mine.filter(status="open").update(
            status="mitigated",
            resolution="A better answer settled it.",
            settled_by="system:screening",
            settled_at=now,
        )
    elif not mine.filter(status__in=["open", "excepted"]).exists():
        Finding.objects.create(
            screening=screening, question=question, title=due.title, severity=due.severity
        )


def add_finding(request: ToolRequest, *, title: str, severity: str, by: Actor) -> Finding:
    """A finding the questionnaire did not ask about."""
    if not title.strip():
        raise Refused(["Say in a few words what was found."])
    if severity not in ("low", "medium", "high"):
        raise Refused(["Choose low, medium or high."])
    with transaction.atomic():
        screening = _open_for(request, by, timezone.now())
        finding = Finding.objects.create(
            screening=screening, title=title.strip()[:200], severity=severity
        )
        facts = {"finding": finding.pk, "severity": severity}
        engine.record(request, "finding_added", by=by, facts=facts)
    return finding


def settle_finding(
    request: ToolRequest,
    *,
    finding: int,
    status: str,
    resolution: str,
    excepted_until: date | None = None,
    by: Actor,
    at: datetime | None = None,
) -> Finding:
    """Mark a finding mitigated, or grant an exception until a date."""
    with transaction.atomic():
        now = at or timezone.now()
        screening = _open_for(request, by, now)
        row = screening.findings.select_for_update().filter(pk=finding).first()
        reasons = _against_settling(row, status, resolution, excepted_until, _day(request, now))
        if row is None or reasons:
            raise Refused(reasons)
        row.status, row.resolution = status, resolution.strip()
        row.excepted_until = excepted_until if status == "excepted" else None
        row.settled_by, row.settled_at = by.ref, now
        row.save()
        facts = {"finding": row.pk, "status": status}
        engine.record(request, "finding_settled", by=by, facts=facts, at=at)
    return row


def _against_settling(
    row: Finding | None, status: str, resolution: str, until: date | None, today: date
) -> list[str]:
    if row is None:
        return ["This finding is not part of the screening. Load the page again."]
    if status not in ("mitigated", "excepted"):
        return ["Choose: mitigated, or an exception until a date."]
    reasons = [] if resolution.strip() else ["Write what was done, or why an exception is right."]
    if status == "excepted" and (until is None or until <= today):
        reasons.append("An exception needs a date in the future on which it ends.")
    return reasons


def record_legal_basis(
    request: ToolRequest, *, basis: str, reason: str, by: Actor, at: datetime | None = None
) -> Screening:
    """Record under which FERPA exception the data may be shared, and why it applies."""
    if basis not in rules.LEGAL_BASES:
        raise Refused(["Choose a legal basis from the list."])
    if not reason.strip():
        raise Refused(["Say in a sentence why this basis applies."])
    with transaction.atomic():
        screening = _open_for(request, by, at or timezone.now())
        screening.legal_basis, screening.basis_reason = basis, reason.strip()
        screening.save(update_fields=["legal_basis", "basis_reason"])
        engine.record(request, "legal_basis_recorded", by=by, facts={"basis": basis}, at=at)
    return screening


def conclude_screening(
    request: ToolRequest, *, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Finish the reviewer's two acts; the flow then speaks, or every reason is raised."""
    with transaction.atomic():
        _open_for(request, by, at or timezone.now())
        locked = engine.lock(request)
        for task in desk_queries.open_tasks_of(locked.case):
            desk.complete(locked.case, task.node, by=by, at=at)
        for task in desk_queries.open_tasks_of(locked.case):
            desk.complete(locked.case, task.node, by=by, at=at)
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)


def finish_screening(
    case: Case, *, by: Actor, via: int | None = None, at: datetime | None = None
) -> ToolRequest:
    """The outcome of the flow: close the screening with its score and move the request on."""
    now = at or timezone.now()
    with transaction.atomic():
        request = engine.lock(ToolRequest(pk=case.pk))
        screening = _open_for(request, by, now)
        result = queries.sheet_of(screening).score
        move = "clear" if request.relationship in NEEDS_AGREEMENT else "clear_without"
        facts = {"screening": screening.number, "tier": result.tier, "points": result.residual}
        moved = engine.perform(request, move, by=by, via=via, facts=facts, at=at)
        screening.inherent, screening.residual = result.inherent, result.residual
        screening.tier, screening.outcome = result.tier, move
        screening.arithmetic = [
            {"points": p.points, "because": p.because} for p in result.arithmetic
        ]
        screening.screened_by, screening.closed_at = by.ref, now
        screening.save()
    return moved


def _day(request: ToolRequest, now: datetime) -> date:
    return now.astimezone(ZoneInfo(request.case.tenant.zone)).date()
