"""What stands at the head and foot of a district's mails."""

from vetting.people.models import District
from workflows.cases import Tenant
from workflows.outbox.letterhead import Letterhead, letterhead


@letterhead
def of_the_district(tenant: Tenant) -> Letterhead:
    known = District.objects.filter(tenant=tenant).values("name", "contact_email").first()
    if known is None:
        return {"district_name": tenant.code, "contact_email": ""}
    return {"district_name": known["name"], "contact_email": known["contact_email"]}
