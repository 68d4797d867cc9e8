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
from workflows.lifecycles.request import REQUEST
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

GONE = "request_gone"


def offer_to_give_up(
    agreement: Agreement, *, request: ToolRequest, by: Actor, at: datetime | None = None
) -> bool:
    """Tell whoever looks after it that its last open request needs it no more: once per end, once
    for each other tool that a request turned out to mean.

    False when another request still needs it, when it is signed already, or when it was said.
    """
    with transaction.atomic():
        locked = engine.lock(agreement)
        facts = _facts(locked, request)
        if not queries.serves_nobody(locked) or _was_said(locked, facts):
            return False
        recorded = engine.record(locked, GONE, by=by, facts=facts, at=at)
        outbox.post(_mails(recorded, request))
    return True


def _facts(agreement: Agreement, request: ToolRequest) -> dict[str, object]:
    """What it was said of. Another tool stays another tool, whatever becomes of its request."""
    code = request.case.code
    if request.tool and not queries.is_for(agreement, request):
        return {"request": code, "now_for": request.tool.code}
    return {"request": code, "version": request.version}


def reason_unneeded(agreement: Agreement, request: ToolRequest) -> str:
    """Why a request it serves does not wait for it, in a sentence; empty where it does."""
    if request.tool and not queries.is_for(agreement, request):
        return f"The request that it was being prepared for now asks for {request.title}."
    if request.state in REQUEST.ends:
        return f"The request for {request.title} has ended: {request.shown_state}."
    if request.relationship == "exempt":
        return f"The request for {request.title} goes on without data about students."
    return ""


def _was_said(agreement: Agreement, facts: dict[str, object]) -> bool:
    rows = Entry.objects.filter(case_id=agreement.pk, name=GONE)
    return facts in rows.values_list("facts", flat=True)


def _mails(agreement: Agreement, request: ToolRequest) -> list[Message]:
    why = reason_unneeded(agreement, request)
    return [
        outbox.mail(
            case=agreement.case,
            folder=AGREEMENT.mail,
            name=GONE,
            to=person.email,
            context={"subject": agreement, "why": why, "recipient": person},
            dedupe_key=f"{agreement.pk}:{GONE}:{agreement.version}:{person.email.casefold()}",
        )
        for person in providers.recipients(agreement, "owner")
    ]
