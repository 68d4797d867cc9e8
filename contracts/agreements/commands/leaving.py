"""A signatory who cannot sign any more: counsel hears of it while there is time to name another."""

from functools import cache

from django.utils import timezone

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from vetting.people.models import Membership
from workflows import providers
from workflows.lifecycles.agreement import AGREEMENT
from workflows.outbox import commands as outbox


def tell_counsel(agreement: Agreement, person: Membership) -> int:
    """How many were written to: once a day for each agreement and person."""
    today = agreement.case.tenant.day_of(timezone.now())
    mails = [
        outbox.mail(
            case=agreement.case,
            folder=AGREEMENT.mail,
            name="signatory_gone",
            to=recipient.email,
            context={"subject": agreement, "person": person, "recipient": recipient},
            dedupe_key=f"{agreement.pk}:gone:{person.pk}:{today}:{recipient.email.casefold()}",
        )
        for recipient in providers.recipients(agreement, "legal")
    ]
    outbox.post(mails)
    return len(mails)


def tell_counsel_of_all(*, district: int, person: int | None = None) -> int:
    """Of every agreement of a district that waits, or will wait, for a signature that whoever it
    names cannot give; of those that name this person, where given."""
    now, rows = timezone.now(), queries.to_be_signed().filter(district=district)
    named = rows.filter(district_signer=person) if person else rows
    known = named.select_related("case__tenant", "vendor", "district", "district_signer__user")
    here = cache(queries.is_signatory)
    return sum(
        tell_counsel(agreement, agreement.district_signer)
        for agreement in known.prefetch_related("district__authorities")
        if agreement.district_signer
        and not (here(agreement.district_signer) and queries.authority_of(agreement, now))
    )
