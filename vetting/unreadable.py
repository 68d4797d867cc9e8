"""Text that no database of ours can hold is turned away before any page reads it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

# PostgreSQL's texts cannot hold it; a form's own fields refuse it, an address has no fields.
NUL = "\x00"
PLAIN_FORM = "application/x-www-form-urlencoded"


class UnreadableTextMiddleware:
    """400 for a NUL in the path, the query or a form, however the form is encoded.

    It stands after CsrfViewMiddleware, which has read every form by then. Of a form that that one
    does not read (`csrf_exempt`) only a plain one is read here: one with a file is left to the
    page, whose guard of uploads comes first, and whose fields refuse such a text themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _refuse([request.path, *_texts(request.GET.lists())])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        has_been_read = not getattr(view, "csrf_exempt", False)
        if request.method == "POST" and (has_been_read or request.content_type == PLAIN_FORM):
            _refuse(_texts(request.POST.lists()))


def _refuse(said: Iterable[str]) -> None:
    if any(NUL in text for text in said):
        raise BadRequest("A NUL where a text was expected.")


def _texts(lists: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [text for name, values in lists for text in (name, *values)]
