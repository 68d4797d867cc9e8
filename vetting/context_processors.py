"""What every staff page needs around it. Everything is worked out only when a template asks, so a
public page, which never asks, runs no query and touches no session."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from vetting.demo import has_mailbox, sign_ins
from vetting.navigation import Strip, entries_for, person_links_for, strip_for, url_of
from vetting.pages import Link
from workflows.actors import ROLE_NAMES, Actor

PRODUCT = "Countersign"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    roles: str
    district: str
    links: list[Link]
    sign_out_url: str


class Frame:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def _actor(self) -> Actor | None:
        return getattr(self._request, "actor", None)

    @property
    def _district(self) -> Any:
        return getattr(self._request, "district", None)

    @property
    def district_name(self) -> str:
        return getattr(self._district, "name", "") or PRODUCT

    @property
    def logo_url(self) -> str:
        return getattr(self._district, "logo_url", "")

    @property
    def color_url(self) -> str:
        return getattr(self._district, "color_url", "")

    @cached_property
    def person(self) -> Person | None:
        actor = self._actor
        if actor is None:
            return None
        roles = ", ".join(sorted(ROLE_NAMES[role] for role in actor.roles))
        links = person_links_for(actor)
        if len(getattr(self._request, "memberships", [])) > 1:
            links.append(Link("My districts", url_of("people:districts")))
        return Person(actor.name, roles, self.district_name, links, url_of("account_logout"))

    @cached_property
    def navigation(self) -> list[Link]:
        return entries_for(self._actor, self._request.path) if self._actor else []

    @cached_property
    def overdue(self) -> Strip | None:
        return strip_for(self._request) if self._actor else None

    @property
    def home_url(self) -> str:
        return url_of("home") or "/"

    @property
    def search_url(self) -> str:
        return url_of("search")

    @property
    def registry_url(self) -> str:
        return url_of("registry:tools")

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def demo_mailbox_url(self) -> str:
        return url_of("demo:mails") if has_mailbox() else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame`, and in the demo `demo_people`: asked only by the sign-in page."""
    people: Any = SimpleLazyObject(sign_ins) if settings.DEMO else []
    return {"frame": Frame(request), "demo_people": people}
