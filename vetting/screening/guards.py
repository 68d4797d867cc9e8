"""What the screening room has to say about moves of a request."""

from vetting.requests.models import ToolRequest
from vetting.screening import queries
from workflows.lifecycles.request import REQUEST
from workflows.providers import Ask, guard


@guard(REQUEST, "screening_is_complete")
def screening_is_complete(request: ToolRequest, ask: Ask) -> list[str]:
    screening = queries.screening_to_show(request)
    if screening is None:
        return ["The screening has not been opened."]
    today = request.case.tenant.day_of(ask.now)
    return queries.sheet_of(screening).reasons_not_to_clear(today)


@guard(REQUEST, "screener_is_independent")
def screener_is_independent(request: ToolRequest, ask: Ask) -> list[str]:
    """Whoever asks for a tool does not screen it (separation of duties, product.md L1).

    The one who concludes answers for the whole screening, so only they are looked at here.
    """
    refs = {f"membership:{row.membership_id}" for row in request.requesters.all()}
    if ask.by.ref in refs:
        return ["You asked for this tool, so somebody else must screen it."]
    return []
