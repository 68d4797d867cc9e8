"""Screening: a versioned questionnaire, frozen with the case, its answers and findings."""

from django.db import models
from django.db.models import Q

from vetting.requests.models import ToolRequest


class Questionnaire(models.Model):
    """One version of the questions. `questions` is the frozen data; `sha256` is its digest."""

    slug = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    questions = models.JSONField()
    sha256 = models.CharField(max_length=64)
    active = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="questionnaire_version"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(active=True), name="one_active_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class Screening(models.Model):
    """One screening of one request; a later round is a new row.

    `screened_by` is who concluded it. Whoever concludes answers for the whole of it, so that is
    the person who must not have asked for the tool (lifecycles.md, `clear`: "screener is not a
    requester"). The last guard ("not the only screener") reads every hand: also who answered a
    question and who settled a finding.
    """

    request = models.ForeignKey(ToolRequest, on_delete=models.PROTECT, related_name="screenings")
    number = models.PositiveSmallIntegerField()
    entered_seq = models.PositiveIntegerField()  # the ledger row that sent the request here
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    legal_basis = models.CharField(max_length=40, blank=True)
    basis_reason = models.TextField(blank=True)
    inherent = models.PositiveSmallIntegerField(null=True)
    residual = models.PositiveSmallIntegerField(null=True)
    tier = models.CharField(max_length=8, blank=True)  # low, medium, high
    # Frozen at the end: later facts (a struck element) must not change what was concluded.
    asked = models.JSONField(default=list)  # ids of the questions that applied
    arithmetic = models.JSONField(default=list)  # [{"points", "because", "kind"}]
    screened_by = models.CharField(max_length=64, blank=True)  # actor ref of who concluded it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="screening_number"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(closed_at=None), name="one_open_screening"
            ),
        ]

    def __str__(self) -> str:
        return f"screening {self.number} of {self.request_id}"


class Answer(models.Model):
    """One answer, with the evidence it rests on; `version` tells two reviewers apart."""

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField()
    evidence = models.TextField(blank=True)
    answered_by = models.CharField(max_length=64)
    answered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screening", "question"], name="answer_per_question")
        ]

    def __str__(self) -> str:
        return f"{self.question} of {self.screening_id}"


class Finding(models.Model):
    """Something that must be settled: mitigated, or excepted until a date."""

    STATES = [("open", "Open"), ("mitigated", "Mitigated"), ("excepted", "Exception granted")]

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="findings")
    question = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=8)  # low, medium, high
    status = models.CharField(max_length=10, choices=STATES, default="open")
    resolution = models.TextField(blank=True)
    excepted_until = models.DateField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="excepted") | Q(excepted_until__isnull=False),
                name="exception_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | ~Q(settled_by=""), name="settled_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.title
