"""Who is holding the pen: viewflow's rows in tables of our own."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import STATUS

from workflows.cases import Case, Tenant


class Process(AbstractProcess):
    """The work that one state of one case asks for. A projection: `reconcile` may rebuild it."""

    # Every index of these two tables is paid for by each event: keys that another index begins
    # with, or that nobody looks up by, have none of their own.
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="processes", db_index=False
    )
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=32)

    objects = models.Manager["Process"]()  # viewflow's own only serves tables with children

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "state"],
                condition=Q(finished=None),
                name="one_open_process_per_state",
            )
        ]
        indexes = [models.Index(fields=["case", "id"], name="process_by_case")]

    def __str__(self) -> str:
        return f"work {self.pk} of {self.case_id} in {self.state}"


class Task(AbstractTask):
    """One act of a process. `owner_ref` holds it now, `done_by` did it: actor references.

    viewflow's own owner is a foreign key to a user. Keys point from people to here, never back,
    so it is taken out. So are the indexes of viewflow's fields that serve timers, messages from
    outside and its own lists, none of which we have.
    """

    owner = None
    status = models.CharField(max_length=50, choices=STATUS.choices, default=STATUS.NEW)
    created = models.DateTimeField(default=timezone.now)
    scheduled = models.DateTimeField(null=True, blank=True)
    external_task_id = models.CharField(max_length=50, null=True, blank=True)  # noqa: DJ001  # theirs
    owner_permission_content_type = models.ForeignKey(
        ContentType,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    process = models.ForeignKey(Process, on_delete=models.CASCADE)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_ref = models.CharField(max_length=64, blank=True)
    done_by = models.CharField(max_length=64, blank=True)

    objects = models.Manager["Task"]()

    class Meta:
        constraints = [
            # Without it two branches that end at once can both open what follows (engine.md, V1).
            models.UniqueConstraint(
                fields=["process", "flow_task"],
                condition=Q(finished=None),
                name="one_open_task_per_node",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "flow_task"], condition=Q(finished=None), name="open_work"
            ),
            models.Index(
                fields=["tenant", "owner_ref"],
                condition=Q(finished=None) & ~Q(owner_ref=""),
                name="held_work",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tenant_id = self.process.tenant_id
        super().save(*args, **kwargs)
