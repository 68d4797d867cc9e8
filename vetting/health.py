"""Two questions a machine may ask: is this process alive, and should it get traffic?"""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflows.clock.queries import last_beat
from workflows.outbox.queries import oldest_wait

# Cron may tick once a minute, so a minute's wait alone is no fault.
MOST_WAIT = timedelta(seconds=90)
MOST_SILENCE = timedelta(seconds=120)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def database_fault() -> str:
    """Empty when the database answers and every migration is applied, else a sentence."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        # The driver's own words can name hosts and users; they are in the log, not on the page.
        return "The database does not answer."
    return f"{len(plan)} migrations are not applied." if plan else ""


def messages_fault() -> str:
    """Late mail and reactions mean that no worker drains, or not fast enough."""
    try:
        late = oldest_wait(timezone.now())
    except DatabaseError:
        return "The messages cannot be read."
    minutes = int(late.total_seconds() // 60)
    return f"Messages have been waiting for {minutes} min." if late > MOST_WAIT else ""


def worker_fault() -> str:
    """The drain says when it was last here, also when there was nothing to do."""
    try:
        seen = last_beat("drain")
    except DatabaseError:
        return "The worker's beat cannot be read."
    alive = seen is not None and timezone.now() - seen <= MOST_SILENCE
    return "" if alive else "No worker has been here lately: run manage.py up, or tick from cron."


# What must hold before traffic: each returns a sentence when it does not.
FAULTS: dict[str, Callable[[], str]] = {
    "database": database_fault,
    "messages": messages_fault,
    "worker": worker_fault,
}


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with every part "ok", or 503 with the faults by part."""
    found = {name: ask() for name, ask in FAULTS.items()}
    status = 503 if any(found.values()) else 200
    return JsonResponse({name: fault or "ok" for name, fault in found.items()}, status=status)
