"""The peers' records: what somebody would have who built the six events with each of them."""

from importlib.util import find_spec

from django.db import models
from django_fsm import FSMField, transition
from viewflow import jsonstore
from viewflow.workflow.models import Process

DRAFT, SCREENING, REVIEW = "draft", "screening", "review"
WITH_VENDOR, WITH_DISTRICT, IN_FORCE = "with_vendor", "with_district", "in_force"


class FsmDeal(models.Model):
    """A state and its moves by django-fsm, as its README shows: a method, then save()."""

    title = models.CharField(max_length=80, default="Reading app")
    state = FSMField(default=DRAFT, protected=True)
    version = models.PositiveIntegerField(default=1)
    legal_ok = models.BooleanField(default=False)
    security_ok = models.BooleanField(default=False)

    @transition(field=state, source=DRAFT, target=SCREENING)
    def submit(self) -> None: ...

    @transition(field=state, source=SCREENING, target=REVIEW)
    def screen(self) -> None: ...

    @transition(field=state, source=REVIEW, target=REVIEW)
    def legal(self) -> None:
        self.legal_ok = True

    @transition(field=state, source=REVIEW, target=REVIEW)
    def security(self) -> None:
        self.security_ok = True

    def both_have_approved(self) -> bool:
        return self.legal_ok and self.security_ok

    @transition(field=state, source=REVIEW, target=WITH_VENDOR, conditions=[both_have_approved])
    def generate(self) -> None: ...

    @transition(field=state, source=WITH_VENDOR, target=WITH_DISTRICT)
    def vendor_sign(self) -> None: ...

    @transition(field=state, source=WITH_DISTRICT, target=IN_FORCE)
    def district_sign(self) -> None: ...


class Audit(models.Model):
    """One row per transition; also what the raw driver writes."""

    deal = models.ForeignKey(FsmDeal, on_delete=models.CASCADE)
    name = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()


class StockDeal(Process):
    """viewflow's quick start: a proxy whose fields live in the process's own JSON column."""

    title = jsonstore.CharField(max_length=80, default="Reading app")
    screened = jsonstore.BooleanField(default=False)
    legal_ok = jsonstore.BooleanField(default=False)
    security_ok = jsonstore.BooleanField(default=False)
    generated = jsonstore.BooleanField(default=False)
    signed = jsonstore.BooleanField(default=False)

    class Meta:
        proxy = True


class SpiffDeal(models.Model):
    """SpiffWorkflow's own JSON of one running workflow, the specification in it."""

    state = models.CharField(max_length=32, default=DRAFT)
    workflow = models.TextField(blank=True)


class SpiffAudit(models.Model):
    deal = models.ForeignKey(SpiffDeal, on_delete=models.CASCADE)
    name = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()


if find_spec("joeflow"):
    from tests.benchmarks.peers.joe_models import JoeDeal, JoeDealState  # noqa: F401
