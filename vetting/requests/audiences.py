"""Who hears of a request: its notices and its ladders name these."""

from collections.abc import Iterable

from django.db.models import QuerySet

from vetting.people.models import Membership
from vetting.people.queries import leaders_of, people_with, recipient_of
from vetting.requests.models import ToolRequest
from workflows import providers
from workflows.actors import Role
from workflows.ledger.models import Entry
from workflows.lifecycles.request import DRAFT, REQUEST, RETURNED, TRIAGE, WITH_SCHOOL
from workflows.providers import Recipient, audience


def _recipients(people: Iterable[Membership]) -> list[Recipient]:
    return [recipient_of(person) for person in people]


@audience(REQUEST, "requesters")
def requesters(request: ToolRequest) -> list[Recipient]:
    """Everybody who still asks and still works here."""
    asking = _asking().filter(asked__request_id=request.pk, asked__left_at=None)
    return _recipients(asking.select_related("user").order_by("pk"))


def _last_move(request: ToolRequest) -> Entry | None:
    return Entry.objects.filter(case_id=request.pk, kind=Entry.MOVE).order_by("-seq").first()


def _asking() -> QuerySet[Membership]:
    return Membership.objects.filter(active=True, user__is_active=True)


@audience(REQUEST, "other_requesters")
def other_requesters(request: ToolRequest) -> list[Recipient]:
    """Those who ask, without the one who has just acted for all of them."""
    last = _last_move(request)
    asking = _asking().filter(asked__request_id=request.pk, asked__left_at=None)
    rows = asking.select_related("user").order_by("pk")
    return _recipients(row for row in rows if last is None or row.ref != last.actor_ref)


@audience(REQUEST, "those_who_knew")
def those_who_knew(request: ToolRequest) -> list[Recipient]:
    """Whoever had been told of a request that its asker takes back; nobody of a draft."""
    last = _last_move(request)
    askers = {f"membership:{pk}" for pk in request.requesters.values_list("membership", flat=True)}
    if last is None or last.actor_ref not in askers or last.source == DRAFT:
        return []
    left = request.left_state if last.source == RETURNED else last.source
    if left == WITH_SCHOOL:
        return school_leaders(request)
    return sourcing(request) + ([] if left == TRIAGE else privacy(request))


@audience(REQUEST, "school_leaders")
def school_leaders(request: ToolRequest) -> list[Recipient]:
    if request.district_wide:
        return _recipients(people_with(request.district, Role.SCHOOL_LEADER))
    return _recipients(leaders_of(request.schools_concerned()))


@audience(REQUEST, "sourcing")
def sourcing(request: ToolRequest) -> list[Recipient]:
    return _recipients(people_with(request.district, Role.SOURCING))


@audience(REQUEST, "privacy")
def privacy(request: ToolRequest) -> list[Recipient]:
    return _recipients(people_with(request.district, Role.PRIVACY))


@audience(REQUEST, "privacy_lead")
def privacy_lead(request: ToolRequest) -> list[Recipient]:
    return _recipients(people_with(request.district, Role.PRIVACY_LEAD))


@audience(REQUEST, "legal")
def legal(request: ToolRequest) -> list[Recipient]:
    return _recipients(people_with(request.district, Role.LEGAL))


@audience(REQUEST, "superintendent")
def superintendent(request: ToolRequest) -> list[Recipient]:
    return _recipients(people_with(request.district, Role.SUPERINTENDENT))


@audience(REQUEST, "owner")
def owner(request: ToolRequest) -> list[Recipient]:
    """Whoever was named to look after the approval; before there is one, whose turn it is."""
    named = request.approval_owner
    return [recipient_of(named)] if named and named.active else holders(request)


@audience(REQUEST, "owner_lead")
def owner_lead(request: ToolRequest) -> list[Recipient]:
    return privacy_lead(request)


@audience(REQUEST, "holders")
def holders(request: ToolRequest) -> list[Recipient]:
    """Whose turn it is; a state that waits for nobody is looked after by the privacy team."""
    turn = request.lifecycle.turn.get(request.state, "privacy")
    return providers.recipients(request, turn)
