"""ToolRequest: may this district use this tool (or share this data) for this purpose?"""

from django.db import models
from django.db.models import Q

from vetting.catalog.models import DataElement, Tool
from vetting.people.models import District, Membership, School
from workflows.lifecycles.request import OPEN, REQUEST
from workflows.stateful import Stateful


class ToolRequest(Stateful):
    """The REQUEST machine's subject. What the requester typed stays as typed (`tool_name`, …);
    `tool` is what it was resolved to on submission."""

    lifecycle = REQUEST

    FORMS = [("tool", "A tool"), ("project", "A data-sharing project")]
    CLASSES = [
        ("contract", "Contract: a DPA is negotiated"),
        ("click_wrap", "Click-wrap: the vendor's own terms"),
        ("on_demand", "On demand: parent permission"),
        ("exempt", "Exempt: no student data at all"),
        ("prohibited", "Prohibited"),
    ]
    KINDS = [
        ("full", "Full"),
        ("pilot", "Pilot"),
        ("one_class", "One class"),
        ("provisional", "Provisional"),
        ("continuity", "Continuity"),
    ]

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="tool_requests")
    tool = models.ForeignKey(Tool, null=True, on_delete=models.PROTECT, related_name="requests")
    form = models.CharField(max_length=8, choices=FORMS, default="tool")

    tool_name = models.CharField(max_length=160, blank=True)
    vendor_name = models.CharField(max_length=160, blank=True)
    website = models.CharField(max_length=300, blank=True)
    purpose = models.TextField(blank=True)
    subject_area = models.CharField(max_length=80, blank=True)
    grades = models.JSONField(default=list)
    student_count = models.PositiveIntegerField(null=True)
    under_13 = models.BooleanField(null=True)
    takes_student_data = models.BooleanField(null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    bought_how = models.CharField(max_length=24, blank=True)  # free, school_buys, district_paid
    needed_by = models.DateField(null=True)
    project_partner = models.CharField(max_length=160, blank=True)
    project_records = models.TextField(blank=True)
    project_from = models.DateField(null=True)
    project_until = models.DateField(null=True)

    relationship = models.CharField(max_length=12, choices=CLASSES, blank=True)
    class_reasons = models.JSONField(default=list)  # sentences, from rules.classify
    class_note = models.TextField(blank=True)  # why a person overrode the rule
    matches_settled = models.BooleanField(default=False)
    exempt_attested = models.BooleanField(default=False)
    left_state = models.CharField(max_length=32, blank=True)  # where `ask` left it
    joined_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="joined"
    )
    reopened_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reopened_as"
    )

    approval_kind = models.CharField(max_length=12, choices=KINDS, blank=True)
    conditions = models.JSONField(default=list)  # sentences
    scope_schools = models.ManyToManyField(School, blank=True, related_name="+")  # none: all
    scope_grades = models.JSONField(default=list)
    scope_purpose = models.CharField(max_length=300, blank=True)
    license = models.CharField(max_length=16, blank=True)  # district_paid, school_buys, free
    approved_on = models.DateField(null=True)
    approved_until = models.DateField(null=True)
    review_on = models.DateField(null=True)
    approval_owner = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.TextField(blank=True)
    decline_reason = models.CharField(max_length=40, blank=True)
    alternatives = models.TextField(blank=True)
    suspend_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "tool"],
                condition=Q(state__in=OPEN, tool__isnull=False),
                name="one_open_request_per_tool",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(approved_on__isnull=False) & ~Q(approval_kind="")),
                name="approved_has_kind_and_date",
            ),
        ]
        indexes = [models.Index(fields=["district", "state"], name="request_by_state")]


class Requester(models.Model):
    """Who asks: the one who pressed, on whose behalf, and everyone who joined; none may approve."""

    HOW = [("pressed", "pressed"), ("behalf", "on whose behalf"), ("joined", "joined")]

    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="requesters")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="asked")
    how = models.CharField(max_length=8, choices=HOW)
    schools = models.ManyToManyField(School, blank=True, related_name="+")
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "membership"], name="requester_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership} asks in {self.request_id}"


class RequestedElement(models.Model):
    """One row of the request's data schedule; `struck` ones are not part of the approval."""

    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="schedule")
    element = models.ForeignKey(DataElement, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    struck = models.BooleanField(default=False)

    class Meta:
        ordering = ["element__position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "element"], name="element_once_per_request")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.element}"


class Question(models.Model):
    """What was asked of the requester, and the answer."""

    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"question in {self.request_id}"
