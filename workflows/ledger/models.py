"""The record of who did what, when and why: appended, chained, never changed."""

from django.db import models

from workflows.cases import Case, Tenant
from workflows.triggers import append_only


@append_only
class Entry(models.Model):
    """One act on one case. It holds facts, codes and salted hashes, never people's words."""

    MOVE, COMMAND = "move", "command"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=[(MOVE, MOVE), (COMMAND, COMMAND)])
    name = models.CharField(max_length=64)
    source = models.CharField(max_length=32, blank=True)
    target = models.CharField(max_length=32, blank=True)
    actor_ref = models.CharField(max_length=64)
    actor_tenant = models.ForeignKey(
        Tenant, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    facts = models.JSONField(default=dict)
    note_hash = models.CharField(max_length=64, blank=True)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="entry_once_per_seq")]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.name}"


class Note(models.Model):
    """A person's words beside a ledger row; it may be erased, its hash in the ledger stays."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="note")
    salt = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return f"note of {self.entry_id}"


@append_only
class Checkpoint(models.Model):
    """A chained digest over the heads of all chains; it finds a cut tail or a missing chain."""

    at = models.DateTimeField()
    cases = models.PositiveIntegerField()
    heads_hash = models.CharField(max_length=64)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"checkpoint {self.at:%Y-%m-%d}"


@append_only
class CheckpointHead(models.Model):
    """A chain's head as the checkpoint saw it; written only when it moved since the one before."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="heads")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "case"], name="head_once_per_checkpoint")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq}"
