"""Approvals that name a member of the staff to look after them."""

from vetting.people.leaving import Waits, shortened, waits_by_name
from vetting.people.models import Membership
from vetting.requests.models import ToolRequest
from workflows.lifecycles.request import REQUEST


@waits_by_name("requests")
def approvals_naming(person: Membership) -> list[Waits]:
    rows = ToolRequest.objects.filter(approval_owner=person).exclude(state__in=REQUEST.ends)
    return shortened(
        rows.select_related("tool", "case").order_by("pk"),
        "is approved and looked after by them: the privacy team hears instead.",
    )
