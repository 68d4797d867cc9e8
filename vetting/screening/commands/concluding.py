"""The end of a screening: the flow speaks once, the request moves, the sheet is frozen."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from vetting.requests.models import ToolRequest
from vetting.screening import queries
from vetting.screening.commands.answering import BY_RULE
from vetting.screening.commands.opening import lock_for, open_for
from vetting.screening.models import Screening
from workflows import engine
from workflows.actors import Actor
from workflows.cases import Case
from workflows.desk import commands as desk
from workflows.desk import queries as desk_queries
from workflows.lifecycles.request import SCREENING


def conclude_screening(
    request: ToolRequest, *, by: Actor, at: datetime | None = None
) -> ToolRequest:
    """Finish the reviewer's acts; the flow then speaks, or every reason is raised."""
    with transaction.atomic():
        case = lock_for(request, by).case
        open_for(request, by, at or timezone.now())
        while tasks := desk_queries.open_tasks_of(case):
            desk.complete(case, tasks[0].node, by=by, at=at)
        concluded = _read(request)
        if concluded.state == SCREENING:
            # Work is a projection: where its rows are missing, the outcome is the same.
            concluded = finish_screening(case, by=by, at=at)
    return concluded


def finish_screening(
    case: Case, *, by: Actor, via: int | None = None, at: datetime | None = None
) -> ToolRequest:
    """The outcome of the flow: move the request on and close the screening with its score."""
    now = at or timezone.now()
    with transaction.atomic():
        request = lock_for(ToolRequest(pk=case.pk), by)
        screening = open_for(request, by, now)
        sheet = queries.sheet_of(screening)
        move, score = queries.outcome_for(request), sheet.score
        facts = {"screening": screening.number, "tier": score.tier, "points": score.residual}
        moved = engine.perform(request, move, by=by, via=via, facts=facts, at=at)
        _freeze(screening, sheet, move, by=by, now=now)
    return moved


def _freeze(
    screening: Screening, sheet: queries.Sheet, move: str, *, by: Actor, now: datetime
) -> None:
    score = sheet.score
    screening.asked = [question["id"] for question in sheet.questions]
    screening.inherent, screening.residual = score.inherent, score.residual
    screening.tier, screening.outcome = score.tier, move
    screening.arithmetic = [
        {"points": p.points, "because": p.because, "kind": p.kind} for p in score.arithmetic
    ]
    screening.screened_by, screening.closed_at = by.ref, now
    screening.save()
    left = [finding.pk for finding in sheet.unneeded if finding.status == "open"]
    screening.findings.filter(pk__in=left).update(
        status="mitigated",
        resolution="The question no longer applies.",
        settled_by=BY_RULE,
        settled_at=now,
    )


def _read(request: ToolRequest) -> ToolRequest:
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)
