"""The list of agreements, its filters in the address."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from contracts.agreements import queries, rules
from contracts.agreements.models import Agreement
from contracts.agreements.views.turns import who_waits
from vetting.pages import Link, Tone, paginate
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from workflows.lifecycles.agreement import AGREEMENT, LIVE


@dataclass(frozen=True, slots=True)
class Row:
    """One agreement as the list shows it."""

    agreement: Agreement
    tone: Tone
    waits_for: str
    products: str
    ends_tone: Tone


def row_of(agreement: Agreement, today: date) -> Row:
    ends, live = agreement.ends_on, agreement.state in LIVE
    soon = live and ends is not None and ends <= today + queries.SOON
    return Row(
        agreement=agreement,
        tone=rules.tone_of(agreement.state),
        waits_for=who_waits(agreement),
        products=", ".join(p.tool.name for p in agreement.products.all()),
        ends_tone="warning" if soon else "plain",
    )


def _filters(request: PersonRequest) -> queries.Filters:
    said = request.GET
    view = said.get("view", "open")
    return queries.Filters(
        view=view if view in queries.VIEWS else "open",
        text=said.get("q", "")[:100],
        state=said.get("state", ""),
        mine="mine" in said,
        unserving="unserving" in said,
    )


@roles_required(*queries.READERS)
@require_GET
def agreements(request: PersonRequest) -> HttpResponse:
    today = request.district.tenant.day_of(timezone.now())
    filters = _filters(request)
    counts = queries.counts_by_view(request.actor, today)
    chosen = filters.view if filters.state not in AGREEMENT.states else ""
    narrowed = filters.text or filters.mine or filters.unserving
    whole = counts[chosen] if chosen and not narrowed else None
    page = paginate(request, queries.listed(request.actor, filters, today), count=whole)
    context = {
        "page": page,
        "rows": [row_of(one, today) for one in page.object_list],
        "views": [
            Link(label, f"?view={key}", key == chosen, counts[key])
            for key, (label, _) in queries.VIEWS.items()
        ],
        "filters": filters,
        "filtered": bool(filters.text or filters.state or filters.mine or filters.unserving),
        "states": AGREEMENT.states.items(),
    }
    return render(request, "contracts/agreements/list.html", context)
