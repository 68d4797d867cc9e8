"""One address per piece of work: take it, put it back, take it back, give it to somebody."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from vetting.pages import answer_refused
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.worklist import commands, queries
from workflows.desk import commands as desk
from workflows.refusals import Refused
from workflows.stateful import Stateful

Found = Callable[[PersonRequest, str], Any]


def work_view(found: Found) -> Callable[..., HttpResponse]:
    """The view of one room's cases; `found` gives 404 for what this person may not see."""

    @sign_in_required
    @require_POST
    def press(request: PersonRequest, code: str, node: str) -> HttpResponse:
        subject = found(request, code)
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        back = _back(request, subject)
        try:
            messages.success(request, act(request, subject, node))
        except Refused as refused:
            return answer_refused(request, refused, back)
        return redirect(back)

    return press


def _take(request: PersonRequest, subject: Stateful, node: str) -> str:
    desk.claim(subject.case, node, by=request.actor)
    return "You have it. Others now read your name there."


def _put_back(request: PersonRequest, subject: Stateful, node: str) -> str:
    desk.release(subject.case, node, by=request.actor)
    return "You put it back. Everybody of the role can take it."


def _take_back(request: PersonRequest, subject: Stateful, node: str) -> str:
    desk.take_back(subject.case, node, by=request.actor, seen=request.POST.get("seen"))
    return "It is free again. You, or somebody else, can take it."


def _give(request: PersonRequest, subject: Stateful, node: str) -> str:
    person = queries.colleague(request.actor, request.POST.get("to", ""))
    if person is None:
        raise Refused(["Choose who gets it."])
    commands.give_work(subject, node, to=person, by=request.actor)
    return f"{person.user.name} has it now."


ACTS: dict[str, Callable[[PersonRequest, Stateful, str], str]] = {
    "take": _take,
    "put_back": _put_back,
    "take_back": _take_back,
    "give": _give,
}


def _back(request: PersonRequest, subject: Any) -> str:
    """The page the button stood on, when it is one of ours."""
    wanted = request.POST.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None):
        return wanted
    return str(subject.get_absolute_url())
