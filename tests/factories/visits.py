"""Visits to pages of the signing room: who comes, what they send, what they may leave behind."""

from django.test import Client

from contracts.agreements.models import Agreement
from contracts.signing.models import Signature, SignatureEvent
from vetting.people.models import Membership
from workflows.ledger.models import Entry
from workflows.outbox.models import Message


def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def counted() -> tuple[int, int, int, int]:
    """What a refused press must leave as it was."""
    return (
        Entry.objects.count(),
        Signature.objects.count(),
        SignatureEvent.objects.exclude(kind="opened").count(),
        Message.objects.count(),
    )


def good_signature(agreement: Agreement, name: str) -> dict[str, str]:
    assert agreement.current is not None
    return {
        "consented": "on",
        "read": "on",
        "typed_name": name,
        "sha256": agreement.current.sha256,
    }
