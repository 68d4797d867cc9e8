"""A fresh database for each run: a SQLite file, a PostgreSQL of our own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services import postgres
from tests.services.process import new_folder

NAMES = ("sqlite", "postgresql")
# The developer's own settings must not reach a measurement.
OURS = ("COUNTERSIGN_", "DATABASE_URL", "BROKER_URL", "EMAIL_", "S3_", "CACHE_URL", "SECRET_KEY")


@contextmanager
def fresh(name: str) -> Iterator[dict[str, str]]:
    """The environment of a process that measures on it; raises Missing."""
    folder = new_folder("bench")
    server = postgres.start() if name == "postgresql" else None
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    url = server.url if server else f"sqlite:///{folder / 'bench.sqlite3'}"
    try:
        yield kept | {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "COUNTERSIGN_DATA": str(folder),
            "COUNTERSIGN_DEBUG": "0",
            "DATABASE_URL": url,
        }
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
