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
    """Its timeline, always; a mail where nothing else keeps it going: to the privacy team, whose
    turn it is then, to legal, to whoever looked after the agreement, and to those who asked. `who`
    gave it up, and `why`."""
    with transaction.atomic():
        facts = {"agreement": agreement.case.code}
        told = engine.record(request, "agreement_given_up", by=by, facts=facts, at=at)
        if told.state != AWAITING_AGREEMENT or queries.is_served(told):
            return
        said = {"subject": told, "agreement": agreement, "by": who, "note": why}
        acting = _each_once(
            providers.recipients(told, told.lifecycle.turn[told.state])
            + providers.recipients(told, "privacy")
            + providers.recipients(agreement, "owner")
        )
        asking = providers.recipients(told, "requesters")
        heard = {person.email.casefold() for person in acting}
        others = [person for person in asking if person.email.casefold() not in heard]
        outbox.post(
            [_mail(told, agreement, person, said | {"acts": True}) for person in acting]
            + [_mail(told, agreement, person, said | {"note": ""}) for person in others]
        )


def tell_owner(agreement: Agreement, *, who: str, by_ref: str, why: str) -> None:
    """Whoever looks after it, where no request tells them: it may have served none any more."""
    owner = agreement.owner
    if owner is None or owner.ref == by_ref:
        return
    people = providers.recipients(agreement, "owner")
    served = agreement.serves.values_list("request_id", flat=True)
    told = {_key(request, agreement, person): person for request in served for person in people}
    heard = Message.objects.filter(dedupe_key__in=told).values_list("dedupe_key", flat=True)
    known = [told[key] for key in heard]
    mails = [
        outbox.mail(
            case=agreement.case,
            folder=AGREEMENT.mail,
            name="given_up",
            to=person.email,
            context={"subject": agreement, "recipient": person, "by": who, "note": why},
            dedupe_key=f"{agreement.pk}:given_up:{person.email.casefold()}",
        )
        for person in people
        if person not in known
    ]
    outbox.post(mails)


def _each_once(people: list[Recipient]) -> list[Recipient]:
    return list({person.email.casefold(): person for person in people}.values())


def _mail(
    request: ToolRequest, agreement: Agreement, person: Recipient, said: dict[str, object]
) -> Message:
    return outbox.mail(
        case=request.case,
        folder=AGREEMENT.mail,
        name="wait_is_over",
        to=person.email,
        context=said | {"recipient": person},
        dedupe_key=_key(request.pk, agreement, person),
    )


def _key(request: int, agreement: Agreement, person: Recipient) -> str:
    return f"{request}:wait_is_over:{agreement.pk}:{person.email.casefold()}"[:200]
