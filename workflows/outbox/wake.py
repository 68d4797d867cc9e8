"""Waking the workers after a commit."""

from django.conf import settings


def nudge() -> None:
    """Ask a configured broker to drain now; never blocks, never fails the request."""
    if getattr(settings, "NUDGE_WORKERS", False):
        from workflows.tasks import drain

        drain.apply_async(retry=False, ignore_result=True)
