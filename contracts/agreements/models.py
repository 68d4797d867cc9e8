"""Agreement: one contract with one vendor, its versions, its schedule and its reviews."""

from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from contracts.agreements import rules
from vetting.catalog.models import Contact, DataElement, NamesAnElement, Tool, Vendor
from vetting.people.models import District, Membership, RoleGrant
from vetting.requests.models import ToolRequest
from vetting.vault.models import StoredFile
from workflows.actors import Actor, Role
from workflows.lifecycles.agreement import (
    AGREEMENT,
    AWAITING_BOARD,
    BEFORE_SIGNATURE,
    OUT_FOR_SIGNATURE,
)
from workflows.stateful import Stateful

if TYPE_CHECKING:
    from contracts.signing.models import SignatureRequest


class Agreement(Stateful):
    """The AGREEMENT machine's subject. `current` is the version everybody is talking about."""

    lifecycle = AGREEMENT

    KINDS = [
        ("dpa", "Data privacy agreement"),
        ("vendor_paper", "The vendor's paper"),
        ("dsa_research", "Data sharing agreement: research"),
        ("dsa_partner", "Data sharing agreement: partner"),
        ("amendment", "Amendment"),
        ("subscription", "Subscription to a general offer"),
    ]
    GROUNDS = [
        ("notice", "After notice: the time the contract asks for is over"),
        ("cause", "For cause"),
    ]

    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="agreements", db_index=False
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=16, choices=KINDS, default="dpa")
    title = models.CharField(max_length=rules.LONGEST_TITLE)
    owner = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    vendor_signer = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="+"
    )
    district_signer = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+"
    )

    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    term_months = models.PositiveSmallIntegerField(default=36)
    effective_from = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    breach_notice_hours = models.PositiveSmallIntegerField(default=72)
    destruction_days = models.PositiveSmallIntegerField(default=60)
    audit_notice_days = models.PositiveSmallIntegerField(default=10)
    general_offer = models.BooleanField(default=False)
    exhibit_services = models.TextField(blank=True)  # Exhibit A
    # Exhibit A: the other companies that handle the data, as {name, service, place}. The paper says
    # that there are none only where the vendor states it; neither is "nobody has asked yet".
    subprocessors = models.JSONField(default=list)
    no_subprocessors = models.BooleanField(default=False)
    exhibit_security = models.JSONField(default=list)  # Exhibit F: framework slugs
    # The vendor follows none of the frameworks we know, and says in its words what it does instead.
    no_framework = models.BooleanField(default=False)
    security_words = models.TextField(blank=True)
    exhibits_settled = models.BooleanField(default=False)
    current = models.ForeignKey(
        "AgreementVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )

    board_acts_first = models.BooleanField(default=False)
    board_item = models.CharField(max_length=120, blank=True)
    board_action_on = models.DateField(null=True)
    board_minutes = models.URLField(blank=True)
    executed_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    termination_grounds = models.CharField(max_length=12, choices=GROUNDS, blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "state"], name="agreement_by_state")]

    @AGREEMENT.move
    def issue(self, *, version: "AgreementVersion") -> None:
        self.current = version

    @AGREEMENT.move
    def revise(self) -> None:
        self.current = None

    @AGREEMENT.move
    def send(self) -> None:
        pass

    @AGREEMENT.move
    def counter(self) -> None:
        pass

    @AGREEMENT.move
    def accept_text(self, *, sha256: str) -> None:
        """`sha256` is the fingerprint the person read; a guard compares it."""

    @AGREEMENT.move
    def board_acted(self, *, item: str, acted_on: date, minutes: str = "") -> None:
        self.board_item, self.board_action_on, self.board_minutes = item, acted_on, minutes

    @AGREEMENT.move
    def recall(self) -> None:
        self.current = None

    @AGREEMENT.move
    def refuse(self) -> None:
        self.current = None

    @AGREEMENT.move
    def execute(self, *, executed_at: datetime, effective_from: date, ends_on: date) -> None:
        self.executed_at = executed_at
        self.effective_from, self.ends_on = effective_from, ends_on

    @AGREEMENT.move
    def take_effect(self) -> None:
        pass

    @AGREEMENT.move
    def expire(self) -> None:
        self.ended_on = self.ends_on

    @AGREEMENT.move
    def terminate(self, *, grounds: str, ended_on: date) -> None:
        self.ended_on, self.termination_grounds = ended_on, grounds

    @AGREEMENT.move
    def abandon(self) -> None:
        pass

    def after_acceptance(self) -> str:
        """A board that must act first does so before anybody signs (the authority table)."""
        return AWAITING_BOARD if self.board_acts_first else OUT_FOR_SIGNATURE

    @classmethod
    def for_desk(cls, actor: Actor) -> "models.QuerySet[Agreement]":
        """With what `roles_of` and the reviewers' acts read: a worklist asks nothing per row."""
        rows = cls.objects.select_related("case__tenant", "district_signer", "current")
        rows = rows.annotate(lacking=lacking_signatory())
        return rows.prefetch_related("signature_requests", "current__reviews")

    @classmethod
    def looked_after_by(cls, actor: Actor) -> Q:
        """Its owner, the privacy team until one is named; a privacy lead follows everybody's."""
        if actor.has(Role.PRIVACY_LEAD):
            return Q()
        mine = Q(owner=actor.number or 0)
        return mine | Q(owner=None) if actor.has(Role.PRIVACY) else mine

    def roles_of(self, actor: Actor) -> frozenset[Role]:
        """A vendor's contact acts on the agreements of that vendor only; a signatory is the one
        who is named, once it is the district's turn."""
        roles = super().roles_of(actor)
        if Role.VENDOR in roles and not self._is_contact(actor):
            roles -= {Role.VENDOR}
        if Role.SIGNATORY in roles and not self._is_next_signer(actor):
            roles -= {Role.SIGNATORY}
        return roles

    def _is_contact(self, actor: Actor) -> bool:
        """The role alone makes nobody a contact: a person or the system may carry it by mistake."""
        kind, _, number = actor.ref.partition(":")
        known = kind == "contact" and number.isdecimal()
        return known and self.vendor.contacts.filter(pk=number, active=True).exists()

    def _is_next_signer(self, actor: Actor) -> bool:
        signer = self.district_signer
        if signer is None or signer.ref != actor.ref:
            return False
        if self.state != OUT_FOR_SIGNATURE:
            return True
        return [row.slot for row in self.open_turns()] == ["district"]

    def open_turns(self) -> "list[SignatureRequest]":
        """Whose signature is still to be asked for or given on the current text, in order.

        Those of a text that was taken back are closed by a reaction, which may come later. Read
        from what is loaded: a list shows many of these.
        """
        turns = (row for row in self.signature_requests.all() if row.status == "open")
        here = [row for row in turns if row.version_id == self.current_id]
        return sorted(here, key=attrgetter("position"))

    def get_absolute_url(self) -> str:
        return reverse("agreements:detail", args=[self.case.code])

    def work_url(self, node: str) -> str:
        """Where an act of its open work is taken on or handed on."""
        return reverse("agreements:work", args=[self.case.code, node])


def lacking_signatory(way: str = "") -> Q:
    """Whoever is named for the district has no access or no longer the role, and has not signed.

    `way`: the path to the agreement from the rows that are asked.
    """
    signs = RoleGrant.objects.filter(
        membership=OuterRef(f"{way}district_signer"), role=Role.SIGNATORY
    )
    signed = AgreementVersion.objects.filter(
        pk=OuterRef(f"{way}current"),
        signature_requests__slot="district",
        signature_requests__status__in=("signed", "sealed"),
    )
    named = {f"{way}state__in": BEFORE_SIGNATURE, f"{way}district_signer__isnull": False}
    left = Q(**{f"{way}district_signer__active": False}) | ~Exists(signs)
    return Q(**named) & left & ~Exists(signed)


class AgreementVersion(models.Model):
    """One immutable text: the Word file, its PDF, and (once sealed) the signed PDF."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sealed = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(
        StoredFile, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Counted once, so that no page has to read the file to say how long it is.
    pages = models.PositiveSmallIntegerField(null=True)
    template = models.CharField(max_length=80)  # slug and version of the template used
    made_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="version_number")
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.agreement_id}"

    def standing_reviews(self) -> models.QuerySet["Review"]:
        """The verdicts that count now."""
        return self.reviews.filter(voided_at=None)

    @property
    def sha256(self) -> str:
        """The fingerprint that approvals and signatures are bound to: that of the unsigned PDF."""
        return self.pdf.sha256


class CoveredTool(models.Model):
    """A product under an agreement. `live` repeats "executed and not ended" for the constraint."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="products")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="covered")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    live = models.BooleanField(default=False)
    # What Exhibit A says it is used for, where the requests' own words were rewritten.
    used_for = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "tool"], name="product_once"),
            models.UniqueConstraint(
                fields=["district", "tool"],
                condition=Q(live=True),
                name="one_agreement_in_force_per_tool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool} under {self.agreement_id}"


class ScheduledElement(NamesAnElement, models.Model):
    """One cell of the schedule of data: an element of one product, with its purpose."""

    product = models.ForeignKey(CoveredTool, on_delete=models.CASCADE, related_name="schedule")
    element = models.ForeignKey(DataElement, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ["element__position"]
        constraints = [
            models.UniqueConstraint(fields=["product", "element"], name="element_once_per_product")
        ]

    def __str__(self) -> str:
        return f"{self.element} of {self.product_id}"


class ServedRequest(models.Model):
    """A request that waits for, or rests on, an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="serves")
    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="served_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "request"], name="request_served_once")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} serves {self.request_id}"


class Review(models.Model):
    """One reviewing role's verdict on exactly these bytes.

    A verdict is evidence: it is voided, never changed. Then the same person may speak again.
    """

    VERDICTS = [("approved", "Approved"), ("changes", "Changes needed")]

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="reviews")
    role = models.CharField(max_length=24)
    reviewer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=VERDICTS)
    sha256 = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "reviewer"],
                condition=Q(voided_at=None),
                name="one_verdict_per_reviewer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.verdict} {self.version_id}"


class VendorLink(models.Model):
    """A personal link to the vendor's page of one agreement: only its hash is kept."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="links")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    message_key = models.CharField(max_length=200, db_index=True)
    minted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.contact_id} to {self.agreement_id}"
