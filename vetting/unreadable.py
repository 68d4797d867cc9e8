"""Text that no database of ours can hold is turned away before any page reads it."""

from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

# PostgreSQL's texts cannot hold it; a form's own fields refuse it, an address has no fields.
NUL = "\x00"
PLAIN_FORM = "application/x-www-form-urlencoded"


class UnreadableTextMiddleware:
    """400 for a NUL in the path, the query or a plain form.

    A form with a file is left to its fields: its body is read by the page, after the guard of
    uploads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = [request.path, *_texts(request.GET.lists())]
        if request.method == "POST" and request.content_type == PLAIN_FORM:
            said += _texts(request.POST.lists())
        if any(NUL in text for text in said):
            raise BadRequest("A NUL where a text was expected.")
        return self.get_response(request)


def _texts(lists: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [text for name, values in lists for text in (name, *values)]
