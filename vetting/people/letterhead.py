"""What stands at the head and foot of a district's mails."""

from vetting.people.models import District
from workflows import sql
from workflows.cases import Tenant
from workflows.outbox.letterhead import Letterhead, letterhead, plain


@letterhead
def of_the_district(tenant: Tenant) -> Letterhead:
    found = sql.columns(District, sql.names(District), tenant_id=tenant.pk)
    if not found:
        return plain(tenant.code)
    known = sql.row(District, found[0])
    known.tenant = tenant
    return {
        "district_name": known.name,
        "contact_email": known.contact_email,
        "contact_phone": known.contact_phone,
        "address": known.address,
        "website": known.website,
        "color": known.color,
        "logo": known.logo_url,
    }
