"""What one writes first: viewflow moves the worklist, django-fsm the record, an audit row each."""

from typing import Any

from viewflow.workflow.models import Process
from viewflow.workflow.status import PROCESS

from tests.benchmarks.peers.flows import NaiveFlow
from tests.benchmarks.peers.fsm import move
from tests.benchmarks.peers.models import IN_FORCE, FsmDeal
from tests.benchmarks.peers.stock import Stock


class Naive(Stock):
    name, title = "naive", "viewflow + django-fsm + audit, naive"
    flow: Any = NaiveFlow

    def draft(self) -> int:
        """The record's key until it is submitted, the process's afterwards."""
        return FsmDeal.objects.create().pk

    def about(self, process: Any, deal: int) -> None:
        process.artifact = FsmDeal.objects.get(pk=deal)
        move(process.artifact, "submit")

    def decide(self, activation: Any, event: str) -> None:
        move(activation.process.artifact, event)

    def done(self, deal: int) -> bool:
        process = Process.objects.get(pk=deal)
        return process.status == PROCESS.DONE and process.artifact.state == IN_FORCE
