"""Two questions a machine may ask: is this process alive, and should it get traffic?"""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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


# What must hold before traffic: each returns a sentence when it does not.
FAULTS: dict[str, Callable[[], str]] = {"database": database_fault}


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with every part "ok", or 503 with the faults by part."""
    found = {name: ask() for name, ask in FAULTS.items()}
    status = 503 if any(found.values()) else 200
    return JsonResponse({name: fault or "ok" for name, fault in found.items()}, status=status)
