"""Counts that several web processes share, and that no page waits for.

They say how often somebody tried, so a page must answer without them: while the shared cache is
away or full, each process counts for itself.
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# Asked anew after this pause; until then nobody waits for a server that is not there.
AWAY_SECONDS = 5.0
# redis-py would try again for five seconds and more, inside somebody's request.
OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry": Retry(NoBackoff(), 0),
}


class SharedCounts(RedisCache):
    """Redis, and this process's own memory for as long as Redis does not take a count."""

    # Of the process: each thread has a cache object of its own.
    away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**OPTIONS, **params.get("OPTIONS", {})}})
        self._here = LocMemCache("shared-counts", {})

    def _asked(self, name: str, shared: Callable[..., Any], *args: Any, **named: Any) -> Any:
        if time.monotonic() >= SharedCounts.away_until:
            try:
                return shared(*args, **named)
            except RedisError:
                SharedCounts.away_until = time.monotonic() + AWAY_SECONDS
        return getattr(self._here, name)(*args, **named)

    def add(self, *args: Any, **named: Any) -> Any:
        return self._asked("add", super().add, *args, **named)

    def get(self, *args: Any, **named: Any) -> Any:
        return self._asked("get", super().get, *args, **named)

    def set(self, *args: Any, **named: Any) -> Any:
        return self._asked("set", super().set, *args, **named)

    def incr(self, *args: Any, **named: Any) -> Any:
        try:
            return self._asked("incr", super().incr, *args, **named)
        except ValueError:
            # Counted elsewhere a moment ago: this is the first one here.
            self.add(args[0], 0)
            return self._asked("incr", super().incr, *args, **named)

    def delete(self, *args: Any, **named: Any) -> Any:
        """In both places: a lock taken while Redis was away must not stay here for good."""
        self._here.delete(*args, **named)
        return self._asked("delete", super().delete, *args, **named)
