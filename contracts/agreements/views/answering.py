"""What every page of this room does alike: find the agreement, show its form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.pages import answer_form
from vetting.people.middleware import PersonRequest


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
    """A form about an agreement that ends in one command; its page is shown afterwards."""
    return answer_form(
        request,
        form,
        template=template,
        act=act,
        done=done,
        then=reverse(then, args=[agreement.code]),
        context={"agreement": agreement, **context},
    )
