"""Packs as they were loaded, what was evaluated by them, and what happened when."""

from django.db import models
from django.db.models import Q

from vetting.people.models import District
from workflows.cases import Case
from workflows.triggers import append_only


@append_only
class PackVersion(models.Model):
    """One text of one pack, for ever. The newest row of a slug counts, until one that withdraws it.

    `district` is None for what is shipped; a local pack counts for its own district only. `digest`
    is the SHA-256 of `text`: an evaluation names it, and can be made again from it.
    """

    district = models.ForeignKey(
        District, null=True, on_delete=models.PROTECT, related_name="local_packs"
    )
    slug = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    layer = models.CharField(max_length=16)
    state = models.CharField(max_length=2, blank=True)
    version = models.CharField(max_length=32)
    status = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, db_index=True)
    text = models.TextField()
    withdrawn = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["district", "slug", "-id"], name="newest_of_a_pack")]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


@append_only
class Evaluated(models.Model):
    """What the packs said of a case, made from `facts` on the day `on` by the packs named.

    `packs` is {slug: digest}. `found` is enough to compare with when it is made again: the class,
    its reasons, the ids of the rules that applied, the facts that were missing, and the revision of
    our reckoning. `law` is `queries.law_digest` of that day where the case's dates were made by it,
    and "" where nothing was dated.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evaluations")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    why = models.CharField(max_length=32)
    on = models.DateField()
    facts = models.JSONField()
    packs = models.JSONField()
    overrides = models.JSONField(default=list)
    found = models.JSONField()
    law = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.case_id} on {self.on}"


class RuleOverride(models.Model):
    """One field of one rule that a district reads otherwise, with who approved it and why.

    Its words never change: whoever thinks otherwise ends it and writes another.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="overrides")
    rule = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    value = models.JSONField(null=True)
    reason = models.TextField()
    approver = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "rule", "field"],
                condition=Q(ended_at=None),
                name="one_override_of_a_field",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.field}"


@append_only
class Anchor(models.Model):
    """When something happened that a law counts from, who recorded it, and how they know.

    The newest row of a case and event counts; a correction is one more row and says why. One
    without `at` takes back what was recorded.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="anchors")
    event = models.CharField(max_length=32)
    at = models.DateTimeField(null=True)
    source = models.TextField()
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["case", "event", "-id"], name="newest_of_an_event")]

    def __str__(self) -> str:
        return f"{self.event} of {self.case_id}"


class SchoolYear(models.Model):
    """The days some laws count from; `midpoint` is the first day of the second semester."""

    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="school_years")
    start = models.DateField()
    midpoint = models.DateField()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["district", "start"], name="one_school_year_per_start"),
            models.CheckConstraint(
                condition=Q(midpoint__gt=models.F("start")), name="a_school_year_has_its_middle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start}"
