"""Deadlines: one table for service levels, re-reviews, expiries and (later) statutes."""

from django.db import models
from django.db.models import Q

from workflows.cases import Case, Tenant


class Deadline(models.Model):
    """One date that somebody must meet.

    `ladder` is the whole schedule, computed when armed: [{"at", "act", "to", "offset"}], soonest
    first. `rung` counts the rungs fired (a prefix). `explanation` says why the date is what it is.
    `left` keeps the days (hours where the unit is hours) that remained when the clock was paused.
    """

    # A case's open dates are found by `one_open_deadline_per_kind`; nobody looks for closed ones.
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="deadlines", db_index=False
    )
    kind = models.CharField(max_length=48)
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    ladder = models.JSONField(default=list)
    rung = models.PositiveSmallIntegerField(default=0)
    basis = models.CharField(max_length=200)
    explanation = models.JSONField(default=dict)
    armed_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    left = models.IntegerField(null=True)
    met_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    waived_by = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(met_at=None, waived_at=None),
                name="one_open_deadline_per_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="sweep"
            ),
            # What is due next, for pages: the many that are over are not even looked at.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(met_at=None, waived_at=None, paused_at=None),
                name="running_by_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id} due {self.due_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.waived_at is None


class Closure(models.Model):
    """A day on which this district does not work beyond weekends; it moves service levels only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="closures")
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "day"], name="one_closure_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Beat(models.Model):
    """When each of the three periodic jobs last finished; /readyz reads it.

    One row more, `night_began`: who writes it has the nightly round.
    """

    name = models.CharField(max_length=16, unique=True)
    at = models.DateTimeField()
    result = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
