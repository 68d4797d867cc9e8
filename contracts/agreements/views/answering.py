"""What every page of this room does alike: find the agreement, call the command, say why not."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.people.middleware import PersonRequest
from workflows.engine import Refused

UNPROCESSABLE, CONFLICT = 422, 409


def found(request: PersonRequest, code: str) -> Agreement:
    """The agreement, or the same 404 for nothing, for another district's and for a hidden one."""
    try:
        return queries.with_parts(request.actor, code)
    except Agreement.DoesNotExist:
        raise Http404 from None


def form_page(
    request: PersonRequest,
    agreement: Agreement,
    form: forms.Form,
    *,
    template: str,
    act: Callable[[], Any],
    done: str,
    then: str = "agreements:detail",
    **context: Any,
) -> HttpResponse:
    """Show a form; on POST call the command and go on, or show it again with what is against it."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, done)
            return redirect(then, agreement.code)
    status = UNPROCESSABLE if form.is_bound else 200
    values = {"agreement": agreement, "form": form, **context}
    return render(request, template, values, status=status)
