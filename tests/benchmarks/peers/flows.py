"""The six events as a viewflow, from its own nodes and its own lock, once stock, once naive."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation
from viewflow.workflow.models import Process

from tests.benchmarks.peers.fsm import move
from tests.benchmarks.peers.models import StockDeal


def page(request: HttpRequest, **_: Any) -> HttpResponse:
    """What a person would see; the benchmark measures what its POST does to the database."""
    return HttpResponse()


class StockFlow(flow.Flow):
    process_class = StockDeal
    lock_impl = lock.select_for_update_lock

    start = flow.Start(page).Next(this.screen)
    screen = flow.View(page).Next(this.reviews)
    reviews = flow.Split().Next(this.legal).Next(this.security)
    legal = flow.View(page).Next(this.joined)
    security = flow.View(page).Next(this.joined)
    joined = flow.Join().Next(this.generate)
    generate = flow.Function(this.write_document).Next(this.vendor_sign)
    vendor_sign = flow.Handle(this.vendor_has_signed).Next(this.district_sign)
    district_sign = flow.View(page).Next(this.end)
    end = flow.End()

    def write_document(self, activation: Activation) -> None:
        activation.process.generated = True
        activation.process.save()

    def vendor_has_signed(self, activation: Activation) -> StockDeal:
        activation.process.signed = True
        activation.process.save()
        return activation.process


class NaiveFlow(flow.Flow):
    """The same graph, where each node moves the django-fsm record that the process is about."""

    process_class = Process
    lock_impl = lock.select_for_update_lock

    start = flow.Start(page).Next(this.screen)
    screen = flow.View(page).Next(this.reviews)
    reviews = flow.Split().Next(this.legal).Next(this.security)
    legal = flow.View(page).Next(this.joined)
    security = flow.View(page).Next(this.joined)
    joined = flow.Join().Next(this.generate)
    generate = flow.Function(this.write_document).Next(this.vendor_sign)
    vendor_sign = flow.Handle(this.vendor_has_signed).Next(this.district_sign)
    district_sign = flow.View(page).Next(this.end)
    end = flow.End()

    def write_document(self, activation: Activation) -> None:
        move(activation.process.artifact, "generate")

    def vendor_has_signed(self, activation: Activation) -> Process:
        move(activation.process.artifact, "vendor_sign")
        return activation.process
