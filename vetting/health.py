"""Two questions a machine may ask: is this process alive, and should it get traffic?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflows.clock.queries import last_beat
from workflows.operations.queries import beats
from workflows.operations.rules import ROUNDS
from workflows.outbox.queries import oldest_wait

Figures = dict[str, Any]


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
    if late <= settings.MOST_WAIT:
        return ""
    return f"Messages have been waiting for {_span(late)}; {_span(settings.MOST_WAIT)} is the most."


def worker_fault() -> str:
    """The drain says when it was last here, also when there was nothing to do."""
    try:
        seen = last_beat("drain")
    except DatabaseError:
        return "The worker's beat cannot be read."
    start = "run manage.py up, or tick from cron."
    if seen is None:
        return f"No worker has been here yet: {start}"
    quiet = timezone.now() - seen
    if quiet <= settings.MOST_SILENCE:
        return ""
    return f"No worker has been here for {_span(quiet)}: {start}"


def _span(gap: timedelta) -> str:
    seconds = int(gap.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


# What must hold before traffic: each returns a sentence when it does not.
FAULTS: dict[str, Callable[[], str]] = {
    "database": database_fault,
    "messages": messages_fault,
    "worker": worker_fault,
}


def figures(now: datetime) -> Figures:
    """What the sentences rest on, in seconds, for a monitor that has limits of its own.

    No person, district or case is in it. Empty where the database does not answer.
    """
    try:
        seen, late = beats(), oldest_wait(now)
    except DatabaseError:
        return {}
    ages = {name: int((now - seen[name].at).total_seconds()) for name in ROUNDS if name in seen}
    return {
        "oldest_message_seconds": int(late.total_seconds()),
        "oldest_message_limit": int(settings.MOST_WAIT.total_seconds()),
        "last_beat_seconds": {name: ages.get(name) for name in ROUNDS},
        "last_beat_limit": int(settings.MOST_SILENCE.total_seconds()),
    }


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with every part "ok", or 503 with the faults by part; the figures beside either."""
    found = {name: ask() for name, ask in FAULTS.items()}
    status = 503 if any(found.values()) else 200
    parts: Figures = {name: fault or "ok" for name, fault in found.items()}
    return JsonResponse(parts | figures(timezone.now()), status=status)
