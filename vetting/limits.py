"""How often a page without an account may be asked, and from where it was asked.

Counts are kept in the cache: with a shared one (CACHE_URL) for all processes, else for each.
"""

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

VISITS_A_MINUTE = 120
# Nobody guesses 256 random bits; the limit keeps a guesser from being a load.
MISSES_A_MINUTE = 20
CHECKS_A_MINUTE = 12
# A district's people, and a calendar service that asks for all of them, share addresses.
CALENDARS_A_MINUTE = 240


def within(what: str, key: str, *, most: int, seconds: int = 60) -> bool:
    """Count one more; False once there were more than `most` in this window."""
    window = int(time.time() // seconds)
    name = f"limit:{what}:{hashlib.sha256(key.encode()).hexdigest()[:32]}:{window}"
    cache.add(name, 0, seconds * 2)
    try:
        return cache.incr(name) <= most
    except ValueError:
        return True  # thrown out of a full cache between the two lines: count anew


def too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = "60"
    return answer


def address_of(request: HttpRequest) -> str:
    """Where the connection came from; behind trusted proxies the n-th address from the right."""
    hops = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def agent_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")
