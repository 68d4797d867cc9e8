"""The spine every room hangs on: a tenant and its cases."""

import secrets
from datetime import date, datetime

from django.db import models

from workflows.clock.rules import local_day

# Without vowels and look-alikes: a code can be read over the phone and never spells a word.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


class Tenant(models.Model):
    """One district as the engine knows it. `zone` is an IANA name such as America/Denver.

    `region` is the state whose public holidays seed the calendar. `calendar_version` is a digest of
    the closures ("" for none), so that a cached calendar can never be a stale one; so is
    `levels_version` of the district's own service levels.
    """

    code = models.SlugField(unique=True)
    zone = models.CharField(max_length=64, default="America/Denver")
    region = models.CharField(max_length=8, default="CO")
    calendar_version = models.CharField(max_length=16, blank=True)
    levels_version = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return self.code

    def day_of(self, instant: datetime) -> date:
        """The date on the wall of the district, which may be yesterday's in UTC."""
        return local_day(instant, self.zone)


# viewflow ships no types, so the checker cannot see the desk's table that points here.
class Case(models.Model):  # type: ignore[django-manager-missing]
    """One subject under one lifecycle; the state itself stands on the subject's own row."""

    machine = models.CharField(max_length=32)
    code = models.CharField(max_length=16, unique=True, default=new_code)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "machine"], name="case_by_tenant")]

    def __str__(self) -> str:
        return f"{self.machine} {self.code}"
