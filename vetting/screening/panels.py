"""The screening on its request's page: for those who may read the screening itself."""

from typing import Any

from vetting.requests.models import ToolRequest
from vetting.requests.panels import Panel, panel
from vetting.screening import queries, rules
from vetting.screening.models import Screening
from workflows.actors import Actor
from workflows.lifecycles.request import SCREENING


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
