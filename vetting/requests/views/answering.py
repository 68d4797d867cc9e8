"""What every page of this room does alike: find the case, show its form."""

from functools import partial

from django.http import Http404

from vetting import pages
from vetting.people.middleware import PersonRequest
from vetting.requests import queries
from vetting.requests.models import ToolRequest


def found(request: PersonRequest, code: str, *, whole: bool = False) -> ToolRequest:
    """The case, or the same 404 for nothing, for another district's and for a hidden one.

    `whole`: with everything that the case's own page shows and asks of it.
    """
    try:
        return queries.request_for(request.actor, code, whole=whole)
    except ToolRequest.DoesNotExist:
        raise Http404 from None


form_page = partial(pages.form_page, called="case", then="requests:detail")
