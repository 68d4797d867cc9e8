"""The screening on its request's page: for those who may read the screening itself."""

from typing import Any

from django.db.models import Prefetch

from vetting.requests.models import ToolRequest
from vetting.requests.panels import Panel, panel, parts
from vetting.screening import queries, rules
from vetting.screening.models import Finding, Screening
from workflows.actors import Actor
from workflows.lifecycles.request import SCREENING


@parts(ToolRequest)
def screenings(actor: Actor) -> list[Any]:
    """Also for who may not read them: whose hand is in them is asked of everybody who decides."""
    rows = Screening.objects.select_related("questionnaire").order_by("number")
    findings = Prefetch("screenings__findings", Finding.objects.order_by("pk"))
    return [Prefetch("screenings", rows), "screenings__answers", findings]


@panel(ToolRequest, order=30)
def screening(request: ToolRequest, actor: Actor) -> Panel | None:
    one = queries.screening_to_show(request) if actor.has(*queries.READERS) else None
    if one is None:
        return None
    sheet = queries.sheet_of(one)
    count = len(sheet.open_findings) or None
    template = "vetting/screening/panel.html"
    here = request.state == SCREENING
    return Panel("Screening", template, _shown(request, one, sheet), count=count, open=here)


def _shown(request: ToolRequest, one: Screening, sheet: queries.Sheet) -> dict[str, Any]:
    return {
        "case": request,
        "screening": one,
        "sheet": sheet,
        "total": len(sheet.questions),
        "tone": rules.TIER_TONES[sheet.score.tier],
        "basis": rules.LEGAL_BASES.get(one.legal_basis, ""),
    }
