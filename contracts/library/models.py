"""The library: versions of Word templates, and the clauses that an agreement may have to hold."""

from django.db import models
from django.db.models import Q

from vetting.vault.models import StoredFile
from workflows.cases import Tenant


class Clause(models.Model):
    """A promise by its name, the law it answers, and the jurisdictions that demand it in writing.

    `required_by` holds "US-FED" (every agreement) or the two letters of a state.
    """

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    citation = models.CharField(max_length=200, blank=True)
    required_by = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class AgreementTemplate(models.Model):
    """One version of a Word template; never changed, only replaced by the next version.

    `tenant` None: shipped with Countersign, for everybody. `jurisdiction` "": for every state.
    `clauses` maps the slug of a clause to its place in the template ("2.1").
    """

    KINDS = [("dpa", "Data privacy agreement"), ("certificate", "Certificate of signature")]

    kind = models.CharField(max_length=16, choices=KINDS)
    name = models.CharField(max_length=60)
    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=2, blank=True)
    version = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    fields = models.JSONField(default=list)
    clauses = models.JSONField(default=dict)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "name", "-version"]
        constraints = [
            # NULLs are distinct in a unique index, so "shipped" and "a district's" are two rules.
            models.UniqueConstraint(
                fields=["kind", "jurisdiction"],
                condition=Q(active=True, tenant=None),
                name="one_active_shipped_template",
            ),
            models.UniqueConstraint(
                fields=["kind", "jurisdiction", "tenant"],
                condition=Q(active=True),
                name="one_active_template_per_tenant",
            ),
            models.UniqueConstraint(
                fields=["kind", "name", "version", "tenant"], name="template_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
