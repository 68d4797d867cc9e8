"""Trying again: one message, one date, or all that was given up; and letting a mail go."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.buttons import noted
from vetting.operations import commands
from vetting.pages import answer_refused
from vetting.people.access import View, roles_required
from vetting.people.middleware import PersonRequest
from workflows.actors import Role
from workflows.engine import Refused
from workflows.operations.queries import deadlines_for, tended_by

ON_ITS_WAY = "It is being tried again. Look here in a minute."
LET_GO = "It is kept as a record, and nobody tries to deliver it any more."
NOTHING_LEFT = "Nothing was left to try: somebody else was faster, or it is done."


Retry = Callable[[PersonRequest], str]


def _again(retry: Retry) -> View:
    """A press that has something tried once more, and says on the page what came of it."""

    @roles_required(Role.ADMIN)
    @require_POST
    def press(request: PersonRequest) -> HttpResponse:
        try:
            said = retry(request)
        except Refused as refused:
            return answer_refused(request, refused, reverse("operations:page"))
        tell = messages.info if said == NOTHING_LEFT else messages.success
        tell(request, said)
        return redirect("operations:page")

    return press


@_again
def message_again(request: PersonRequest) -> str:
    row = _row(request, tended_by(request.actor))
    commands.retry_message(row, by=request.actor, seen=_number(request, "seen"))
    return ON_ITS_WAY


@_again
def message_let_go(request: PersonRequest) -> str:
    row = _row(request, tended_by(request.actor))
    commands.let_message_go(row, by=request.actor, note=noted(request))
    return LET_GO


@_again
def deadline_again(request: PersonRequest) -> str:
    row = _row(request, deadlines_for(request.actor))
    commands.retry_deadline(row, by=request.actor, seen=_number(request, "seen"))
    return ON_ITS_WAY


@_again
def all_again(request: PersonRequest) -> str:
    tried = commands.retry_everything(by=request.actor)
    if not tried:
        return NOTHING_LEFT
    return "1 is being tried again." if tried == 1 else f"{tried} are tried again."


def _row(request: PersonRequest, rows: QuerySet[Any]) -> Any:
    """The same 404 for nothing and for another district's."""
    return get_object_or_404(rows, pk=_number(request, "number"))


def _number(request: PersonRequest, name: str) -> int:
    said = request.POST.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise Http404
    return int(said)
