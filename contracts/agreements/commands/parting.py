"""An agreement was given up: the requests that waited for it wait for nothing, and say so."""

from datetime import datetime

from django.db import transaction

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.requests.models import ToolRequest
from workflows import engine, providers
from workflows.actors import Actor
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import AWAITING_AGREEMENT
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.providers import Recipient


def tell_request(
    request: ToolRequest,
    agreement: Agreement,
    *,
    by: Actor,
    who: str,
    why: str,
    at: datetime | None,
) -> None:
    """Its timeline, always; a mail where nothing else keeps it going: to legal, who can have
    another agreement prepared, and to those who asked. `who` gave it up, and `why`."""
    with transaction.atomic():
        facts = {"agreement": agreement.case.code}
        told = engine.record(request, "agreement_given_up", by=by, facts=facts, at=at)
        if told.state != AWAITING_AGREEMENT or queries.is_served(told):
            return
        said = {"subject": told, "agreement": agreement, "by": who, "note": why}
        acting = providers.recipients(told, told.lifecycle.turn[told.state])
        asking = providers.recipients(told, "requesters")
        heard = {person.email.casefold() for person in acting}
        others = [person for person in asking if person.email.casefold() not in heard]
        outbox.post(
            [_mail(told, agreement, person, said | {"acts": True}) for person in acting]
            + [_mail(told, agreement, person, said | {"note": ""}) for person in others]
        )


def _mail(
    request: ToolRequest, agreement: Agreement, person: Recipient, said: dict[str, object]
) -> Message:
    return outbox.mail(
        case=request.case,
        folder=AGREEMENT.mail,
        name="wait_is_over",
        to=person.email,
        context=said | {"recipient": person},
        dedupe_key=f"{request.pk}:wait_is_over:{agreement.pk}:{person.email.casefold()}",
    )
