"""An executed agreement has its signatures and a stored file."""

from collections.abc import Iterable

from django.db.models import Count, F, Q

from contracts.agreements.models import Agreement
from contracts.signing.guards import SLOTS
from contracts.signing.models import SignatureRequest
from workflows.invariants.registry import invariant
from workflows.lifecycles.agreement import EXECUTED

Found = Iterable[tuple[int | None, str]]


@invariant("executed_without_signatures")
def executed_means_signed_sealed_and_stored() -> Found:
    """Every party's signature, over the very bytes of the current version, and the sealed file."""
    executed = Agreement.objects.filter(state__in=EXECUTED)
    for pk in executed.filter(current__sealed=None).values_list("pk", flat=True):
        yield pk, "It is executed, but no signed file is stored."
    valid = Q(
        signature_requests__status=SignatureRequest.SEALED,
        signature_requests__version=F("current"),
        signature_requests__signature__sha256=F("current__pdf__sha256"),
    )
    parties = Count("signature_requests__slot", filter=valid, distinct=True)
    lacking = executed.annotate(parties=parties).filter(parties__lt=len(SLOTS))
    for agreement in lacking:
        yield agreement.pk, "It is executed without a valid signature of each party."
