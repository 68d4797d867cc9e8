"""What stands at the head and foot of a district's mails."""

from vetting.people.models import District
from workflows.cases import Tenant
from workflows.outbox.letterhead import Letterhead, letterhead, plain


@letterhead
def of_the_district(tenant: Tenant) -> Letterhead:
    known = District.objects.filter(tenant=tenant).select_related("tenant").first()
    if known is None:
        return plain(tenant.code)
    return {
        "district_name": known.name,
        "contact_email": known.contact_email,
        "contact_phone": known.contact_phone,
        "address": known.address,
        "website": known.website,
        "color": known.color,
        "logo": known.logo_url,
    }
