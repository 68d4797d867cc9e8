"""Celery's side of the rounds: three tasks without arguments, because the tables are the queue."""

import os
import socket
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone

from workflows import rounds
from workflows.outbox.drain import release_leases

EMBEDDED_WORKER = "embedded"


def worker_name() -> str:
    """Embedded there is one worker, so after a crash it knows itself again by its name."""
    return EMBEDDED_WORKER if settings.EMBEDDED else f"{socket.gethostname()}:{os.getpid()}"[:80]


@shared_task
def drain() -> dict[str, Any]:
    return rounds.drain_round(worker_name())


@shared_task
def sweep() -> dict[str, Any]:
    return rounds.sweep_round()


@shared_task
def reconcile() -> dict[str, Any]:
    """Not beside a tick of cron that is at it, nor when a broker tells of one night twice."""
    if not rounds.night_is_ours(timezone.now(), every=timedelta()):
        return {"under_way": True}
    return rounds.reconcile_round()


@worker_ready.connect
def take_back_own_leases(**_: Any) -> None:
    if settings.EMBEDDED:
        release_leases(EMBEDDED_WORKER)
