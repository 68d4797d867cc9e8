"""Agreements that name a member of the staff: to sign, or to look after."""

from contracts.agreements.models import Agreement
from vetting.people.leaving import waits_by_name
from vetting.people.models import Membership
from workflows.lifecycles.agreement import AGREEMENT, BEFORE_SIGNATURE, OUT_FOR_SIGNATURE


@waits_by_name("agreements")
def agreements_naming(person: Membership) -> list[str]:
    rows = Agreement.objects.select_related("case", "vendor").order_by("pk")
    signs = rows.filter(district_signer=person)
    out = signs.filter(state=OUT_FOR_SIGNATURE)
    waiting = [row for row in out if any(row.signature_requests.filter(status="open"))]
    before = signs.filter(state__in=BEFORE_SIGNATURE).exclude(state=OUT_FOR_SIGNATURE)
    kept = rows.filter(owner=person).exclude(state__in=AGREEMENT.ends)
    return [
        *(f"{row.title} is out for their signature: counsel recalls it and names another signatory."
          for row in waiting),
        *(f"{row.title} names them as signatory: name another one before it goes out."
          for row in before),
        *(f"{row.title} is looked after by them: say who looks after it now." for row in kept),
    ]  # fmt: skip
