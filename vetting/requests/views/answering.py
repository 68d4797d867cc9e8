"""What every page of this room does alike: find the case, show its form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse

from vetting.pages import answer_form
from vetting.people.middleware import PersonRequest
from vetting.requests import queries
from vetting.requests.models import ToolRequest


def found(request: PersonRequest, code: str) -> ToolRequest:
    """The case, or the same 404 for nothing, for another district's and for a hidden one."""
    try:
        return queries.request_for(request.actor, code)
    except ToolRequest.DoesNotExist:
        raise Http404 from None


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
    """A form about a request that ends in one command; its page is shown afterwards."""
    return answer_form(
        request,
        form,
        template=template,
        act=act,
        done=done,
        then=reverse(then, args=[case.code]),
        context={"case": case, **context},
    )
