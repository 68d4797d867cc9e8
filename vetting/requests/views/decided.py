"""What a page of a decision shows once there is nothing left to decide on it."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render

from vetting.pages import CONFLICT, UNPROCESSABLE
from vetting.people.middleware import PersonRequest
from vetting.requests import queries, rules
from vetting.requests.models import ToolRequest
from vetting.requests.views.answering import found
from workflows.ledger.queries import Happening, history_of
from workflows.lifecycles.request import DECLINED, REQUEST, RETIRED, SUSPENDED, USABLE
from workflows.refusals import already_moved

DECISIONS = ("approve", "approve_without", "approve_covered", "decline")
DECIDED = (*USABLE, SUSPENDED, DECLINED, RETIRED)


def while_open(
    request: PersonRequest,
    case: ToolRequest,
    move: str,
    draw: Callable[[], HttpResponse],
) -> HttpResponse:
    """The form while `move` starts from here; afterwards the decision, also to who came second."""
    if REQUEST.row(move, case.state) is None:
        return show_decision(request, case)
    answer = draw()
    if answer.status_code == UNPROCESSABLE:
        # Somebody may have decided between the reading of the case and the press.
        now = found(request, case.code)
        return answer if REQUEST.row(move, now.state) else show_decision(request, now)
    return answer


def show_decision(request: PersonRequest, case: ToolRequest) -> HttpResponse:
    """A press that came too late reads who was first, and when."""
    late = request.method == "POST"
    decision = _decision_of(case)
    context = {
        "case": case,
        "decision": decision,
        "heading": "Decided" if decision else "Nothing to decide",
        "tone": rules.tone_of(case.state),
        "shown": rules.state_in_words(case.state, yours=queries.is_turn_of(case, request.actor)),
        "usable": case.state in USABLE,
        "problems": [{"text": already_moved(case, request.actor)}] if late else [],
    }
    status = CONFLICT if late else 200
    return render(request, "vetting/requests/decided.html", context, status=status)


def _decision_of(case: ToolRequest) -> Happening | None:
    if case.state not in DECIDED:
        return None
    return next((line for line in history_of(case) if line.name in DECISIONS), None)
