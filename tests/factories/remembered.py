"""Made once by the engine, then laid down again: for what many tests begin with."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from tests import photograph
from tests.emptying import tables_with_rows
from vetting.screening.models import Questionnaire

P = ParamSpec("P")
T = TypeVar("T")
# Where bytes, keys and mails go: another place needs them made anew.
PLACES = (
    "VAULT_DIR", "S3_BUCKET", "KEY_DIR", "SEAL_KEY", "SEAL_CERT", "TIMESTAMP_URL", "SITE_URL",
    "EMAIL_BACKEND", "DEMO",
)  # fmt: skip
IN_MEMORY = "django.core.mail.backends.locmem.EmailBackend"
STALE = timedelta(minutes=20)
MOST = 200
LOADED = Questionnaire._meta.db_table


@dataclass(frozen=True, slots=True)
class _Memory:
    rows: photograph.Photograph
    mails: bytes
    made: bytes


_kept: dict[tuple[object, ...], _Memory] = {}


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """`make` on an empty database: the same rows, mails and objects as the first time.

    Where rows stand already (also one that is given), the clock has been moved or mails go
    elsewhere, it is made anew. Questionnaires may stand: nothing refers to them yet, and they are
    laid down again with the rest.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        full = tables_with_rows(connection)
        if settings.EMAIL_BACKEND != IN_MEMORY or mail.outbox or set(full) - {LOADED}:
            return make(*args, **kwargs)
        given = repr((args, sorted(kwargs.items()), _loaded() if full else ()))
        places = [str(getattr(settings, place)) for place in PLACES]
        # A test on a day of its own must not push out what the others begin with.
        when = timezone.now().timestamp() // STALE.total_seconds()
        key = (make.__qualname__, make.__module__, given, when, *places)
        if memory := _kept.get(key):
            return _recalled(memory)
        first = make(*args, **kwargs)
        _kept[key] = _memory_of(first)
        if len(_kept) > MOST:
            del _kept[next(iter(_kept))]
        return first

    return made


def _memory_of(made: Any) -> _Memory:
    rows = photograph.take(connection)
    return _Memory(rows, pickle.dumps(mail.outbox), pickle.dumps(made))


def _loaded() -> list[tuple[Any, ...]]:
    rows = Questionnaire.objects.order_by("slug", "version")
    return list(rows.values_list("slug", "version", "sha256", "active"))


def _recalled(memory: _Memory) -> Any:
    Questionnaire.objects.all().delete()
    photograph.lay_down(connection, memory.rows)
    mail.outbox.extend(pickle.loads(memory.mails))  # noqa: S301  # our own, from this process
    return pickle.loads(memory.made)  # noqa: S301  # our own, from this process
