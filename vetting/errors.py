"""The page of a fault of ours, in the name of the visitor's own district."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader


def server_error(request: HttpRequest) -> HttpResponse:
    """Plain values that were read before the fault: the page must not ask the database, which may
    be what is broken. Context processors are left out for the same reason."""
    district = getattr(request, "district", None)
    known = {"district_name": getattr(district, "name", "")}
    return HttpResponseServerError(loader.render_to_string("500.html", {"frame": known}))
