"""What must always be true between approvals and agreements."""

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q

from contracts.agreements.commands.term import ENDS
from contracts.agreements.models import Agreement, CoveredTool, ServedRequest
from vetting.requests.models import ToolRequest
from vetting.requests.rules import DATED_KINDS
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN
from workflows.invariants.registry import explained, invariant
from workflows.lifecycles.agreement import LIVE
from workflows.lifecycles.request import USABLE

Found = Iterable[tuple[int | None, str]]


@invariant("approved_without_basis")
def approved_means_an_agreement_or_a_written_exception() -> Found:
    """Reactions are asynchronous: a pending one of either case explains it for now."""
    covering = CoveredTool.objects.filter(
        tool=OuterRef("tool"), district=OuterRef("district"), agreement__state__in=LIVE
    )
    exempt = Q(relationship="exempt", exempt_attested=True)
    dated = Q(approval_kind__in=DATED_KINDS, approved_until__isnull=False)
    bare = ToolRequest.objects.filter(state__in=USABLE).exclude(exempt | dated | Exists(covering))
    requests = set(bare.values_list("pk", flat=True))
    for pk in sorted(requests - _explained(requests)):
        yield pk, "It is approved without an agreement in effect, and without an exception."


@invariant("foreign_district")
def a_case_belongs_to_the_tenant_of_its_district() -> Found:
    """Lists are read by the record's district, pages of one case by its tenant."""
    for model in (ToolRequest, Agreement):
        apart = model.objects.exclude(district__tenant=F("case__tenant"))
        for pk in apart.values_list("pk", flat=True):
            yield pk, "Its district is not the one that its case belongs to."


@invariant("end_without_owner")
def an_approval_with_an_end_has_an_owner() -> Found:
    """Nobody would look at it before the clock suspends it."""
    ending = ToolRequest.objects.filter(state__in=USABLE, approved_until__isnull=False)
    for pk in ending.filter(approval_owner=None).values_list("pk", flat=True):
        yield pk, "Its approval ends, and nobody is named to look after it until then."


@invariant("live_products")
def products_are_live_while_their_agreement_is() -> Found:
    rows = CoveredTool.objects.filter(~Q(live=True) & Q(agreement__state__in=LIVE))
    rows |= CoveredTool.objects.filter(Q(live=True) & ~Q(agreement__state__in=LIVE))
    agreements = set(rows.values_list("agreement_id", flat=True))
    for pk in sorted(agreements - explained(agreements)):
        yield pk, "Its products say something else than its state."


@invariant("in_force_without_dates")
def an_agreement_in_effect_has_its_dates() -> Found:
    bare = Q(effective_from=None) | Q(ends_on=None) | Q(executed_at=None)
    for pk in Agreement.objects.filter(bare, state__in=LIVE).values_list("pk", flat=True):
        yield pk, "It is in effect without its dates."


@invariant("two_agreements_in_force")
def one_agreement_in_effect_per_tool() -> Found:
    """By state, whatever the flag under the unique index says."""
    covering = CoveredTool.objects.filter(agreement__state__in=LIVE).order_by()
    twice = covering.values("district", "tool").annotate(number=Count("agreement", distinct=True))
    for row in twice.filter(number__gt=1):
        said = f"{row['number']} agreements are in effect for one of its tools."
        here = covering.filter(district=row["district"], tool=row["tool"])
        for pk in here.values_list("agreement_id", flat=True):
            yield pk, said


@invariant("end_not_expected")
def an_agreement_in_effect_expects_its_end() -> Found:
    """Without this deadline nothing would ever end it."""
    expected = Deadline.objects.filter(OPEN, case_id=OuterRef("pk"), kind=ENDS)
    bare = Agreement.objects.filter(~Exists(expected), state__in=LIVE, ends_on__isnull=False)
    for pk in bare.values_list("pk", flat=True):
        yield pk, "It is in effect, but no deadline expects its end."


def _explained(requests: set[int]) -> set[int]:
    """What is on its way at the request, at an agreement that serves it, or at one for its tool in
    its district: each may need its end (`requests_resting_on`)."""
    served = ServedRequest.objects.filter(request_id__in=requests)
    links = list(served.values_list("request_id", "agreement_id"))
    for_tool = ToolRequest.objects.filter(pk__in=requests, tool__covered__district=F("district"))
    links += for_tool.values_list("pk", "tool__covered__agreement")
    moving = explained({agreement for _, agreement in links})
    return explained(requests) | {request for request, agreement in links if agreement in moving}
