"""What agreements and requests do to each other, from the outbox; each is idempotent."""

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement, CoveredTool
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import system
from workflows.clock import commands as clock
from workflows.engine import Refused
from workflows.lifecycles.agreement import (
    ABANDONED,
    AGREEMENT,
    EXPIRED,
    IN_FORCE,
    SIGNED,
    TERMINATED,
)
from workflows.lifecycles.request import AWAITING_AGREEMENT, REQUEST, USABLE
from workflows.outbox.reactions import Event, on

BY = system("agreements")


@on(REQUEST, move="route_contract")
def draft_the_agreement(event: Event) -> None:
    """At once, beside the screening: the vendor's turnaround is the long pole."""
    request = ToolRequest.objects.select_related("case__tenant", "tool").get(pk=event.case_id)
    commands.draft_agreement(request, by=BY, at=event.at)


@on(REQUEST, enters=AWAITING_AGREEMENT)
def tell_a_waiting_request(event: Event) -> None:
    """The agreement may be in force before the screening ends."""
    request = ToolRequest.objects.get(pk=event.case_id)
    _move(request, "agreement_ready", event)
