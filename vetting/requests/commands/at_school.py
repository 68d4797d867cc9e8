"""What waits at a school, when the people of the school change."""

from datetime import datetime

from django.db import transaction

from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor, system
from workflows.lifecycles.request import WITH_SCHOOL
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.providers import Recipient, recipients

ASKED = "request_to_school"


def hand_on_at_school(request: ToolRequest, *, at: datetime | None = None) -> str:
    """Ask the leaders who have not heard of it; where there is none, it goes on to sourcing.

    Says what was done, for the record of the message; nothing where nothing had to be.
    """
    with transaction.atomic():
        locked = engine.lock(request)
        if locked.state != WITH_SCHOOL:
            return ""
        leaders = recipients(locked, "school_leaders")
        if not leaders:
            engine.perform(locked, "pass_by", by=system("requests"), at=at)
            return f"{locked.code} passed on"
        new = [leader for leader in leaders if not _has_heard(locked, leader)]
        outbox.post([_asking(locked, leader) for leader in new])
        return f"{locked.code}: {len(new)} asked" if new else ""


def _has_heard(request: ToolRequest, leader: Recipient) -> bool:
    mails = Message.objects.filter(case_id=request.pk, topic=ASKED, to__iexact=leader.email)
    return mails.exists()


def _asking(request: ToolRequest, leader: Recipient) -> Message:
    return outbox.mail(
        case=request.case,
        folder=request.lifecycle.mail,
        name=ASKED,
        to=leader.email,
        context={"subject": request, "by": _asker(request), "recipient": leader},
        dedupe_key=f"{request.pk}:{request.version}:{ASKED}:{leader.email.casefold()}",
    )


def _asker(request: ToolRequest) -> Actor:
    asking = request.requesters.filter(left_at=None).select_related("membership")
    return actor_of(asking.order_by("pk")[0].membership)
