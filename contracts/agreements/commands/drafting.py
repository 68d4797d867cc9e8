"""Drafting: from a request to settled exhibits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts.agreements import queries
from contracts.agreements.models import (
    Agreement,
    CoveredTool,
    ScheduledElement,
    ServedRequest,
)
from contracts.library import rules as library
from vetting.catalog.models import Contact, DataElement
from vetting.people.models import Membership
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor
from workflows.engine import Refused
from workflows.lifecycles.agreement import DRAFTING


def draft_agreement(
    request: ToolRequest, *, by: Actor, at: datetime | None = None
) -> Agreement | None:
    """Draft the agreement a request needs, or join the one under way; at most one per request."""
    with transaction.atomic():
        locked = engine.lock(request)
        if locked.tool is None or locked.served_by.exists():
            return queries.agreement_of(locked)
        agreement = queries.agreement_under_way(locked) or _open(locked, by, at)
        ServedRequest.objects.create(agreement=agreement, request=locked)
        if agreement.state == DRAFTING:
            _take_over_schedule(agreement, locked)
        facts = {"request": locked.case.code}
        return engine.record(agreement, "request_attached", by=by, facts=facts, at=at)


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
        title=f"{tool.vendor.name}: {tool.name}",
        vendor_signer=tool.vendor.contacts.filter(signs=True, active=True).first(),
    )
    CoveredTool.objects.create(agreement=agreement, tool=tool, district=request.district)
    return agreement


def _take_over_schedule(agreement: Agreement, request: ToolRequest) -> None:
    product = agreement.products.get(tool=request.tool)
    rows = [
        ScheduledElement(
            product=product, element_id=row.element_id, purpose=row.purpose, detail=row.detail
        )
        for row in request.schedule.filter(struck=False)
    ]
    ScheduledElement.objects.bulk_create(rows, ignore_conflicts=True)


def settle_exhibits(
    agreement: Agreement,
    *,
    by: Actor,
    services: str,
    frameworks: Sequence[str],
    vendor_signer: Contact | None,
    district_signer: Membership | None,
    owner: Membership | None = None,
    terms: Mapping[str, Any] | None = None,
    settled: bool = True,
    at: datetime | None = None,
) -> Agreement:
    """Capture Exhibits A and F, the signers and the terms. `terms`: term_months,
    breach_notice_hours, destruction_days, audit_notice_days, amount, general_offer,
    effective_from, board_acts_first."""
    if unknown := set(frameworks) - set(library.FRAMEWORKS):
        raise Refused([f"Unknown security framework: {', '.join(sorted(unknown))}."])

    def change(row: Agreement) -> None:
        _refuse_unless_drafting(row)
        row.exhibit_services, row.exhibit_security = services.strip(), list(frameworks)
        row.vendor_signer, row.district_signer = vendor_signer, district_signer
        row.owner = owner or row.owner
        row.exhibits_settled = settled
        for name, value in (terms or {}).items():
            setattr(row, name, value)

    return engine.record(
        agreement, "exhibits_settled", by=by, change=change, facts={"settled": settled}, at=at
    )


def set_schedule(
    agreement: Agreement,
    *,
    by: Actor,
    product: CoveredTool,
    elements: Mapping[str, str],
    at: datetime | None = None,
) -> Agreement:
    """Replace one product's schedule of data: element slug to purpose. Confirmation is void."""
    known = {e.slug: e for e in DataElement.objects.filter(slug__in=elements)}
    if unknown := set(elements) - set(known):
        raise Refused([f"Unknown data element: {', '.join(sorted(unknown))}."])

    def change(row: Agreement) -> None:
        _refuse_unless_drafting(row)
        product.schedule.all().delete()
        ScheduledElement.objects.bulk_create(
            ScheduledElement(product=product, element=known[slug], purpose=purpose)
            for slug, purpose in elements.items()
        )
        row.exhibits_settled = False

    facts = {"tool": product.tool.code, "elements": len(elements)}
    return engine.record(agreement, "schedule_changed", by=by, change=change, facts=facts, at=at)


def _refuse_unless_drafting(agreement: Agreement) -> None:
    if agreement.state != DRAFTING:
        raise Refused(
            [f"This is “{agreement.shown_state}”: take the document back to change it first."]
        )
