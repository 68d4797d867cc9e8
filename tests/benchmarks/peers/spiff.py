"""SpiffWorkflow: the workflow is loaded from its JSON, run to the next person, stored again."""

from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from tests.benchmarks.peers.models import DRAFT, SpiffAudit, SpiffDeal

DIAGRAM = Path(__file__).with_name("deal.bpmn")


def specification() -> Any:
    parser = BpmnParser()
    parser.add_bpmn_file(str(DIAGRAM))
    return parser.get_spec("deal")


def run_until_a_person_is_needed(workflow: Any) -> None:
    """The loop of its documentation: engine tasks first, then whatever waits."""
    while task := workflow.get_next_task(state=TaskState.READY, manual=False):
        task.run()
        workflow.refresh_waiting_tasks()


class Spiff:
    name, title = "spiff", "SpiffWorkflow 3.2 + JSON row + audit"

    def __init__(self) -> None:
        self.driver = connection.connection
        self.spec = specification()
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def draft(self) -> int:
        return SpiffDeal.objects.create().pk

    def find(self, deal: int, event: str) -> int:
        return deal

    def act(self, event: str, deal: int, key: int) -> int:
        with transaction.atomic():
            row = SpiffDeal.objects.select_for_update().get(pk=key)
            workflow = self.run(row, event)
            row.workflow = self.serializer.serialize_json(workflow)
            row.state = "in_force" if workflow.is_completed() else event
            row.save(update_fields=["workflow", "state"])
            SpiffAudit.objects.create(deal=row, name=event, actor="membership:1", at=timezone.now())
        return deal

    def run(self, row: SpiffDeal, event: str) -> Any:
        if row.state == DRAFT:
            workflow = BpmnWorkflow(self.spec)
        else:
            workflow = self.serializer.deserialize_json(row.workflow)
            workflow.get_next_task(state=TaskState.READY, spec_name=event).run()
        run_until_a_person_is_needed(workflow)
        return workflow

    def done(self, deal: int) -> bool:
        return SpiffDeal.objects.get(pk=deal).state == "in_force"
