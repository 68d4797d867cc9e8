"""What every page of this room does alike: find the agreement, show its form."""

from functools import partial

from django.http import Http404

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting import pages
from vetting.people.middleware import PersonRequest


def found(request: PersonRequest, code: str, *, whole: bool = False) -> Agreement:
    """The agreement, or the same 404 for nothing, for another district's and for a hidden one.

    `whole`: with everything that the case's own page shows and asks of it.
    """
    try:
        return queries.with_parts(request.actor, code, whole=whole)
    except Agreement.DoesNotExist:
        raise Http404 from None


form_page = partial(pages.form_page, called="agreement", then="agreements:detail")
