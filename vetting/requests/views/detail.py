"""The whole case on one page, and the acts of one button."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vetting.buttons import button, plainly, with_note
from vetting.history import is_move, last_move, told
from vetting.pages import CONFLICT, DueDate, Tone
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.models import School
from vetting.policy.confidential import reads_sources
from vetting.requests import commands, queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.panels import agreement_states_of, drawn_panels, held_data_of, read_whole
from vetting.requests.views import ruling
from vetting.requests.views.answering import found
from vetting.requests.views.due import dates_behind, dates_of, late_review
from vetting.requests.views.turns import behind_of, steps_of, turn_of
from vetting.worklist.queries import people_of
from workflows.actors import names_known, resolve_names
from workflows.engine import Refused
from workflows.ledger.queries import Happening, history_of
from workflows.lifecycles.request import DRAFT, OPEN, REQUEST, USABLE

TONES: dict[str, Tone] = {"move": "success", "command": "plain", "system": "plain"}
ENDED = ("decline", "suspend", "withdraw")


@sign_in_required
@require_GET
def detail(request: PersonRequest, code: str) -> HttpResponse:
    return show(request, found(request, code, whole=True))


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
    read_whole(case, request.actor)
    with names_known(_people_of(case)):
        context = _context(request, case, problems)
    return render(request, "vetting/requests/detail.html", context, status=status)


def _people_of(case: ToolRequest) -> set[str]:
    """Everybody the page names: in the history, as holders of work, in the questions."""
    asked = {ref for q in case.questions.all() for ref in (q.asked_by, q.answered_by) if ref}
    return people_of(case) | asked


def _context(request: PersonRequest, case: ToolRequest, problems: Sequence[str]) -> dict[str, Any]:
    now = timezone.now()
    history = _gathered(history_of(case))
    moved = last_move(REQUEST, history, case.case.opened_at)
    sources = reads_sources(request.actor)
    dates = dates_of(case, now, sources=sources)
    dates["deadlines"] += late_review(case, now)
    return {
        "case": case,
        "too_soon": _needed_before(case, dates["deadlines"]),
        "tone": rules.tone_of(case.state),
        "shown": rules.state_in_words(case.state, yours=queries.is_turn_of(case, request.actor)),
        "steps": steps_of(case, agreement_states_of([case]).get(case.pk, "")),
        "turn": turn_of(request, case, moved),
        "askers": case.requesters.all(),
        "schools": _schools_of(case),
        "paid": rules.LICENSES.get(case.bought_how, ""),
        "schedule": case.schedule.all(),
        "held": held_data_of(case),
        "questions": _questions(case),
        "panels": drawn_panels(request, case),
        "ruled": ruling.short(case) if case.relationship else None,
        "usable": case.state in USABLE,
        "may_reopen": case.state in REQUEST.ends and case.joined_into_id is None,
        "problems": [{"text": reason} for reason in problems],
        "dates_by_law": queries.may_have_dates_by_law(case) and sources,
        **dates,
        **dates_behind(behind_of(case), request.actor, now),
        **told(request, REQUEST, history, tone=_tone, sources=sources),
    }


def _needed_before(case: ToolRequest, dates: Sequence[DueDate]) -> bool:
    """Whether a date that runs on it lies after the day by which it is needed."""
    tenant, needed = case.case.tenant, case.needed_by
    if needed is None or case.state not in OPEN:
        return False
    return any(isinstance(d.due, datetime) and tenant.day_of(d.due) > needed for d in dates)


def _schools_of(case: ToolRequest) -> list[School]:
    """The schools of everybody who still asks, by name."""
    asking = [row for row in case.requesters.all() if row.left_at is None]
    return sorted({school for row in asking for school in row.schools.all()}, key=str)


def _questions(case: ToolRequest) -> list[dict[str, Any]]:
    rows = list(case.questions.all())
    names = resolve_names({ref for q in rows for ref in (q.asked_by, q.answered_by) if ref})
    return [
        {"row": q, "asked": names.get(q.asked_by), "answered": names.get(q.answered_by)}
        for q in rows
    ]


def _gathered(history: list[Happening]) -> list[Happening]:
    """Sixteen answers saved in a row are one line: the same person, act and day, no move. An
    answer that was written in two steps is one answer."""
    runs = [list(run) for _, run in groupby(history, key=_alike)]
    return [_gathered_line(run[0], len({one.about or one.seq for one in run})) for run in runs]


def _gathered_line(line: Happening, times: int) -> Happening:
    if times == 1:
        return line
    return replace(line, sentence=f"{line.sentence.rstrip('.')} ({times} times)")


def _alike(line: Happening) -> tuple[object, ...]:
    alone = line.seq if is_move(REQUEST, line) or line.note else 0
    return line.sentence, timezone.localdate(line.at), alone


def _tone(line: Happening) -> Tone:
    if line.name in ENDED:
        return "warning"
    return "success" if line.name.startswith("approve") else TONES.get(line.tone, "plain")


press = partial(button, found=found, show=show)
endorse = press(with_note(commands.endorse_request), "The district checks the path now.")
send_back = press(with_note(commands.send_back), "Sent back to the requester.")
reroute = press(
    with_note(commands.reroute_request), "It is back at the start: choose another path."
)
withdraw = press(
    with_note(commands.withdraw_request),
    "You have withdrawn. If others ask for it too, it goes on for them; else it is closed and can "
    "be asked again.",
)
nudge = press(
    plainly(commands.nudge),
    "The reminder to whoever has to act goes out within a minute or so. The history below shows "
    "when you asked for it.",
)
retire = press(with_note(commands.retire_tool), "Retired. The schools concerned are told.")


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
