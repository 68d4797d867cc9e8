"""Mails of the agreements room that follow a command; those of a move stand in its table."""

from contracts.agreements.models import Agreement
from workflows import providers
from workflows.actors import Actor
from workflows.lifecycles.agreement import AGREEMENT
from workflows.outbox import commands as outbox


def tell_of(
    agreement: Agreement, name: str, *, to: str, by: Actor, note: str, but: str = ""
) -> None:
    """One mail to each of an audience except the address `but`. `agreement` is as its command left
    it: its version keeps two commands of one name apart."""
    outbox.post(
        [
            outbox.mail(
                case=agreement.case,
                folder=AGREEMENT.mail,
                name=name,
                to=person.email,
                context={"subject": agreement, "recipient": person, "by": by, "note": note},
                dedupe_key=f"{agreement.pk}:{name}:{agreement.version}:{person.email.casefold()}",
            )
            for person in providers.recipients(agreement, to)
            if person.email != but
        ]
    )
