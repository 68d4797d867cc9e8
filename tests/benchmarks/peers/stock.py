"""viewflow alone: its tasks are the history. A person claims and completes in one POST."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS

from tests.benchmarks.peers.flows import StockFlow
from tests.benchmarks.peers.models import StockDeal

SETS = {
    "screen": "screened",
    "legal": "legal_ok",
    "security": "security_ok",
    "district_sign": "signed",
}


def person() -> Any:
    email = "person@peers.example"
    users = get_user_model().objects
    return users.filter(email=email).first() or users.create_user(email, name="Person")


def open_task(flow_class: Any, process: int, event: str) -> int:
    """The task whose page the person has open."""
    node = flow_class.instance.node(event)
    return Task.objects.get(process_id=process, flow_task=node, finished=None).pk


class Stock:
    name, title = "viewflow", "viewflow, stock"
    flow: Any = StockFlow

    def __init__(self) -> None:
        self.driver = connection.connection
        self.request = SimpleNamespace(user=person())

    def draft(self) -> int:
        return 0

    def find(self, deal: int, event: str) -> int:
        return 0 if event == "submit" else open_task(self.flow, deal, event)

    def act(self, event: str, deal: int, key: int) -> int:
        if event == "submit":
            return self.submit(deal)
        if event == "vendor_sign":
            self.flow.vendor_sign.run(Task.objects.get(pk=key))
            return deal
        with self.flow.lock(deal):
            task = Task.objects.get(pk=key)
            activation = task.flow_task.activation_class(task)
            activation.assign(self.request.user)
            activation.start(self.request)
            self.decide(activation, event)
            activation.execute()
        return deal

    def submit(self, deal: int) -> int:
        """What viewflow's wrapper of a start view does, and its CreateProcessView."""
        start = self.flow.start
        with transaction.atomic():
            activation = start.activation_class.create(start, None, None)
            activation.start(self.request)
            self.about(activation.process, deal)
            activation.execute()
        return int(activation.process.pk)

    def about(self, process: Any, deal: int) -> None:
        process.title = "Reading app"

    def decide(self, activation: Any, event: str) -> None:
        """The person's form is saved before the task is completed, as UpdateProcessView does."""
        setattr(activation.process, SETS[event], True)
        activation.process.save()

    def done(self, deal: int) -> bool:
        return StockDeal.objects.get(pk=deal).status == PROCESS.DONE
