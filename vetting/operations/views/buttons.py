"""Trying again: one message, one date, or every message that was given up."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vetting.operations import commands
from vetting.pages import answer_refused
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from workflows.actors import Role
from workflows.engine import Refused
from workflows.operations.queries import deadlines_for, messages_for

ON_ITS_WAY = "It is being tried again. Look here in a minute."


@roles_required(Role.ADMIN)
@require_POST
def message_again(request: PersonRequest) -> HttpResponse:
    row = _row(request, messages_for(request.actor))
    try:
        commands.retry_message(row, by=request.actor, seen=_number(request, "seen"))
    except Refused as refused:
        return answer_refused(request, refused, reverse("operations:page"))
    return _done(request, ON_ITS_WAY)


@roles_required(Role.ADMIN)
@require_POST
def deadline_again(request: PersonRequest) -> HttpResponse:
    row = _row(request, deadlines_for(request.actor))
    try:
        commands.retry_deadline(row, by=request.actor, seen=_number(request, "seen"))
    except Refused as refused:
        return answer_refused(request, refused, reverse("operations:page"))
    return _done(request, ON_ITS_WAY)


@roles_required(Role.ADMIN)
@require_POST
def all_again(request: PersonRequest) -> HttpResponse:
    tried = commands.retry_everything(by=request.actor)
    if not tried:
        messages.info(request, "Nothing was left to try: somebody else was faster, or it is done.")
        return redirect("operations:page")
    return _done(request, "1 is being tried again." if tried == 1 else f"{tried} are tried again.")


def _done(request: PersonRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("operations:page")


def _row(request: PersonRequest, rows: QuerySet[Any]) -> Any:
    """The same 404 for nothing and for another district's."""
    return get_object_or_404(rows, pk=_number(request, "number"))


def _number(request: PersonRequest, name: str) -> int:
    said = request.POST.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise Http404
    return int(said)
