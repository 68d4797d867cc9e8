"""Drafting: a request gets its agreement, or joins the one under way."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.commands.pacing import pace_drafting
from contracts.agreements.models import (
    Agreement,
    CoveredTool,
    ScheduledElement,
    ServedRequest,
)
from vetting.catalog.rules import named_together, names_more
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.lifecycles.agreement import DRAFTING
from workflows.lifecycles.request import AWAITING_AGREEMENT, REQUEST, SCREENING
from workflows.refusals import foreign, raise_if


def draft_agreement(
    request: ToolRequest, *, by: Actor, at: datetime | None = None
) -> Agreement | None:
    """Draft the agreement a request needs, or join the one under way; at most one per request.

    None where the request has ended meanwhile: whoever looks after drafts would never be asked.
    """
    with transaction.atomic():
        locked = engine.lock(request)
        if locked.state in REQUEST.ends:
            return None
        # One that ended or was given up serves nobody: the request gets another draft.
        if locked.tool is None or queries.is_held(locked):
            return queries.agreement_of(locked)
        agreement = _locked_under_way(locked) or _open(locked, by, at)
        # It may be tied to it already, from a time when it asked for less.
        _, new = ServedRequest.objects.get_or_create(agreement=agreement, request=locked)
        grew = agreement.state == DRAFTING and _take_over_schedule(agreement, locked)
        # Its purpose does not stand in words that were written before it came.
        unsaid = new and agreement.products.exclude(used_for="").filter(tool=locked.tool).exists()

        def void_confirmation(row: Agreement) -> None:
            row.exhibits_settled = row.exhibits_settled and not (grew or unsaid)

        facts = {"request": locked.case.code, "elements": grew} | ({} if new else {"again": True})
        agreement = engine.record(
            agreement, "request_attached", by=by, change=void_confirmation, facts=facts, at=at
        )
        return pace_drafting(agreement, by=by, at=at)


def draft_another(request: ToolRequest, *, by: Actor, at: datetime | None = None) -> Agreement:
    """A person asks for the next agreement after one that ended or was given up.

    Raises Refused where one is under way, or the request does not wait for any.
    """
    with transaction.atomic():
        locked = engine.lock(request)
        raise_if(foreign(locked, by))
        if not locked.roles_of(by) & {Role.PRIVACY, Role.LEGAL}:
            raise Refused(["Preparing an agreement is for the privacy team or legal."])
        if locked.state not in (SCREENING, AWAITING_AGREEMENT):
            raise Refused([f"The request waits for no agreement: it is “{locked.shown_state}”."])
        if queries.is_served(locked):
            raise Refused(["An agreement for this request is under way already."])
        agreement = draft_agreement(locked, by=by, at=at)
        if agreement is None:
            raise Refused(["Settle first which tool this is."])
    return agreement


def attach_covering(
    request: ToolRequest, *, by: Actor, at: datetime | None = None
) -> Agreement | None:
    """Tie a request to the agreement in effect that covers its tool; once, None without one."""
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(request)
        agreement = queries.agreement_in_force(locked, locked.case.tenant.day_of(now))
        if agreement is None or agreement.serves.filter(request=locked).exists():
            return agreement
        ServedRequest.objects.create(agreement=agreement, request=locked)
        facts = {"request": locked.case.code}
        return engine.record(agreement, "request_attached", by=by, facts=facts, at=at)


def _locked_under_way(request: ToolRequest) -> Agreement | None:
    """Locked before its state is read: it may be issued at this moment, and what is written beside
    an issued text would cover data that nobody signs; or it is given up at this moment."""
    found = queries.agreement_under_way(request)
    agreement = engine.lock(found) if found else None
    return agreement if agreement and queries.may_be_joined(agreement, request) else None


def _open(request: ToolRequest, by: Actor, at: datetime | None) -> Agreement:
    tool = request.tool
    assert tool is not None  # noqa: S101  (draft_agreement returned for requests without a tool)
    agreement = engine.open_case(
        Agreement,
        tenant=request.case.tenant,
        by=by,
        at=at,
        facts={"request": request.case.code},
        district=request.district,
        vendor=tool.vendor,
        title=rules.title_of(tool.name, tool.vendor.name),
        vendor_signer=tool.vendor.contacts.filter(signs=True, active=True).first(),
    )
    CoveredTool.objects.create(agreement=agreement, tool=tool, district=request.district)
    return agreement


def _take_over_schedule(agreement: Agreement, request: ToolRequest) -> int:
    """Adds what the request asks for to Exhibit B; how many elements, and names, are new there."""
    product = agreement.products.get(tool=request.tool)
    asked = request.schedule.filter(struck=False)
    new = asked.exclude(element__in=product.schedule.values("element"))
    rows = [
        ScheduledElement(
            product=product, element_id=row.element_id, purpose=row.purpose, detail=row.detail
        )
        for row in new
    ]
    named = sum(_name_too(product, row.element_id, row.detail) for row in asked)
    return named + len(ScheduledElement.objects.bulk_create(rows))


def _name_too(product: CoveredTool, element: int, detail: str) -> int:
    """Other data of two requests is one row of Exhibit B that names both."""
    held = product.schedule.filter(element=element).first()
    if held is None or not names_more(held.detail, detail):
        return 0
    held.detail = named_together(held.detail, detail)
    held.save(update_fields=["detail"])
    return 1
