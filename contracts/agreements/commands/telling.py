"""Mails of the agreements room that follow a command; those of a move stand in its table."""

from contracts.agreements.models import Agreement
from vetting.people.models import Membership
from vetting.people.queries import recipient_of
from workflows import providers
from workflows.actors import Actor
from workflows.lifecycles.agreement import AGREEMENT
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.providers import Recipient


def tell_of(
    agreement: Agreement, name: str, *, to: str, by: Actor, note: str, but: str = ""
) -> None:
    """One mail to each of an audience except the address `but`. `agreement` is as its command left
    it: its version keeps two commands of one name apart."""
    people = providers.recipients(agreement, to)
    outbox.post([_mail(agreement, name, one, by, note) for one in people if one.email != but])


def tell_owners(agreement: Agreement, *, before: Membership | None, by: Actor) -> None:
    """Who looks after it now, and who did: but nobody of what they have just said themselves."""
    now = agreement.owner
    if (now and now.pk) == (before and before.pk):
        return
    told = (("owner_named", now), ("owner_released", before))
    outbox.post(
        [
            _mail(agreement, name, recipient_of(person), by, "")
            for name, person in told
            if person and person.active and person.ref != by.ref
        ]
    )


def _mail(agreement: Agreement, name: str, to: Recipient, by: Actor, note: str) -> Message:
    return outbox.mail(
        case=agreement.case,
        folder=AGREEMENT.mail,
        name=name,
        to=to.email,
        context={"subject": agreement, "recipient": to, "by": by, "note": note},
        dedupe_key=f"{agreement.pk}:{name}:{agreement.version}:{to.email.casefold()}",
    )
