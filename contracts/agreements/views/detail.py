"""One contract through its life on one page, and the acts of one button."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from contracts.agreements import commands, queries, rules
from contracts.agreements.models import Agreement
from contracts.agreements.views import sheets
from contracts.agreements.views.answering import found
from contracts.agreements.views.turns import turn_of
from vetting.pages import CONFLICT, Entry, Tone, history_chips
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.requests.panels import panels_of
from vetting.requests.queries import requests_for
from vetting.requests.views.due import due_date
from workflows.actors import Role
from workflows.clock.queries import open_deadlines, still_in_words
from workflows.engine import Refused
from workflows.ledger.queries import Happening, history_of
from workflows.lifecycles.agreement import AGREEMENT, DRAFTING

ENDED = ("abandon", "terminate", "expire", "refuse")


@sign_in_required
@require_GET
def detail(request: PersonRequest, code: str) -> HttpResponse:
    return show(request, found(request, code))


def show(
    request: PersonRequest, agreement: Agreement, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    now = timezone.now()
    today = agreement.case.tenant.day_of(now)
    history = history_of(agreement)
    moved = next((line.at for line in history if _is_move(line)), agreement.case.opened_at)
    running = list(open_deadlines(agreement))
    served = requests_for(request.actor).filter(served_by__agreement=agreement)
    context = {
        "agreement": agreement,
        "tone": rules.tone_of(agreement.state),
        "turn": turn_of(request, agreement, moved),
        "bar": rules.term_bar(
            agreement.effective_from, agreement.ends_on, queries.SOON.days, today
        ),
        "matrix": sheets.matrix_of(agreement),
        "versions": sheets.versions_of(agreement),
        "obligations": sheets.obligations_of(agreement),
        "deadlines": [due_date(d, agreement.case.tenant, now) for d in running if not d.paused_at],
        "paused": [still_in_words(d) for d in running if d.paused_at],
        "served": served,
        "panels": [
            (panel, render_to_string(panel.template, dict(panel.context), request))
            for panel in panels_of(agreement, request.actor)
        ],
        "entries": [_entry(line) for line in history if _is_shown(request, line)],
        "chips": history_chips(request, len(history), sum(map(_is_move, history))),
        "drafting": agreement.state == DRAFTING,
        "unneeded": _unneeded(agreement),
        "reviews": request.actor.has(Role.LEGAL, Role.PRIVACY),
        "problems": [{"text": reason} for reason in problems],
    }
    return render(request, "contracts/agreements/detail.html", context, status=status)


def _unneeded(agreement: Agreement) -> str:
    """What to tell of an agreement that no open request waits for; empty where one does."""
    if not queries.serves_nobody(agreement):
        return ""
    ended = [f"{row.title} ({row.shown_state})" for row in queries.requests_served(agreement)]
    said = f"It was being prepared for {', '.join(ended)}. " if ended else ""
    return f"{said}Give it up, or keep it: the next request for the same tool takes it up."


def _is_move(line: Happening) -> bool:
    return line.name == "opened" or bool(AGREEMENT.rows(line.name))


def _is_shown(request: PersonRequest, line: Happening) -> bool:
    return request.GET.get("show") != "decisions" or _is_move(line)


def _entry(line: Happening) -> Entry:
    tone: Tone = "success" if _is_move(line) else "plain"
    sentence = line.sentence.rstrip(".") + ("" if line.sentence.endswith("…") else ".")
    return Entry(sentence, line.at, note=line.note, tone="warning" if line.name in ENDED else tone)


def _button(
    act: Callable[[PersonRequest, Agreement], Any], done: str
) -> Callable[..., HttpResponse]:
    """A view that calls one command, then shows the agreement or what stands against it."""

    @sign_in_required
    @require_POST
    def press(request: PersonRequest, code: str) -> HttpResponse:
        agreement = found(request, code)
        try:
            act(request, agreement)
        except Refused as refused:
            return show(request, found(request, code), refused.reasons, CONFLICT)
        messages.success(request, done)
        return redirect("agreements:detail", agreement.code)

    return press


def _note(request: PersonRequest) -> str:
    return request.POST.get("note", "").strip()


issue = _button(
    lambda request, it: commands.issue_document(it, by=request.actor),
    "The document is written. Legal and the privacy team each approve exactly this text.",
)
take_back = _button(
    lambda request, it: commands.take_back(it, by=request.actor, note=_note(request)),
    "It is back in preparation. Change it, then write the document again.",
)
accept = _button(
    lambda request, it: commands.accept_text(
        it, by=request.actor, sha256=request.POST.get("sha256", "")
    ),
    "The text is agreed.",
)
counter = _button(
    lambda request, it: commands.ask_for_changes(it, by=request.actor, note=_note(request)),
    "It is back in legal review. Earlier approvals of this text are void.",
)
abandon = _button(
    lambda request, it: commands.abandon(it, by=request.actor, note=_note(request)),
    "Given up. The request stays and can get another agreement.",
)
