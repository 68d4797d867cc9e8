"""What the screening room has to say about moves of a request."""

from zoneinfo import ZoneInfo

from vetting.requests.models import ToolRequest
from vetting.screening import queries, rules
from workflows.lifecycles.request import REQUEST
from workflows.providers import Ask, guard


@guard(REQUEST, "screening_is_complete")
def screening_is_complete(request: ToolRequest, ask: Ask) -> list[str]:
    screening = queries.open_screening_of(request)
    if screening is None:
        return ["The screening has not been opened."]
    sheet = queries.sheet_of(screening)
    today = ask.now.astimezone(ZoneInfo(request.case.tenant.zone)).date()
    lapsed = [
        (finding.title, finding.excepted_until)
        for finding in sheet.findings
        if finding.excepted_until and finding.excepted_until <= today
    ]
    return rules.reasons_not_to_clear(
        unanswered=sheet.unanswered,
        open_findings=[finding.title for finding in sheet.open_findings],
        lapsed_exceptions=lapsed,
        legal_basis=screening.legal_basis,
    )


@guard(REQUEST, "screener_is_independent")
def screener_is_independent(request: ToolRequest, ask: Ask) -> list[str]:
    """Whoever asks for a tool does not screen it (separation of duties, product.md L1)."""
    refs = {f"membership:{r}" for r in request.requesters.values_list("membership", flat=True)}
    if ask.by.ref in refs:
        return ["You asked for this tool, so somebody else must screen it."]
    return []
