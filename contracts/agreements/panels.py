"""What agreements show on a request's page, in the answers about a tool, and in the search."""

from collections.abc import Collection, Mapping
from datetime import date

from contracts.agreements import queries, rules
from contracts.agreements.models import Agreement
from contracts.agreements.views.sheets import versions_of
from contracts.agreements.views.turns import who_waits
from vetting.people.models import District
from vetting.requests.models import ToolRequest
from vetting.requests.panels import (
    Found,
    Panel,
    Pen,
    agreement_states,
    agreement_waits,
    coverage,
    finder,
    panel,
    pen,
)
from workflows.actors import Actor, Role
from workflows.lifecycles.agreement import LEGAL_REVIEW
from workflows.lifecycles.request import AWAITING_AGREEMENT, SCREENING
from workflows.providers import recipients


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
def states(case_ids: Collection[int]) -> Mapping[int, str]:
    return queries.states_of_requests(case_ids)


@agreement_waits
def waits(case_ids: Collection[int]) -> Mapping[int, str]:
    served = queries.agreements_of_requests(case_ids)
    return {request: who_waits(one) for request, one in served.items()}


@pen
def holder(request: ToolRequest) -> Pen | None:
    """Whoever the agreement waits for: a reminder goes there, not to a team that cannot act."""
    served = queries.agreement_of(request)
    if served is None:
        return None
    audience = "reviewers" if served.state == LEGAL_REVIEW else "holders"
    return Pen(served, who_waits(served), tuple(recipients(served, audience)))


@coverage
def covered(district: District, tools: Collection[int], today: date) -> Mapping[int, str]:
    return queries.covered_tools(district, tools, today)


@finder("Agreements")
def agreements(actor: Actor, text: str) -> list[Found]:
    return [_found(one) for one in queries.found_by_text(actor, text)]


def _found(one: Agreement) -> Found:
    return Found(one.title, one.get_absolute_url(), one.shown_state)
