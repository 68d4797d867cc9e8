"""Findings: added by hand, settled, taken up again."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from vetting.requests.models import ToolRequest
from vetting.screening import rules
from vetting.screening.commands.opening import open_for
from vetting.screening.models import Finding
from workflows import engine
from workflows.actors import Actor
from workflows.engine import Refused
from workflows.refusals import moment, name_of, raise_if


def add_finding(
    request: ToolRequest, *, title: str, severity: str, by: Actor, at: datetime | None = None
) -> Finding:
    """A finding the questionnaire did not ask about."""
    if not title.strip():
        raise Refused(["Say in a few words what was found."])
    if severity not in rules.SEVERITIES:
        raise Refused(["Choose low, medium or high."])
    with transaction.atomic():
        screening = open_for(request, by, at or timezone.now())
        finding = screening.findings.create(title=title.strip()[:200], severity=severity)
        facts = {"finding": finding.pk, "severity": severity}
        engine.record(request, "finding_added", by=by, facts=facts, at=at)
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
    """Mark an open finding mitigated, or grant an exception until a date; "open" takes a settled
    one up again. Raises Refused; the second of two people reads who was first."""
    with transaction.atomic():
        now = at or timezone.now()
        screening = open_for(request, by, now)
        rows = screening.findings.select_for_update(of=("self",), no_key=True)
        row = rows.filter(pk=finding).first()
        if row is None:
            raise Refused(["This finding is not part of the screening. Load the page again."])
        raise_if(_settled_already(row, status, request))
        raise_if(
            rules.reasons_against_settling(
                current=row.status,
                status=status,
                resolution=resolution,
                until=excepted_until,
                today=request.case.tenant.day_of(now),
            )
        )
        row.status, row.resolution = status, resolution.strip()
        row.excepted_until = excepted_until if status == "excepted" else None
        row.settled_by, row.settled_at = by.ref, now
        row.save()
        facts = {"finding": row.pk, "status": status}
        engine.record(request, "finding_settled", by=by, facts=facts, at=at)
    return row


def _settled_already(row: Finding, status: str, request: ToolRequest) -> list[str]:
    if row.status == "open" or status == "open" or row.settled_at is None:
        return []
    who, when = name_of(row.settled_by), moment(row.settled_at, request)
    return [f"{who} settled this finding on {when}. Take it up again first."]
