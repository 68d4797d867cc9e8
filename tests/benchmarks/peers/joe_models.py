"""joeflow's tutorial on our six events: the state as a model, the behavior as its proxy."""

from django.db import models
from joeflow import tasks
from joeflow.models import Workflow


class JoeDealState(Workflow):
    title = models.CharField(max_length=80, default="Reading app")
    screened = models.BooleanField(default=False)
    legal_ok = models.BooleanField(default=False)
    security_ok = models.BooleanField(default=False)
    generated = models.BooleanField(default=False)
    vendor_signed = models.BooleanField(default=False)
    district_signed = models.BooleanField(default=False)

    class Meta:
        app_label = "peers"


class JoeDeal(JoeDealState):
    submit = tasks.StartView(fields=["title"])
    screen = tasks.UpdateView(fields=["screened"])
    legal = tasks.UpdateView(fields=["legal_ok"])
    security = tasks.UpdateView(fields=["security_ok"])
    join = tasks.Join("legal", "security")

    def generate(self) -> None:
        self.generated = True
        self.save(update_fields=["generated"])

    vendor_sign = tasks.UpdateView(fields=["vendor_signed"])
    district_sign = tasks.UpdateView(fields=["district_signed"])

    def end(self) -> None: ...

    edges = (
        (submit, screen),
        (screen, legal),
        (screen, security),
        (legal, join),
        (security, join),
        (join, generate),
        (generate, vendor_sign),
        (vendor_sign, district_sign),
        (district_sign, end),
    )

    class Meta:
        app_label = "peers"
        proxy = True
