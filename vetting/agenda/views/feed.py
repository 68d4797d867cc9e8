"""A person's dates for their calendar program: the address is the only key."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from vetting import limits
from vetting.agenda.commands import note_read
from vetting.agenda.queries.feed import dates_for, open_feed
from vetting.agenda.rules.feed import calendar_file, etag_of

NOTHING = "This calendar address does not open anything.\n"


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponse:
    """Wrong, expired and closed addresses get one answer, so that guessing teaches nothing."""
    address = limits.address_of(request)
    if not limits.within("calendar", address, most=limits.CALENDARS_A_MINUTE):
        return _sealed_off(limits.too_many(request))
    now = timezone.now()
    feed = open_feed(token, now)
    if feed is None:
        return _sealed_off(_missed(request, address))
    note_read(feed, now)
    body = calendar_file(f"Countersign: {feed.membership.district}", dates_for(feed.membership))
    etag = quote_etag(etag_of(body))
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    answer["ETag"] = etag
    said = get_conditional_response(request, etag=etag, response=answer)
    return _sealed_off(said or answer)


def _missed(request: HttpRequest, address: str) -> HttpResponse:
    if not limits.within("miss", address, most=limits.MISSES_A_MINUTE):
        return limits.too_many(request)
    return HttpResponse(NOTHING, status=404, content_type="text/plain; charset=utf-8")


def _sealed_off(answer: HttpResponse) -> HttpResponse:
    """A program may keep what it got, and asks each time whether it still holds."""
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
