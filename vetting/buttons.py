"""The acts of one button: a POST that calls one command and goes back to the page of its case."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from vetting.pages import CONFLICT, answer_refused
from vetting.people.access import View, sign_in_required
from vetting.people.middleware import PersonRequest
from workflows.refusals import Refused

# The subject is whatever the room's `found` finds; a room gives functions that fit each other.
Find = Callable[[PersonRequest, str], Any]
Act = Callable[[PersonRequest, Any], Any]
Show = Callable[[PersonRequest, Any, Sequence[str], int], HttpResponse]


def button(act: Act, done: str, *, found: Find, show: Show | None = None) -> View:
    """A view that does one act and shows the case that came of it, saying what is `done`.

    A refusal shows the case as it is by then with every reason: drawn by `show`, else on its page.
    """

    @sign_in_required
    @require_POST
    def press(request: PersonRequest, code: str) -> HttpResponse:
        subject = found(request, code)
        try:
            moved = act(request, subject)
        except Refused as refused:
            if show is None:
                return answer_refused(request, refused, subject.get_absolute_url())
            return show(request, found(request, code), refused.reasons, CONFLICT)
        messages.success(request, done)
        return redirect(moved or subject)

    return press


def plainly(command: Callable[..., Any]) -> Act:
    return lambda request, subject: command(subject, by=request.actor)


def with_note(command: Callable[..., Any]) -> Act:
    return lambda request, subject: command(subject, by=request.actor, note=noted(request))


def noted(request: PersonRequest) -> str:
    return request.POST.get("note", "").strip()
