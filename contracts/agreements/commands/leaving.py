"""A signatory who cannot sign any more: counsel hears of it while there is time to name another."""

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


def tell_counsel_of_all(person: Membership) -> int:
    """Of every agreement that waits, or will wait, for a signature this person cannot give."""
    now = timezone.now()
    waiting = [
        agreement
        for agreement in queries.to_be_signed_by(person)
        if not (queries.is_signatory(person) and queries.authority_of(agreement, now))
    ]
    return sum(tell_counsel(agreement, person) for agreement in waiting)
