"""Keeping what the nights found."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from workflows.cases import Case
from workflows.ledger.models import Checkpoint
from workflows.ledger.queries import verify
from workflows.operations.models import LedgerCheck, LedgerFault, Mending

# A ledger that was tampered with at large has as many faults as rows; the command names them all.
MOST_KEPT = 200


def note_mended(case: Case, *, found: str, state: str, done: Mapping[str, int]) -> Mending:
    """One row beside the mending, in its transaction; `done`: canceled, opened, completed."""
    return Mending.objects.create(
        case=case,
        tenant_id=case.tenant_id,
        at=timezone.now(),
        state=state,
        found=found,
        canceled=done.get("canceled", 0),
        opened=done.get("opened", 0),
        completed=done.get("completed", 0),
    )


def check_ledger(now: datetime | None = None) -> LedgerCheck:
    """Verify the whole ledger and keep what was found; one pass, in bounded memory."""
    last = Checkpoint.objects.order_by("-id").first()
    faults = verify()
    kept = faults[:MOST_KEPT]
    codes = {fault.case for fault in kept if fault.case}
    cases = {case.code: case for case in Case.objects.filter(code__in=codes)}
    with transaction.atomic():
        check = LedgerCheck.objects.create(
            at=now or timezone.now(), checkpoint=last, faults=len(faults)
        )
        rows = [_fault(check, cases.get(f.case), f.kind, f.says) for f in kept]
        LedgerFault.objects.bulk_create(rows)
    return check


def _fault(check: LedgerCheck, case: Case | None, kind: str, says: str) -> LedgerFault:
    tenant = case.tenant_id if case else None
    return LedgerFault(of=check, tenant_id=tenant, case=case, kind=kind, says=says)
