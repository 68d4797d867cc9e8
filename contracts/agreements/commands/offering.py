"""What becomes of a draft that no request waits for: people decide, we say so once."""

from datetime import datetime

from django.db import transaction

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.requests.models import ToolRequest
from workflows import engine, providers
from workflows.actors import Actor
from workflows.ledger.models import Entry
from workflows.lifecycles.agreement import AGREEMENT
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

GONE = "request_gone"


def offer_to_give_up(
    agreement: Agreement, *, request: ToolRequest, by: Actor, at: datetime | None = None
) -> bool:
    """Tell whoever looks after it that its last open request has ended; once per end.

    False when another request still needs it, when it is signed already, or when it was said.
    """
    with transaction.atomic():
        locked = engine.lock(agreement)
        facts = {"request": request.case.code, "version": request.version}
        if not queries.serves_nobody(locked) or _was_said(locked, facts):
            return False
        recorded = engine.record(locked, GONE, by=by, facts=facts, at=at)
        outbox.post(_mails(recorded, request))
    return True


def _was_said(agreement: Agreement, facts: dict[str, object]) -> bool:
    rows = Entry.objects.filter(case_id=agreement.pk, name=GONE)
    return facts in rows.values_list("facts", flat=True)


def _mails(agreement: Agreement, request: ToolRequest) -> list[Message]:
    return [
        outbox.mail(
            case=agreement.case,
            folder=AGREEMENT.mail,
            name=GONE,
            to=person.email,
            context={"subject": agreement, "request": request, "recipient": person},
            dedupe_key=f"{agreement.pk}:{GONE}:{agreement.version}:{person.email.casefold()}",
        )
        for person in providers.recipients(agreement, "owner")
    ]
