"""Signature requests, the signatures given, and the evidence of each step."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from contracts.agreements.models import Agreement, AgreementVersion
from vetting.catalog.models import Contact
from vetting.people.models import Membership
from vetting.vault.models import StoredFile
from workflows.triggers import append_only


@dataclass(frozen=True, slots=True)
class Signer:
    """The one person of a turn, whichever side they sign for."""

    ref: str
    name: str
    title: str
    email: str


class SignatureRequest(models.Model):
    """One party's turn to sign one version, in order: the vendor first, then the district."""

    SLOTS = [("vendor", "Vendor"), ("district", "District")]
    OPEN, SIGNED, SEALED, REVOKED = "open", "signed", "sealed", "revoked"

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="signature_requests"
    )
    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="signature_requests"
    )
    slot = models.CharField(max_length=8, choices=SLOTS)
    position = models.PositiveSmallIntegerField()
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=8, default=OPEN)
    opened_at = models.DateTimeField()
    sealed = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "slot"],
                condition=~Q(status="revoked"),
                name="one_live_request_per_slot",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False) ^ Q(membership__isnull=False),
                name="signer_is_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} of {self.version_id}"

    @property
    def signer(self) -> Signer:
        if self.contact:
            return Signer(
                self.contact.ref, self.contact.name, self.contact.title, self.contact.email
            )
        person = self.membership
        assert person is not None  # noqa: S101  (the constraint signer_is_one_person)
        return Signer(person.ref, person.user.name, person.title, person.user.email)


@append_only
class Signature(models.Model):
    """The act of signing: consent and fingerprint; unique per request, written under the lock."""

    request = models.OneToOneField(
        SignatureRequest, on_delete=models.PROTECT, related_name="signature"
    )
    sha256 = models.CharField(max_length=64)
    consented_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    # The row of the authority table that let the district's signatory sign ("authority:3"): what
    # counts is the instant of signing, so a row that is removed later takes nothing back.
    authority = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"signature of {self.request_id}"


@append_only
class SignatureEvent(models.Model):
    """Evidence with its own retention: what the signer saw and typed, from where."""

    request = models.ForeignKey(SignatureRequest, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16)  # sent, opened, consented, viewed, signed, declined
    at = models.DateTimeField()
    typed_name = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id}"
