"""Lists of agreements: saved views and filters, and what other rooms ask about many at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from contracts.agreements.models import (
    Agreement,
    AgreementVersion,
    CoveredTool,
    ScheduledElement,
    ServedRequest,
    lacking_signatory,
)
from contracts.agreements.queries.cases import agreements_for, in_effect, unserving
from vetting.people.models import District
from vetting.policy.queries import told_of_a_breach
from vetting.requests.models import ToolRequest
from vetting.requests.panels import parts_of
from workflows.actors import Actor, Role, somebody
from workflows.clock.queries import soonest_due
from workflows.lifecycles.agreement import AGREEMENT, BEFORE_SIGNATURE, EXECUTED, LIVE
from workflows.prefetching import branches, is_read
from workflows.together import prefetch_together
from workflows.whole import Whole

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
    rows = rows.select_related("owner__user", "district_signer__user")
    rows = rows.annotate(lacking=lacking_signatory()).prefetch_related("products__tool", turns)
    return rows.order_by(F("ends_on").asc(nulls_last=True), "-pk")


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


def agreements_of_requests(
    cases: Sequence[ToolRequest],
) -> dict[int, tuple[Agreement, datetime | None]]:
    """The newest agreement of each request, with what says whom it waits for, and the soonest of
    its dates that run; one query, and none for requests that were read with their agreements."""
    unread = [one for one in cases if not is_read(one, "served_by")]
    prefetch_together((unread, branches(*WITH_AGREEMENTS)))
    newest = {one.pk: max(one.served_by.all(), key=_age, default=None) for one in cases}
    for row in filter(None, newest.values()):
        vars(row.agreement)["lacking"] = row.lacking  # type: ignore[attr-defined]
    return {
        pk: (row.agreement, row.due_at)  # type: ignore[attr-defined]
        for pk, row in newest.items()
        if row
    }


def breached_requests(cases: Sequence[ToolRequest]) -> set[int]:
    """Those of which an agreement was told last that there was a breach; read as above."""
    unread = [one for one in cases if not is_read(one, "served_by")]
    prefetch_together((unread, branches(*WITH_AGREEMENTS)))
    return {one.pk for one in cases if any(row.breached for row in one.served_by.all())}  # type: ignore[attr-defined]


def _age(row: ServedRequest) -> int:
    return row.agreement_id


# The signatures are asked by way of the requests, so that both levels are read at once.
WITH_AGREEMENTS = (
    Prefetch(
        "served_by",
        ServedRequest.objects.select_related(
            "agreement__case__tenant", "agreement__vendor", "agreement__district_signer__user"
        ).annotate(
            due_at=soonest_due("agreement_id"),
            lacking=lacking_signatory("agreement__"),
            breached=told_of_a_breach("agreement_id"),
        ),
    ),
    "served_by__agreement__signature_requests__membership__user",
)


def covered_tools(district: District, tools: Collection[int], today: date) -> dict[int, str]:
    """A sentence for each tool that an agreement in effect covers; one query."""
    live = Agreement.objects.filter(in_effect(today), district=district)
    rows = CoveredTool.objects.filter(tool__in=tools, agreement__in=live)
    found = rows.values_list("tool_id", "agreement__ends_on")
    return {tool: _covered_until(ends_on) for tool, ends_on in found}


def data_held_for(request: ToolRequest, agreement: Agreement) -> list[str]:
    """What the agreement's schedule of data holds for the request's tool, in its order."""
    if is_read(request, "schedule") and is_read(agreement, "products"):
        products = (p for p in agreement.products.all() if p.tool_id == request.tool_id)
        return [row.words for product in products for row in product.schedule.all()]
    rows = ScheduledElement.objects.filter(
        product__agreement=agreement, product__tool=request.tool_id
    )
    return [row.words for row in rows.select_related("element")]


def _covered_until(ends_on: date | None) -> str:
    said = "A data privacy agreement with the vendor is in effect"
    if ends_on is None:
        return f"{said}."
    return f"{said} until {ends_on:%b} {ends_on.day}, {ends_on.year}."


def found_by_text(actor: Actor, text: str, *, limit: int = 5) -> list[Agreement]:
    """For the search in the header; running ones first."""
    rows = agreements_for(actor).filter(_named(text)).distinct()
    return list(rows.order_by("-case__opened_at")[:limit])


def with_parts(actor: Actor, code: str, *, whole: bool = False) -> Agreement:
    """One agreement with its products and people. Raises Agreement.DoesNotExist.

    `whole`: with all that its own page shows and asks of it.
    """
    if actor.number is None:
        return one_agreement(actor, code, whole).get()
    found: Agreement = _worded(actor.roles, whole).get(actor.tenant_id or 0, actor.number, code)
    return found


@lru_cache(maxsize=64)
def _worded(roles: frozenset[Role], whole: bool) -> Whole:
    return Whole(
        lambda at, who, code: one_agreement(somebody(at, who, roles), code, whole), int, int, str
    )


def one_agreement(actor: Actor, code: str, whole: bool) -> QuerySet[Agreement]:
    products = CoveredTool.objects.select_related("tool").order_by("tool__name")
    rows = agreements_for(actor).select_related(
        "district", "owner__user", "vendor_signer", "district_signer__user", "current__document"
    )
    rows = rows.annotate(lacking=lacking_signatory())
    parts = (Prefetch("products", products), "products__schedule__element")
    more = parts_of(Agreement, actor) if whole else ()
    return rows.prefetch_related(*parts, *more).filter(case__code=code)


FILES = ("document", "pdf", "sealed", "certificate")


def versions_with(way: str = "") -> list[Any]:
    """What `versions_of` gives, to be read with the agreement that stands at the end of `way`."""
    rows = AgreementVersion.objects.select_related(*FILES).order_by("-number")
    return [Prefetch(f"{way}versions", rows), f"{way}versions__reviews__reviewer__user"]


def versions_of(agreement: Agreement) -> list[AgreementVersion]:
    """The newest first, with their files and reviews."""
    if not is_read(agreement, "versions"):
        prefetch_together(([agreement], branches(*versions_with())))
    return list(agreement.versions.all())


def beside(agreement: Agreement) -> list[Agreement]:
    """Others of the district for one of its tools that are in effect or on their way."""
    tools = CoveredTool.objects.filter(agreement=agreement).values("tool")
    rows = Agreement.objects.filter(
        products__tool__in=tools, state__in=(*BEFORE_SIGNATURE, *EXECUTED)
    )
    here = rows.filter(district=agreement.district_id).exclude(pk=agreement.pk).distinct()
    return list(here.select_related("case__tenant").order_by("pk"))
