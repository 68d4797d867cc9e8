"""Loaded before Django: chooses the database, and starts a server once for all workers."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.services import postgres
from tests.services.process import Server, new_folder

OURS = ("COUNTERSIGN_", "DATABASE_URL", "BROKER_URL", "EMAIL_", "S3_", "CACHE_URL", "SECRET_KEY")
running: list[Server] = []
made: list[Path] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="postgres: TEST_DATABASE_URL, or a server of our own",
    )


def _settings_from_here_only(database: str) -> None:
    """The developer's own settings must not reach a test, so the environment starts clean."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    folder = new_folder("data")
    made.append(folder)
    os.environ["COUNTERSIGN_TEST_DATA"] = str(folder)
    if database == "postgres":
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _own_postgres()


def _own_postgres() -> str:
    server = postgres.start()
    running.append(server)
    return server.url


# A wrapper, because pytest-django reads the settings in this very hook, first of all plain ones.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        _settings_from_here_only(early_config.known_args_namespace.database)
    folder = Path(os.environ["COUNTERSIGN_TEST_DATA"]) / (worker or "main")
    os.environ["COUNTERSIGN_DATA"] = str(folder)
    return (yield)


def pytest_unconfigure() -> None:
    for server in running:
        server.stop()
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
    running.clear()
    made.clear()
