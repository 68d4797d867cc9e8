"""What screening does when a request moves."""

from vetting.requests.models import ToolRequest
from vetting.screening import commands
from workflows import engine
from workflows.lifecycles.request import REQUEST, SCREENING
from workflows.outbox.reactions import Event, on


@on(REQUEST, enters=SCREENING)
def open_the_screening(event: Event) -> None:
    """Freeze the questionnaire in use to the case; a screening still open is taken up again."""
    request = engine.lock(ToolRequest(pk=event.case_id))
    if request.state == SCREENING:
        commands.open_screening(request, at=event.at)
