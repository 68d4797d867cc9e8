"""ToolRequest: may this district use this tool (or share this data) for this purpose?"""

from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from vetting.catalog.models import DataElement, NamesAnElement, Tool
from vetting.people.models import District, Membership, School
from vetting.requests import rules
from workflows.actors import Actor, Role
from workflows.lifecycles.request import DRAFT, OPEN, REQUEST, RETURNED, TRIAGE, USABLE, WITH_SCHOOL
from workflows.prefetching import is_read
from workflows.providers import recipients
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
    KINDS = [(kind, said.partition(":")[0]) for kind, said in rules.KIND_WORDS.items()]

    district = models.ForeignKey(District, models.PROTECT, "tool_requests", db_index=False)
    tool = models.ForeignKey(Tool, null=True, on_delete=models.PROTECT, related_name="requests")
    form = models.CharField(max_length=8, choices=FORMS, default="tool")

    tool_name = models.CharField(max_length=160, blank=True)
    vendor_name = models.CharField(max_length=160, blank=True)
    website = models.CharField(max_length=300, blank=True)
    purpose = models.TextField(blank=True)
    district_wide = models.BooleanField(default=False)  # every school, whatever schools are named
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

    # While it is a draft: which open page saved it last, and when.
    saved_in = models.CharField(max_length=32, blank=True)
    saved_at = models.DateTimeField(null=True)

    relationship = models.CharField(max_length=12, choices=CLASSES, blank=True)
    class_facts = models.JSONField(default=dict)  # by the packs' names of facts
    class_reasons = models.JSONField(default=list)  # sentences, each with its citation
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
            models.CheckConstraint(
                condition=~Q(approval_kind__in=rules.DATED_KINDS) | Q(approved_until__isnull=False),
                name="a_dated_kind_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=USABLE) | Q(approved_until=None) | ~Q(approval_owner=None),
                name="an_approval_with_an_end_has_an_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state"], name="request_by_state"),
            # Of thousands that are approved, those whose review is late.
            models.Index(
                fields=["district", "review_on"],
                condition=Q(state="approved"),
                name="request_by_review",
            ),
        ]

    @property
    def title(self) -> str:
        """What people call it: the tool, what was typed, or the project's partner."""
        if self.form == "project":
            return f"Data for {self.project_partner or 'a project'}"
        named = self.tool.name if self.tool else self.tool_name or self.website
        return named or "A tool without a name yet"

    @property
    def decline_words(self) -> str:
        return rules.decline_in_words(self.decline_reason, self.decision_reason)

    @property
    def looked_after(self) -> str:
        """Who looks at the approval again, and when; as the `owner` audience hears of it."""
        named = self.approval_owner
        owner = named.user.name if named and named.active else ""
        today = self.case.tenant.day_of(timezone.now())
        return rules.looked_after_in_words(owner, self.approved_until, self.review_on, today)

    @classmethod
    def with_people(cls, actor: Actor) -> models.QuerySet["ToolRequest"]:
        """With what `title` and `roles_of` read, so that a list needs no query per row."""
        rows = cls._with_requesters()
        if not actor.has(Role.SCHOOL_LEADER):
            return rows.prefetch_related("requesters__schools")
        led = Prefetch("membership_set", queryset=Membership.leading(), to_attr="leaders")
        schools = Prefetch("requesters__schools", School.objects.prefetch_related(led))
        return rows.prefetch_related(schools)

    @classmethod
    def _with_requesters(cls) -> models.QuerySet["ToolRequest"]:
        asking = Prefetch("requesters", Requester.objects.select_related("membership__user"))
        rows = cls.objects.select_related("case__tenant", "district", "tool__vendor")
        return rows.prefetch_related(asking)

    @classmethod
    def for_desk(cls, actor: Actor) -> models.QuerySet["ToolRequest"]:
        """Where it is the requester's turn, only one's own are read: there are many.

        Schools say only whether somebody leads one, so nobody else reads them here.
        """
        own = Exists(Requester.rows_of(actor).filter(request=OuterRef("pk")))
        leads = actor.has(Role.SCHOOL_LEADER)
        rows = cls.with_people(actor) if leads else cls._with_requesters()
        return rows.filter(~Q(state__in=(DRAFT, RETURNED)) | Q(own))

    @classmethod
    def looked_after_by(cls, actor: Actor) -> Q:
        """What one asks for or was named to look after; a privacy lead follows everybody's."""
        if actor.has(Role.PRIVACY_LEAD):
            return ~Q(state=DRAFT)
        asks = Requester.rows_of(actor).filter(request=OuterRef("pk"), left_at=None)
        return Q(Exists(asks)) | Q(approval_owner=actor.number or 0)

    def get_absolute_url(self) -> str:
        return reverse("requests:detail", args=[self.code])

    def work_url(self, node: str) -> str:
        """Where an act of its open work is taken on or handed on."""
        return reverse("requests:work", args=[self.case.code, node])

    def roles_of(self, actor: Actor) -> frozenset[Role]:
        """A requester only of one's own request, a school leader only of a school concerned."""
        roles = super().roles_of(actor) - {Role.REQUESTER}
        asking = [row for row in self.requesters.all() if row.left_at is None]
        if actor.ref in {f"membership:{row.membership_id}" for row in asking}:
            roles |= {Role.REQUESTER}
        if Role.SCHOOL_LEADER in roles and not self._is_led_by(actor, asking):
            roles -= {Role.SCHOOL_LEADER}
        return roles

    def _is_led_by(self, actor: Actor, asking: list["Requester"]) -> bool:
        """Whether they lead a school concerned, or stand in today for somebody who does."""
        if self.district_wide:
            return True
        schools = {school for row in asking for school in row.schools.all()}
        leaders = (person for school in schools for person in Membership.leaders_of(school))
        today = self.case.tenant.day_of(timezone.now())
        return any(person.acts_as(actor.ref, today) for person in leaders)

    def asked_data(self) -> list["RequestedElement"]:
        """The rows that count; they may have been read with the request."""
        known = is_read(self, "schedule")
        rows = self.schedule.all() if known else self.schedule.select_related("element")
        return [row for row in rows if not row.struck]

    def schools_concerned(self) -> models.QuerySet[School]:
        """The schools of everybody who still asks."""
        asking = Requester.objects.filter(request_id=self.pk, left_at=None)
        return School.objects.filter(pk__in=asking.values("schools"))

    def first_stop(self) -> str:
        """The principal only where the district wants it, and there is one who can answer."""
        return WITH_SCHOOL if self.district.school_gate and self.has_a_leader() else TRIAGE

    def has_a_leader(self) -> bool:
        return bool(recipients(self, "school_leaders"))

    def place_left(self) -> str:
        return self.left_state

    @REQUEST.move
    def submit(self) -> None: ...

    @REQUEST.move
    def join(self, *, into: int) -> None:
        self.joined_into_id = into

    @REQUEST.move
    def endorse(self) -> None: ...

    @REQUEST.move
    def send_back(self) -> None: ...

    @REQUEST.move
    def pass_by(self) -> None: ...

    @REQUEST.move
    def ask(self) -> None:
        self.left_state = self.state

    @REQUEST.move
    def answer(self) -> None: ...

    @REQUEST.move
    def lapse(self) -> None: ...

    @REQUEST.move
    def route_contract(self) -> None: ...

    @REQUEST.move
    def route_exempt(self) -> None: ...

    @REQUEST.move
    def approve_covered(self, **decision: object) -> None:
        self._decide(**decision)  # type: ignore[arg-type]

    @REQUEST.move
    def route_covered(self) -> None: ...

    @REQUEST.move
    def reroute(self) -> None:
        """The next path starts without the last one's class and attestation."""
        self.relationship, self.class_note = "", ""
        self.exempt_attested = False

    @REQUEST.move
    def clear(self) -> None: ...

    @REQUEST.move
    def clear_without(self) -> None: ...

    @REQUEST.move
    def agreement_ready(self) -> None: ...

    @REQUEST.move
    def approve(self, **decision: object) -> None:
        self._decide(**decision)  # type: ignore[arg-type]

    @REQUEST.move
    def approve_without(self, **decision: object) -> None:
        self._decide(**decision)  # type: ignore[arg-type]

    def _decide(
        self,
        *,
        kind: str,
        on: date,
        purpose: str,
        license: str,
        conditions: Collection[str] = (),
        schools: Collection[int] = (),
        grades: Collection[str] = (),
        until: date | None = None,
        owner: int | None = None,
        reason: str = "",
    ) -> None:
        """`schools` and `owner` are primary keys; no school means every school."""
        self.approval_kind, self.scope_purpose, self.license = kind, purpose, license
        self.conditions, self.scope_grades = list(conditions), list(grades)
        self.scope_schools.set(schools)
        self.approved_on, self.approved_until = on, until
        self.review_on = rules.review_due_on(on)
        self.approval_owner_id, self.decision_reason = owner, reason
        self.suspend_reason = ""

    @REQUEST.move
    def decline(self, *, reason: str, words: str = "", alternatives: str = "") -> None:
        self.decline_reason, self.decision_reason, self.alternatives = reason, words, alternatives

    @REQUEST.move
    def withdraw(self) -> None: ...

    @REQUEST.move
    def suspend(self, *, reason: str = "") -> None:
        self.suspend_reason = reason or rules.end_in_words(self.approved_until)

    @REQUEST.move
    def reinstate(self, *, on: date, until: date | None = None, owner: int | None = None) -> None:
        self.suspend_reason = ""
        self.approved_until = until or self.approved_until
        if self.approved_until and self.approval_owner_id is None:
            self.approval_owner_id = owner
        self.review_on = rules.review_due_on(on)

    @REQUEST.move
    def retire(self) -> None: ...


class Requester(models.Model):
    """Who asks: the one who pressed, on whose behalf, and everyone who joined; none may approve."""

    HOW = [("pressed", "pressed"), ("behalf", "on whose behalf"), ("joined", "joined")]

    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="requesters")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="asked")
    how = models.CharField(max_length=8, choices=HOW)
    schools = models.ManyToManyField(School, blank=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    # What a joiner says of their own classes; those of the first asker stand on the request.
    purpose = models.TextField(blank=True)
    grades = models.JSONField(default=list, blank=True)
    student_count = models.PositiveIntegerField(null=True, blank=True)
    under_13 = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "membership"], name="requester_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership} asks in {self.request_id}"

    @classmethod
    def rows_of(cls, actor: Actor) -> models.QuerySet["Requester"]:
        """Where this person asks or asked; none for a vendor or the system."""
        kind, _, number = actor.ref.partition(":")
        return cls.objects.filter(membership=number) if kind == "membership" else cls.objects.none()


class RequestedElement(NamesAnElement, models.Model):
    """One row of the request's data schedule; `struck` ones are not part of the approval."""

    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="schedule")
    element = models.ForeignKey(DataElement, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300, blank=True)
    detail = models.TextField(blank=True)
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
