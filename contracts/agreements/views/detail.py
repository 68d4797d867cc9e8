"""One contract through its life on one page, and the acts of one button."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from contracts.agreements import commands, queries, rules
from contracts.agreements.models import Agreement
from contracts.agreements.views import sheets
from contracts.agreements.views.answering import found
from contracts.agreements.views.turns import turn_of
from vetting.buttons import button, plainly, with_note
from vetting.history import is_move, last_move, told
from vetting.pages import Tone
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.policy.confidential import reads_sources
from vetting.requests.panels import drawn_panels, read_whole
from vetting.requests.queries import requests_for
from vetting.requests.views.due import dates_of
from vetting.worklist.queries import people_of
from workflows.actors import Role, names_known
from workflows.ledger.queries import Happening, history_of
from workflows.lifecycles.agreement import AGREEMENT, DRAFTING

ENDED = ("abandon", "terminate", "expire", "refuse")


@sign_in_required
@require_GET
def detail(request: PersonRequest, code: str) -> HttpResponse:
    return show(request, found(request, code, whole=True))


def show(
    request: PersonRequest, agreement: Agreement, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    read_whole(agreement, request.actor)
    with names_known(people_of(agreement)):
        context = _context(request, agreement, problems)
    return render(request, "contracts/agreements/detail.html", context, status=status)


def _context(
    request: PersonRequest, agreement: Agreement, problems: Sequence[str]
) -> dict[str, Any]:
    now, sources = timezone.now(), reads_sources(request.actor)
    today = agreement.case.tenant.day_of(now)
    history = history_of(agreement)
    moved = last_move(AGREEMENT, history, agreement.case.opened_at)
    served = requests_for(request.actor).filter(served_by__agreement=agreement)
    unneeded = _unneeded(agreement)
    return {
        "agreement": agreement,
        "tone": rules.tone_of(agreement.state),
        "turn": turn_of(request, agreement, moved, unneeded=bool(unneeded)),
        "bar": rules.term_bar(
            agreement.effective_from,
            agreement.ends_on,
            queries.SOON.days,
            today,
            agreement.ended_on,
        ),
        "wishes": sheets.wishes_of(agreement, history) + sheets.reviewers_wishes(agreement),
        "matrix": sheets.matrix_of(agreement),
        "versions": sheets.versions_of(agreement),
        "obligations": sheets.obligations_of(agreement),
        "served": served.prefetch_related(None),
        "panels": drawn_panels(request, agreement),
        "drafting": agreement.state == DRAFTING,
        "unneeded": unneeded,
        "beside": sheets.beside(agreement),
        "may_name_owner": commands.may_name_owner(agreement, request.actor),
        "reviews": request.actor.has(Role.LEGAL, Role.PRIVACY),
        "problems": [{"text": reason} for reason in problems],
        **dates_of(agreement, now, sources=sources),
        **told(request, AGREEMENT, history, tone=_tone, sources=sources),
    }


def _unneeded(agreement: Agreement) -> str:
    """What to tell of an agreement that no open request waits for; empty where one does."""
    if not queries.serves_nobody(agreement):
        return ""
    served = queries.those_served(agreement)
    said = "".join(f"{commands.reason_unneeded(agreement, row)} " for row in served)
    return f"{said}Give it up, or keep it: the next request for the same tool takes it up."


def _tone(line: Happening) -> Tone:
    if line.name in ENDED:
        return "warning"
    return "success" if is_move(AGREEMENT, line) else "plain"


press = partial(button, found=found, show=show)
issue = press(
    plainly(commands.issue_document),
    "The document is written. Legal and the privacy team each approve exactly this text.",
)
take_back = press(
    with_note(commands.take_back),
    "It is back in preparation. Change it, then write the document again.",
)
accept = press(
    lambda request, it: commands.accept_text(
        it, by=request.actor, sha256=request.POST.get("sha256", "")
    ),
    "The text is agreed.",
)
counter = press(
    with_note(commands.ask_for_changes),
    "It is back in legal review. Earlier approvals of this text are void.",
)
abandon = press(
    with_note(commands.abandon), "Given up. The request stays and can get another agreement."
)
