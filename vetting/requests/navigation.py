"""What this room adds to the header, and whose requests a link elsewhere may open."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from vetting.navigation import NavEntry, Strip, register, register_strip
from vetting.operations.queries import can_be_read
from vetting.requests.queries import requests_for
from workflows.actors import Role
from workflows.desk.queries import Work, how_many_late
from workflows.lifecycles.request import REQUEST

# Counted no further: it is asked on every page.
MOST = 60

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
can_be_read(REQUEST.name, requests_for)


@register_strip
def overdue(request: HttpRequest) -> Strip | None:
    """Counted by the very query that Home's list is made of, so that both say the same number;
    Home has read it."""
    now = timezone.now()
    works: list[Work] | None = getattr(request, "works", None)
    if works is None:
        late = how_many_late(request.actor, now, most=MOST)  # type: ignore[attr-defined]
    else:
        late = sum(1 for work in works if work.due and work.due < now)
    return Strip(_beyond(late), reverse("home"), "Show me") if late else None


def _beyond(number: int) -> str:
    if number == 1:
        return "1 thing waits for you beyond its date."
    many = f"{number}" if number < MOST else f"At least {number}"
    return f"{many} things wait for you beyond their dates."
