"""What the nights found: work that was put right, and what the check of the ledger said."""

from django.db import models

from workflows.cases import Case, Tenant
from workflows.ledger.models import Checkpoint
from workflows.triggers import append_only


@append_only
class Mending(models.Model):
    """Open work that did not fit its case, and what `reconcile` did about it.

    `found`: missing, stray, stuck, gone or left, as `desk.queries.astray` names them, or overtaken.
    The desk's rows are a projection: the case did not change, so its ledger says nothing of this.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="mendings")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=32)
    found = models.CharField(max_length=16)
    canceled = models.PositiveSmallIntegerField()
    opened = models.PositiveSmallIntegerField()
    completed = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "-id"], name="mendings_by_tenant")]

    def __str__(self) -> str:
        return f"{self.found} of {self.case_id}"


@append_only
class LedgerCheck(models.Model):
    """One verification of the whole ledger, against the checkpoint that was the newest then."""

    at = models.DateTimeField()
    checkpoint = models.ForeignKey(
        Checkpoint, null=True, on_delete=models.PROTECT, related_name="checks"
    )
    faults = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.faults} faults at {self.at:%Y-%m-%d}"


@append_only
class LedgerFault(models.Model):
    """One fault a check found; without a tenant it concerns the checkpoints, so everybody."""

    of = models.ForeignKey(LedgerCheck, on_delete=models.PROTECT, related_name="found")
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    says = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["of", "tenant"], name="faults_by_tenant")]

    def __str__(self) -> str:
        return self.says
