"""The whole case on one page, and the acts of one button."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vetting.pages import CONFLICT, Entry, Tone, history_chips
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.requests import commands, queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.panels import Panel, agreement_states_of, panels_of
from vetting.requests.views.answering import found
from vetting.requests.views.due import due_date
from vetting.requests.views.turns import steps_of, turn_of
from workflows.actors import resolve_names
from workflows.clock.queries import open_deadlines, still_in_words
from workflows.engine import Refused
from workflows.ledger.queries import Happening, history_of
from workflows.lifecycles.request import DRAFT, REQUEST, USABLE

TONES: dict[str, Tone] = {"move": "success", "command": "plain", "system": "plain"}


@sign_in_required
@require_GET
def detail(request: PersonRequest, code: str) -> HttpResponse:
    return show(request, found(request, code))


@sign_in_required
@require_GET
def go_on(request: PersonRequest, code: str) -> HttpResponse:
    """ "Continue" of a draft: its first page; of anything sent, the case."""
    case = found(request, code)
    if case.state == DRAFT:
        return redirect("requests:edit", code, "tool")
    return redirect("requests:detail", code)


def show(
    request: PersonRequest,
    case: ToolRequest,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    history = _gathered(history_of(case))
    running = list(open_deadlines(case))
    moved = next((line.at for line in history if _is_move(line)), case.case.opened_at)
    context = {
        "case": case,
        "tone": rules.tone_of(case.state),
        "shown": rules.state_in_words(case.state, yours=queries.is_turn_of(case, request.actor)),
        "steps": steps_of(case, agreement_states_of([case.pk]).get(case.pk, "")),
        "turn": turn_of(request, case, moved),
        "deadlines": [due_date(d, case.case.tenant, now) for d in running if not d.paused_at],
        "paused": [still_in_words(d) for d in running if d.paused_at],
        "askers": case.requesters.all(),
        "schools": case.schools_concerned().order_by("name"),
        "paid": rules.LICENSES.get(case.bought_how, ""),
        "schedule": case.schedule.select_related("element"),
        "questions": _questions(case),
        "panels": drawn_panels(request, case),
        "entries": [_entry(line) for line in history if _is_shown(request, line)],
        "chips": history_chips(request, len(history), sum(map(_is_move, history))),
        "usable": case.state in USABLE,
        "may_reopen": case.state in REQUEST.ends and case.joined_into_id is None,
        "problems": [{"text": reason} for reason in problems],
    }
    return render(request, "vetting/requests/detail.html", context, status=status)


def drawn_panels(request: PersonRequest, case: ToolRequest) -> list[tuple[Panel, str]]:
    return [
        (panel, render_to_string(panel.template, dict(panel.context), request))
        for panel in panels_of(case, request.actor)
    ]


def _questions(case: ToolRequest) -> list[dict[str, Any]]:
    rows = list(case.questions.all())
    names = resolve_names({ref for q in rows for ref in (q.asked_by, q.answered_by) if ref})
    return [
        {"row": q, "asked": names.get(q.asked_by), "answered": names.get(q.answered_by)}
        for q in rows
    ]


def _is_move(line: Happening) -> bool:
    return line.name == "opened" or bool(REQUEST.rows(line.name))


def _gathered(history: list[Happening]) -> list[Happening]:
    """Sixteen answers saved in a row are one line: the same person, act and day, no move."""
    runs = [list(run) for _, run in groupby(history, key=_alike)]
    return [
        replace(run[0], sentence=f"{run[0].sentence.rstrip('.')} ({len(run)} times)")
        if len(run) > 1
        else run[0]
        for run in runs
    ]


def _alike(line: Happening) -> tuple[object, ...]:
    alone = line.seq if _is_move(line) or line.note else 0
    return line.sentence, timezone.localdate(line.at), alone


def _is_shown(request: PersonRequest, line: Happening) -> bool:
    return request.GET.get("show") != "decisions" or _is_move(line)


def _entry(line: Happening) -> Entry:
    tone: Tone = "success" if line.name.startswith("approve") else TONES.get(line.tone, "plain")
    ended = line.name in ("decline", "suspend", "withdraw")
    sentence = line.sentence.rstrip(".") + "."
    return Entry(sentence, line.at, note=line.note, tone="warning" if ended else tone)


Command = Callable[..., ToolRequest]


def _button(command: Command, done: str, *, note: bool = True) -> Callable[..., HttpResponse]:
    """A view that calls one command with the typed note, and shows the case or what is against."""

    @sign_in_required
    @require_POST
    def press(request: PersonRequest, code: str) -> HttpResponse:
        case = found(request, code)
        typed = {"note": request.POST.get("note", "").strip()} if note else {}
        try:
            moved = command(case, by=request.actor, **typed)
        except Refused as refused:
            return show(request, found(request, code), refused.reasons, CONFLICT)
        messages.success(request, done)
        return redirect(moved.get_absolute_url())

    return press


endorse = _button(commands.endorse_request, "The district checks the path now.")
send_back = _button(commands.send_back, "Sent back to the requester.")
reroute = _button(commands.reroute_request, "It is back at the start: choose another path.")
withdraw = _button(
    commands.withdraw_request,
    "Withdrawn. Nobody works on it any more; it can be asked again.",
)
nudge = _button(commands.nudge, "Reminder sent to whoever has to act.", note=False)
retire = _button(commands.retire_tool, "Retired. The schools concerned are told.")


@sign_in_required
@require_POST
def reopen(request: PersonRequest, code: str) -> HttpResponse:
    case = found(request, code)
    try:
        draft = commands.reopen_request(case, by=request.actor)
    except Refused as refused:
        return show(request, case, refused.reasons, CONFLICT)
    messages.success(request, "A new draft with what was typed then. Change it, then send it.")
    return redirect("requests:edit", draft.code, "tool")
