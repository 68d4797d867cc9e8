"""What this room adds to the header."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from vetting.navigation import NavEntry, Strip, register, register_strip
from vetting.requests.queries import overdue_of
from workflows.actors import Role

register(NavEntry("Home", "home", roles=None, order=10))
# Staff find the same search on their home page; the navigation has room for six.
register(
    NavEntry(
        "May I use…?",
        "requests:may_i_use",
        roles=frozenset({Role.REQUESTER, Role.SCHOOL_LEADER}),
        order=12,
    )
)
register(NavEntry("Requests", "requests:list", roles=None, order=20))


@register_strip
def overdue(request: HttpRequest) -> Strip | None:
    number = overdue_of(request.actor, timezone.now())  # type: ignore[attr-defined]
    if not number:
        return None
    words = "1 request waits" if number == 1 else f"{number} requests wait"
    return Strip(f"{words} for you beyond the date.", reverse("home"), "Show me")
