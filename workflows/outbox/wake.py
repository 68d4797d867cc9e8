"""Waking the workers after a commit."""

import logging
import os
import threading

from django.conf import settings

log = logging.getLogger("workflows.outbox")


def nudge() -> None:
    """Ask a configured broker to drain now; never blocks, never fails the request."""
    if getattr(settings, "NUDGE_WORKERS", False):
        _bell.ring()


class Bell:
    """One thread per process asks the broker: a broker that hangs holds up nobody's page.

    Rings while it is busy become one, because a drain takes all that is due.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A fork takes the object along and leaves the thread behind, so a child begins anew."""
        self._lock, self._wanted, self._served = threading.Lock(), threading.Event(), False

    def ring(self) -> None:
        with self._lock:
            if not self._served:
                threading.Thread(target=self._serve, name="nudge", daemon=True).start()
                self._served = True
        self._wanted.set()

    def _serve(self) -> None:
        from workflows.tasks import drain

        while self._wanted.wait():
            self._wanted.clear()
            try:
                drain.apply_async(retry=False, ignore_result=True, expires=5)
            except Exception as error:
                # The row waits in the table and beat asks again; there is nothing to save here.
                log.warning("The broker took no wake-up: %s", type(error).__name__)


_bell = Bell()
os.register_at_fork(after_in_child=_bell.begin)
