"""Deadlines: one table for service levels, re-reviews, expiries, statutes and contracts."""

from django.db import models
from django.db.models import Q

from workflows.cases import Case, Tenant
from workflows.triggers import append_only


class Deadline(models.Model):
    """One date that somebody must meet.

    `ladder` is the whole schedule, computed when armed: [{"at", "act", "to", "offset"}], soonest
    first. `rung` counts the rungs fired (a prefix). `explanation` says why the date is what it is.
    `left` keeps the days (hours where the unit is hours) that remained when the clock was paused.
    `layer` says whose clock it is: dates of different layers never overwrite each other, and only
    our own ("") end with their case. Of the others `kind` is the id of the rule.
    """

    LAYERS = [
        ("", "Our own"),
        ("vendor", "The law, on the vendor"),
        ("district", "The law, on the district"),
        ("contract", "The agreement"),
    ]

    # A case's open dates are found by `one_open_deadline_per_kind`; nobody looks for closed ones.
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="deadlines", db_index=False
    )
    kind = models.CharField(max_length=64)
    layer = models.CharField(max_length=8, choices=LAYERS, blank=True, default="")
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
            # Of many service levels, the few dates that a law or a contract sets.
            models.Index(
                fields=["case", "kind"],
                condition=Q(met_at=None, waived_at=None) & ~Q(layer=""),
                name="open_by_law",
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


@append_only
class ServiceLevel(models.Model):
    """How long one step may take in this district, and who hears of it when: in place of what the
    lifecycle says. The newest row of a step counts; one without `amount` ends the district's own.

    `kind` is that of the dwell, or a layer of the law ("law.days", "law.hours": the ladder alone).
    `ladder`: [{"offset", "act", "to"}], offsets in `unit`, negative before the date.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="service_levels")
    machine = models.CharField(max_length=32)
    kind = models.CharField(max_length=64)
    amount = models.PositiveSmallIntegerField(null=True)
    unit = models.CharField(max_length=16, blank=True)
    ladder = models.JSONField(default=list)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["tenant", "machine", "kind", "id"], name="level_of_step")]

    def __str__(self) -> str:
        return f"{self.machine} {self.kind}: {self.amount} {self.unit}"


class Beat(models.Model):
    """When each of the three periodic jobs last finished; /readyz reads it.

    One row more, `night_began`: who writes it has the nightly round.
    """

    name = models.CharField(max_length=16, unique=True)
    at = models.DateTimeField()
    result = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
