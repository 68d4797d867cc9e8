"""joeflow: people's tasks as its views complete them, machine tasks by its own Celery body."""

from typing import Any

from celery.exceptions import Retry
from django.db import connection, transaction
from joeflow.models import Task
from joeflow.runner.celery import _celery_task_runner
from joeflow.typing import HUMAN

from tests.benchmarks.peers.joe_models import JoeDeal
from tests.benchmarks.peers.stock import person

SETS = {
    "screen": "screened",
    "legal": "legal_ok",
    "security": "security_ok",
    "vendor_sign": "vendor_signed",
    "district_sign": "district_signed",
}


def run_inline(*, task_pk: int, workflow_pk: int, countdown: Any, eta: Any) -> None:
    """Its worker's function without a broker: what publishing would cost is not counted."""
    try:
        _celery_task_runner.run(task_pk, workflow_pk)
    except Retry:
        # A join that one branch has reached: the queue would ask again, the other branch does too.
        return


class Joe:
    name, title = "joeflow", "joeflow 2.0.2"

    def __init__(self) -> None:
        self.driver = connection.connection
        self.user = person()

    def draft(self) -> int:
        return 0

    def find(self, deal: int, event: str) -> int:
        if event == "submit":
            return 0
        return Task.objects.get(_workflow_id=deal, name=event, completed=None).pk

    def act(self, event: str, deal: int, key: int) -> int:
        with transaction.atomic():
            if event == "submit":
                workflow = JoeDeal.objects.create()
                task = Task(name=event, type=HUMAN, workflow=workflow)
            else:
                task = Task.objects.get(pk=key, name=event, completed=None)
                workflow = task.workflow
                setattr(workflow, SETS[event], True)
                workflow.save()
            task.finish(self.user)
            task.start_next_tasks()
        return int(workflow.pk)

    def done(self, deal: int) -> bool:
        left = Task.objects.filter(_workflow_id=deal, completed=None)
        return JoeDeal.objects.get(pk=deal).district_signed and not left.exists()
