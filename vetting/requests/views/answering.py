"""What every page of this room does alike: find the case, call the command, show a refusal."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from vetting.people.middleware import PersonRequest
from vetting.requests import queries
from vetting.requests.models import ToolRequest
from workflows.engine import Refused

UNPROCESSABLE, CONFLICT = 422, 409


def found(request: PersonRequest, code: str) -> ToolRequest:
    """The case, or the same 404 for nothing, for another district's and for a hidden one."""
    try:
        return queries.request_for(request.actor, code)
    except ToolRequest.DoesNotExist:
        raise Http404 from None


def posted(request: PersonRequest) -> QueryDict | None:
    """What was sent, so that an empty POST is judged too; None for a GET."""
    return request.POST if request.method == "POST" else None


def add_reasons(form: forms.Form, refused: Refused) -> None:
    for reason in refused.reasons:
        form.add_error(None, reason)


def form_page(
    request: PersonRequest,
    case: ToolRequest,
    form: forms.Form,
    *,
    template: str,
    act: Callable[[], Any],
    done: str,
    then: str = "requests:detail",
    **context: Any,
) -> HttpResponse:
    """Show a form; on POST call the command and go to the case, or show what stands against it."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refused:
            add_reasons(form, refused)
        else:
            messages.success(request, done)
            return redirect(then, case.code)
    status = UNPROCESSABLE if form.is_bound else 200
    values = {"case": case, "form": form, **context}
    return render(request, template, values, status=status)
