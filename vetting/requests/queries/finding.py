"""The search in the header: only what this person may see."""

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from vetting.catalog.queries import search_tools
from vetting.people.models import District, Membership
from vetting.requests import rules
from vetting.requests.models import ToolRequest
from vetting.requests.panels import Found, found_elsewhere
from vetting.requests.queries.cases import SEES_THE_DISTRICT
from vetting.requests.queries.lists import Filters, is_turn_of, listed
from workflows.actors import ROLE_NAMES, Actor, Role

MOST = 8


def search(actor: Actor, district: District, text: str) -> dict[str, list[Found]]:
    """Groups with at least one line: tools, vendors, requests, people, and what rooms add."""
    if not text:
        return {}
    tools = search_tools(district, text, limit=MOST)
    vendors = {match.tool.vendor.name: match.tool.vendor for match in tools}
    ask = reverse("requests:may_i_use")
    groups = {
        "Tools": [
            Found(m.tool.name, f"{ask}?{urlencode({'q': m.tool.name})}", f"by {m.tool.vendor.name}")
            for m in tools
        ],
        "Vendors": [
            Found(name, f"{ask}?{urlencode({'q': name})}")
            for name in vendors
            if text.casefold() in name.casefold()
        ],
        "Requests": [
            _found(case, actor) for case in listed(actor, Filters(view="all", text=text))[:MOST]
        ],
        "People": _people(actor, district, text),
    }
    return {label: rows for label, rows in groups.items() if rows} | found_elsewhere(actor, text)


def _found(case: ToolRequest, actor: Actor) -> Found:
    words = rules.state_in_words(case.state, yours=is_turn_of(case, actor))
    return Found(case.title, case.get_absolute_url(), words)


def _people(actor: Actor, district: District, text: str) -> list[Found]:
    """Colleagues, for those who work on requests; a person's page is their mail address."""
    if not actor.has(*SEES_THE_DISTRICT):
        return []
    named = Q(user__name__icontains=text) | Q(user__email__icontains=text)
    rows = Membership.objects.filter(named, district=district, active=True)
    rows = rows.select_related("user", "school").prefetch_related("grants")
    return [
        Found(person.user.name, f"mailto:{person.user.email}", _roles(person))
        for person in rows.order_by("user__name")[:MOST]
    ]


def _roles(person: Membership) -> str:
    roles = [ROLE_NAMES[Role(grant.role)] for grant in person.grants.all()]
    return ", ".join([*sorted(roles), *([person.school.name] if person.school else [])])
