"""What follows a request's moves inside this room, from the outbox."""

from vetting.people.commands.record import PEOPLE_CHANGED
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.clock import commands as clock
from workflows.lifecycles.request import REQUEST, RETIRED, SUSPENDED, USABLE, WITH_SCHOOL
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event, on, topic

OF_AN_APPROVAL = ("review_due", "approval_ends")


@on(REQUEST, enters=SUSPENDED)
def suspension_ends_the_approval_clocks(event: Event) -> None:
    _meet_unless_usable(event)


@on(REQUEST, enters=RETIRED)
def retirement_ends_the_approval_clocks(event: Event) -> None:
    _meet_unless_usable(event)


@topic(PEOPLE_CHANGED)
def look_after_requests_at_schools(message: Message) -> str:
    """A leader has left, changed school or come: nothing may wait for somebody who is not there."""
    waiting = ToolRequest.objects.filter(
        district=message.payload["district"], state=WITH_SCHOOL
    ).order_by("pk")
    done = [commands.hand_on_at_school(request) for request in waiting]
    return ", ".join(filter(None, done))


def _meet_unless_usable(event: Event) -> None:
    """It may have been reinstated since: then the clocks that run are the new approval's."""
    request = engine.lock(ToolRequest.objects.get(pk=event.case_id))
    if request.state not in USABLE:
        for kind in OF_AN_APPROVAL:
            clock.meet(request, kind=kind, at=event.at)
