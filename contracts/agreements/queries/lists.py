"""Lists of agreements: saved views and filters, and what other rooms ask about many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from contracts.agreements.models import Agreement, CoveredTool, ServedRequest
from contracts.agreements.queries.cases import agreements_for, in_effect, unserving
from vetting.people.models import District
from workflows.actors import Actor
from workflows.lifecycles.agreement import AGREEMENT, BEFORE_SIGNATURE, EXECUTED, LIVE

# The renewal of a contract is prepared from 120 days before its end (domain.md 4.2).
SOON = timedelta(days=120)
ENDED = tuple(state for state in AGREEMENT.states if state not in (*BEFORE_SIGNATURE, *EXECUTED))

# Saved views are links; the key stands in the address.
VIEWS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "open": ("Being prepared", BEFORE_SIGNATURE),
    "live": ("Signed or in effect", EXECUTED),
    "ending": ("Ending in 120 calendar days", LIVE),
    "ended": ("Ended", ENDED),
    "all": ("All", tuple(AGREEMENT.states)),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; an unknown value asks for nothing."""

    view: str = "open"
    text: str = ""
    state: str = ""
    mine: bool = False
    unserving: bool = False


def listed(actor: Actor, filters: Filters, today: date) -> QuerySet[Agreement]:
    """Rows of the list with what it shows of each; the soonest to end first, then the newest."""
    rows = agreements_for(actor).filter(_in_view(filters, today))
    if text := filters.text.strip():
        rows = rows.filter(_named(text)).distinct()
    if filters.mine:
        rows = rows.filter(owner=actor.number or 0)
    if filters.unserving:
        rows = rows.filter(unserving())
    turns = "signature_requests__membership__user"
    rows = rows.select_related("owner__user").prefetch_related("products__tool", turns)
    return rows.order_by("ends_on", "-case__opened_at", "pk")


def _in_view(filters: Filters, today: date) -> Q:
    if filters.state in AGREEMENT.states:
        return Q(state=filters.state)
    within = Q(state__in=VIEWS[filters.view][1])
    return within & Q(ends_on__lte=today + SOON) if filters.view == "ending" else within


def _named(text: str) -> Q:
    return (
        Q(title__icontains=text)
        | Q(vendor__name__icontains=text)
        | Q(products__tool__name__icontains=text)
        | Q(case__code=text.lower())
    )


def counts_by_view(actor: Actor, today: date) -> dict[str, int]:
    """How many rows each saved view has; one query."""
    rows = agreements_for(actor).order_by().select_related(None)
    soon = Q(ends_on__lte=today + SOON)
    counted = rows.values_list("state").annotate(
        number=Count("pk"), ending=Count("pk", filter=soon)
    )
    totals = {state: (number, ending) for state, number, ending in counted}
    return {
        view: sum(totals.get(state, (0, 0))[view == "ending"] for state in states)
        for view, (_, states) in VIEWS.items()
    }


def states_of_requests(case_ids: Collection[int]) -> dict[int, str]:
    """Where the newest agreement of each request stands; one query."""
    rows = ServedRequest.objects.filter(request__in=case_ids).order_by("agreement_id")
    return dict(rows.values_list("request_id", "agreement__state"))


def agreements_of_requests(case_ids: Collection[int]) -> dict[int, Agreement]:
    """The newest agreement of each request, with what says whom it waits for; two queries."""
    rows = ServedRequest.objects.filter(request__in=case_ids).order_by("agreement_id")
    signing = "agreement__signature_requests__membership__user"
    with_all = rows.select_related("agreement__vendor").prefetch_related(signing)
    return {row.request_id: row.agreement for row in with_all}


def covered_tools(district: District, tools: Collection[int], today: date) -> dict[int, str]:
    """A sentence for each tool that an agreement in effect covers; one query."""
    live = Agreement.objects.filter(in_effect(today), district=district)
    rows = CoveredTool.objects.filter(tool__in=tools, agreement__in=live)
    found = rows.values_list("tool_id", "agreement__ends_on")
    return {tool: _covered_until(ends_on) for tool, ends_on in found}


def _covered_until(ends_on: date | None) -> str:
    said = "A data privacy agreement with the vendor is in effect"
    if ends_on is None:
        return f"{said}."
    return f"{said} until {ends_on:%b} {ends_on.day}, {ends_on.year}."


def found_by_text(actor: Actor, text: str, *, limit: int = 5) -> list[Agreement]:
    """For the search in the header; running ones first."""
    rows = agreements_for(actor).filter(_named(text)).distinct()
    return list(rows.order_by("-case__opened_at")[:limit])


def with_parts(actor: Actor, code: str) -> Agreement:
    """One agreement with everything its page shows. Raises Agreement.DoesNotExist."""
    products = CoveredTool.objects.select_related("tool").order_by("tool__name")
    rows = agreements_for(actor).select_related(
        "district", "owner__user", "vendor_signer", "district_signer__user", "current__document"
    )
    rows = rows.prefetch_related(Prefetch("products", products), "products__schedule__element")
    return rows.get(case__code=code)
