"""The worker: a wake-up and a pool. The queue of record is the outbox table, never the broker.

Embedded (memory://) web and worker share no queue, so beat runs as a thread of the worker and a
message sent from the web would vanish: sending one there raises.
"""

import os
import warnings
from datetime import datetime
from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from celery.schedules import crontab, schedstate, schedule
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
# Celery says it dislikes root, for the sake of pickled messages; ours are JSON with no content.
warnings.filterwarnings("ignore", category=SecurityWarning)


class Worker(Celery):
    """A Celery app that refuses to send where nobody would receive."""

    sends = False

    def send_task(self, *args: Any, **kwargs: Any) -> Any:
        if settings.EMBEDDED and not self.sends:
            raise RuntimeError(
                "No broker is configured, so this message would be lost: "
                "write an outbox row, the worker drains it every second"
            )
        return super().send_task(*args, **kwargs)


class FromTheStart(schedule):
    """The first time is at once: a machine that was off has dates to look at, and its page says so
    until that is done."""

    begun = False

    def is_due(self, last_run_at: datetime) -> schedstate:
        if self.begun:
            return super().is_due(last_run_at)
        self.begun = True
        return schedstate(True, self.seconds)


class ThreadedBeat(bootsteps.StartStopStep):
    """Beat inside the worker's process; Celery's own `-B` forks, and memory:// cannot be shared."""

    requires = ("celery.worker.components:Pool",)

    def create(self, worker: Any) -> Any:
        worker.app.sends = True
        # In memory: what is due is read from rows, so the scheduler has nothing to remember.
        return EmbeddedService(worker.app, thread=True, scheduler_cls="celery.beat:Scheduler")


app = Worker("countersign", broker=settings.BROKER_URL, set_as_current=True)
app.conf.update(
    accept_content=["json"],
    task_ignore_result=True,
    timezone="UTC",
    broker_connection_retry_on_startup=True,
    # Without it a publisher blocks for five seconds and more while the broker is down.
    broker_transport_options={"max_retries": 0},
    worker_hijack_root_logger=False,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    beat_schedule={
        # A wake-up that waited longer than the pause between two is worth nothing: it expires.
        "drain": {
            "task": "workflows.tasks.drain",
            "schedule": 1.0 if settings.EMBEDDED else 5.0,
            "options": {"expires": 5},
        },
        "sweep": {
            "task": "workflows.tasks.sweep",
            "schedule": FromTheStart(60.0),
            "options": {"expires": 60},
        },
        # 08:10 UTC is after one in the night in every state but Hawaii and Alaska.
        "reconcile": {"task": "workflows.tasks.reconcile", "schedule": crontab("10", "8")},
    },
)
app.autodiscover_tasks()
if settings.EMBEDDED:
    app.steps["worker"].add(ThreadedBeat)
