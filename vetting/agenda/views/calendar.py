"""A person's own calendar address: shown once, when it is made."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vetting.agenda.commands import close_address, make_address
from vetting.agenda.queries.feed import feed_of
from vetting.agenda.rules.feed import LIFE
from vetting.pages import Choice
from vetting.people.access import sign_in_required
from vetting.people.middleware import PersonRequest
from vetting.people.views.answers import tried
from vetting.requests.queries import SEES_THE_DISTRICT

PAGE = "vetting/agenda/calendar.html"


@sign_in_required
@require_GET
def page(request: PersonRequest) -> HttpResponse:
    return render(request, PAGE, _context(request))


@sign_in_required
@require_POST
@never_cache
def address(request: PersonRequest) -> HttpResponse:
    """Answers at once instead of leading on: nothing keeps the address until a next page."""
    token = make_address(membership=request.membership, by=request.actor)
    shown = settings.SITE_URL + reverse("agenda:feed", args=[token])
    return render(request, PAGE, _context(request) | {"made": shown})


@sign_in_required
@require_POST
def close(request: PersonRequest) -> HttpResponse:
    return tried(
        request,
        lambda: close_address(membership=request.membership, by=request.actor),
        "The address is closed: it shows your dates to nobody any more.",
        "agenda:calendar",
    )


def _context(request: PersonRequest) -> dict[str, Any]:
    feed = feed_of(request.membership)
    make = reverse("agenda:address")
    first = Choice("Make an address", make)
    again = Choice(
        "Make a new address",
        make,
        "post",
        "plain",
        "none",
        "The present address stops showing your dates; every program that reads it needs the new "
        "one.",
    )
    shut = Choice(
        "Close the address",
        reverse("agenda:close"),
        tone="danger",
        consequence="Programs that read it show your dates no longer.",
    )
    return {
        "feed": feed,
        "ran_out": feed is not None and feed.expires_at <= timezone.now(),
        "days": LIFE.days,
        "choices": [again, shut] if feed else [first],
        "sees_the_year": request.actor.has(*SEES_THE_DISTRICT),
    }
