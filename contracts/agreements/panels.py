"""What agreements show on a request's page, in the answers about a tool, and in the search."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from contracts.agreements import queries, rules
from contracts.agreements.models import (
    Agreement,
    CoveredTool,
    ServedRequest,
    lacking_signatory,
)
from contracts.agreements.views.sheets import versions_of
from contracts.agreements.views.turns import who_waits
from vetting.people.models import District
from vetting.requests.models import ToolRequest
from vetting.requests.panels import (
    Behind,
    Found,
    Panel,
    Pen,
    agreement_holders,
    agreement_states,
    agreement_waits,
    breaches,
    coverage,
    finder,
    held_data,
    panel,
    parts,
    pen,
)
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.clock.queries import dates_by
from workflows.lifecycles.agreement import LEGAL_REVIEW, LIVE, SIGNED
from workflows.lifecycles.request import AWAITING_AGREEMENT, SCREENING
from workflows.providers import recipients
from workflows.together import together


@parts(ToolRequest)
def contracts(actor: Actor) -> list[Any]:
    """Those that serve the request, those in effect for its tool, and their texts for readers."""
    live = CoveredTool.objects.filter(district__tenant=actor.tenant_id, agreement__state__in=LIVE)
    found = [
        *queries.WITH_AGREEMENTS,
        dates_by("served_by__agreement__"),
        "served_by__agreement__products",
        Prefetch("tool__covered", live.select_related("agreement__case__tenant")),
        *(f"tool__covered__agreement__products__{part}" for part in ("tool", "schedule__element")),
    ]
    if actor.has(*queries.READERS):
        found += queries.versions_with("served_by__agreement__")
    return found


@parts(Agreement)
def own(actor: Actor) -> list[Any]:
    """Its texts, what the requests ask for that it serves, and what its guards read besides."""
    served = ServedRequest.objects.select_related("request__case__tenant", "request__tool")
    return [
        *queries.versions_with(),
        "current__reviews",
        "vendor__contacts",
        "district__authorities",
        Prefetch("serves", served),
        "serves__request__schedule__element",
    ]


@panel(ToolRequest, order=40)
def agreement(request: ToolRequest, actor: Actor) -> Panel | None:
    """Where its contract stands; only those who work on contracts get the link."""
    served = queries.agreement_of(request)
    if served is None:
        return None
    ended = not queries.is_served(request)
    waits = request.state in (SCREENING, AWAITING_AGREEMENT)
    context = {
        "request_code": request.code,
        "agreement": served,
        "tone": rules.tone_of(served.state),
        "waits_for": who_waits(served),
        "may_open": actor.has(*queries.READERS),
        "may_draft": ended and waits and actor.has(Role.PRIVACY, Role.LEGAL),
    }
    return Panel("Agreement", "contracts/agreements/panels/agreement.html", context, open=True)


@panel(ToolRequest, order=45)
def documents(request: ToolRequest, actor: Actor) -> Panel | None:
    served = queries.agreement_of(request)
    if served is None or not actor.has(*queries.READERS):
        return None
    versions = [row for row in versions_of(served) if row.version.voided_at is None]
    if not versions:
        return None
    context = {"agreement": served, "versions": versions}
    count = sum(len(row.files) for row in versions)
    return Panel("Documents", "contracts/agreements/panels/documents.html", context, count=count)


@agreement_states
def states(cases: Sequence[ToolRequest]) -> Mapping[int, str]:
    served = queries.agreements_of_requests(cases)
    return {request: one.state for request, (one, _) in served.items()}


@breaches
def breached(cases: Sequence[ToolRequest]) -> Collection[int]:
    return queries.breached_requests(cases)


@agreement_waits
def waits(cases: Sequence[ToolRequest]) -> Mapping[int, Behind]:
    served = queries.agreements_of_requests(cases)
    return {case.pk: _behind(case, *served[case.pk]) for case in cases if case.pk in served}


def _behind(case: ToolRequest, served: Agreement, due: datetime | None) -> Behind:
    """An agreement that is over leaves it to the privacy team to prepare another."""
    if served.state in queries.ENDED:
        since = max(case.since, served.since)
        return Behind(served, ROLE_NAMES[Role.PRIVACY], since, "", due, queries.READERS)
    start = served.effective_from if served.state == SIGNED else None
    standing = f"the agreement to start on {start:%b} {start.day}, {start.year}" if start else ""
    return Behind(served, who_waits(served), served.since, standing, due, queries.READERS)


@agreement_holders
def holders(agreements: Sequence[Agreement]) -> Mapping[int, str]:
    """With two queries, whatever was read of these agreements before."""
    wanted = Agreement.objects.filter(pk__in=[one.pk for one in agreements])
    rows = wanted.select_related("case__tenant", "vendor", "district_signer__user")
    rows = rows.annotate(lacking=lacking_signatory())
    rows = rows.prefetch_related("signature_requests__membership__user")
    together(rows)
    return {one.pk: who_waits(one) for one in rows}


@pen
def holder(request: ToolRequest) -> Pen | None:
    """Whoever the agreement waits for: a reminder goes there, not to a team that cannot act."""
    served = queries.agreement_of(request)
    if served is None:
        return None
    if served.state in queries.ENDED:
        return Pen(request, ROLE_NAMES[Role.PRIVACY], tuple(recipients(request, "privacy")))
    audience = "reviewers" if served.state == LEGAL_REVIEW else "holders"
    asked = tuple(recipients(served, audience))
    outside = any(person.link for person in asked)
    ours = tuple(recipients(served, "owner")) if outside else ()
    return Pen(served, who_waits(served), asked, ours)


@held_data
def held(request: ToolRequest) -> list[str]:
    """Of the agreement in effect for its tool."""
    found = queries.agreement_in_force(request, request.case.tenant.day_of(timezone.now()))
    return queries.data_held_for(request, found) if found else []


@coverage
def covered(district: District, tools: Collection[int], today: date) -> Mapping[int, str]:
    return queries.covered_tools(district, tools, today)


@finder("Agreements")
def agreements(actor: Actor, text: str) -> list[Found]:
    return [_found(one) for one in queries.found_by_text(actor, text)]


def _found(one: Agreement) -> Found:
    return Found(one.title, one.get_absolute_url(), one.shown_state)
