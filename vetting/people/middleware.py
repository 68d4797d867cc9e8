"""Who is asking, for which district."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from vetting.people.models import District, Membership
from vetting.people.queries import standings_of
from workflows.actors import Actor

CHOSEN = "membership"


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in and belongs to a district."""

    actor: Actor
    membership: Membership
    district: District
    memberships: list[Membership]
    works: list[Any]  # what waits for them, once a page has read it


class ActorMiddleware:
    """Sets actor, membership, district and memberships; None and [] for everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = request.membership = request.district = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        # Without the cookie nobody is signed in: public pages then never touch the session.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _know(request)  # type: ignore[arg-type]
        # Every date and time on the page is then the district's; None is the server's own zone.
        with timezone.override(_zone_of(request)):  # type: ignore[arg-type]
            return self.get_response(request)


def _zone_of(request: PersonRequest) -> str | None:
    return request.district.tenant.zone if request.district else None


def _know(request: PersonRequest) -> None:
    user: Any = request.user
    known = getattr(user, "standings", None)
    standings: list[tuple[Membership, Actor]] = standings_of(user) if known is None else known
    if not standings:
        return
    chosen = request.session.get(CHOSEN)
    # A choice that has gone stale (deactivated since) falls back to the first district.
    here = next((s for s in standings if s[0].pk == chosen), standings[0])
    request.membership, request.actor = here
    request.district = request.membership.district
    request.memberships = [membership for membership, _ in standings]
