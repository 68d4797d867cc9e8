"""The verbs of the agreements room."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.models import (
    Agreement,
    AgreementVersion,
    CoveredTool,
    Review,
    ScheduledElement,
    ServedRequest,
)
from vetting.catalog.models import Contact, DataElement
from vetting.people.models import Membership
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.actors import Actor, Role
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
    if unknown := set(frameworks) - set(rules.FRAMEWORKS):
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


def give_verdict(
    agreement: Agreement,
    *,
    by: Actor,
    reviewer: Membership,
    role: Role,
    verdict: str,
    sha256: str,
    comment: str = "",
    at: datetime | None = None,
) -> Review:
    """One reviewing role's word on exactly the bytes whose fingerprint the reviewer saw."""
    now = at or timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        version = locked.current
        if reasons := _against_verdict(locked, version, by, role, verdict, sha256, comment):
            raise Refused(reasons)
        review, made = Review.objects.get_or_create(
            version=version,
            reviewer=reviewer,
            defaults={
                "role": role.value,
                "verdict": verdict,
                "sha256": sha256,
                "comment": comment.strip(),
                "given_at": now,
            },
        )
        if not made:
            raise Refused([f"You already said “{review.get_verdict_display()}” on this text."])
        facts = {"role": role.value, "verdict": verdict, "sha256": sha256}
        engine.record(locked, "verdict_given", by=by, facts=facts, at=at)
    return review


def _against_verdict(
    agreement: Agreement,
    version: AgreementVersion | None,
    by: Actor,
    role: Role,
    verdict: str,
    sha256: str,
    comment: str,
) -> list[str]:
    if agreement.state != "legal_review" or version is None:
        return [f"There is nothing to review: this is “{agreement.shown_state}”."]
    reasons = []
    if role not in agreement.roles_of(by) or role.value not in rules.REVIEWING_ROLES:
        reasons.append("You do not review in this role.")
    if version.sha256 != sha256:
        reasons.append("The document changed since you opened it. Read it again.")
    if verdict not in dict(Review.VERDICTS):
        reasons.append("Choose: approve, or changes needed.")
    if verdict == "changes" and not comment.strip():
        reasons.append("Say which changes are needed.")
    if version.reviews.filter(role=role.value, verdict="approved").exists():
        reasons.append("This role has already approved the text.")
    return reasons


def executed_dates(agreement: Agreement, executed_on: date) -> tuple[date, date]:
    """First and last day: the agreed start, or the day of the last signature if that is later."""
    start = max(agreement.effective_from or executed_on, executed_on)
    return start, rules.end_of_term(start, agreement.term_months)
