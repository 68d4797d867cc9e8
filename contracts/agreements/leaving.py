"""Agreements that name a member of the staff: to sign, or to look after."""

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.people.leaving import Waits, shortened, waits_by_name
from vetting.people.models import Membership
from workflows.lifecycles.agreement import AGREEMENT, OUT_FOR_SIGNATURE


@waits_by_name("agreements")
def agreements_naming(person: Membership) -> list[Waits]:
    """A few queries for any number of agreements: somebody may look after hundreds."""
    signs = queries.to_be_signed_by(person)
    kept = Agreement.objects.filter(owner=person).exclude(state__in=AGREEMENT.ends)
    return [
        *shortened(
            signs.filter(state=OUT_FOR_SIGNATURE),
            "is out for their signature: counsel recalls it and names another signatory.",
        ),
        *shortened(
            signs.exclude(state=OUT_FOR_SIGNATURE),
            "names them as signatory: name another one before it goes out.",
        ),
        *shortened(
            kept.select_related("case", "vendor").order_by("pk"),
            "is looked after by them: say on its page who looks after it now.",
        ),
    ]
