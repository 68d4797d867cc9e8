"""The administrator's way here; nobody else is offered it."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from vetting.navigation import NavEntry, Strip, register, register_strip
from workflows.actors import Role
from workflows.clock.queries import last_beat
from workflows.operations import queries
from workflows.operations.rules import is_late

register(NavEntry("Operations", "operations:page", frozenset({Role.ADMIN}), order=95))


@register_strip
def operations_strip(request: HttpRequest) -> Strip | None:
    """On every page: whoever must start the worker is not told by mail, for no mail goes out."""
    actor = getattr(request, "actor", None)
    here = reverse("operations:page")
    if actor is None or not actor.has(Role.ADMIN) or request.path == here:
        return None
    if is_late("drain", last_beat("drain"), timezone.now(), settings.MOST_SILENCE):
        said = "The worker is silent: mails and reminders wait until it runs."
        return Strip(said, here, "Operations says more")
    if queries.given_up_for(actor).exists():
        return Strip("Something was tried until it was hopeless.", here, "Look at Operations")
    return None
