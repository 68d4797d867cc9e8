"""Who hears of a request: its notices and its ladders name these."""

from django.db.models import QuerySet

from vetting.people.audiences import in_role
from vetting.people.models import Membership
from vetting.people.queries import leaders_of, people_with, recipients_of, with_stand_ins
from vetting.requests.models import ToolRequest
from vetting.requests.panels import pen_of
from workflows import providers
from workflows.actors import Role
from workflows.ledger.models import Entry
from workflows.lifecycles.request import (
    AWAITING_AGREEMENT,
    DRAFT,
    REQUEST,
    RETURNED,
    TRIAGE,
    WITH_SCHOOL,
)
from workflows.providers import Recipient, audience

sourcing = audience(REQUEST, "sourcing")(in_role(Role.SOURCING))
privacy = audience(REQUEST, "privacy")(in_role(Role.PRIVACY))
privacy_lead = audience(REQUEST, "privacy_lead")(in_role(Role.PRIVACY_LEAD))
audience(REQUEST, "owner_lead")(privacy_lead)
audience(REQUEST, "legal")(in_role(Role.LEGAL))
audience(REQUEST, "superintendent")(in_role(Role.SUPERINTENDENT))
audience(REQUEST, "administrators")(in_role(Role.ADMIN))


@audience(REQUEST, "requesters")
def requesters(request: ToolRequest) -> list[Recipient]:
    """Everybody who still asks and still works here."""
    asking = _asking().filter(asked__request_id=request.pk, asked__left_at=None)
    return recipients_of(asking.select_related("user").order_by("pk"))


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
    return recipients_of(row for row in rows if last is None or row.ref != last.actor_ref)


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
        return recipients_of(people_with(request.district, Role.SCHOOL_LEADER))
    return recipients_of(leaders_of(request.schools_concerned()))


@audience(REQUEST, "owner")
def owner(request: ToolRequest) -> list[Recipient]:
    """Whoever was named to look after the approval; before there is one, whose turn it is."""
    named = with_stand_ins(request.approval_owner)
    return recipients_of(named) if named else holders(request)


@providers.waits_elsewhere(REQUEST)
def waits_outside(request: ToolRequest) -> str:
    """The vendor, while its agreement is there."""
    pen = pen_of(request) if request.state == AWAITING_AGREEMENT else None
    return pen.waits_for if pen and pen.ours else ""


@audience(REQUEST, "holders")
def holders(request: ToolRequest) -> list[Recipient]:
    """Whose turn it is; a state that waits for nobody is looked after by the privacy team."""
    pen = pen_of(request) if request.state == AWAITING_AGREEMENT else None
    if pen and (people := pen.ours or pen.recipients):
        # The vendor's turn is spoken of by the agreement's own mails, with its link.
        return list(people)
    turn = request.lifecycle.turn.get(request.state, "privacy")
    return providers.recipients(request, turn)
