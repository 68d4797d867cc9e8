"""Loaded before Django: chooses the database, and starts a server once for all workers."""

import atexit
import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from tests.services import postgres
from tests.services.process import NOT_CHECKED, Missing, Server, new_folder

NOT_HERE = 77

OURS = ("COUNTERSIGN_", "DATABASE_URL", "BROKER_URL", "EMAIL_", "S3_", "CACHE_URL", "SECRET_KEY")
OURS += ("SEAL_", "TIMESTAMP_")
# What `./dev soak` asks of the tests.
RACES = ("COUNTERSIGN_RACES", "COUNTERSIGN_RACE_REPORT")
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
    kept = {"COUNTERSIGN_NOT_CHECKED", "COUNTERSIGN_EXAMPLES", *RACES}
    for name in [name for name in os.environ if name.startswith(OURS) and name not in kept]:
        del os.environ[name]
    folder = new_folder("data")
    made.append(folder)
    os.environ["COUNTERSIGN_TEST_DATA"] = str(folder)
    if database == "postgres":
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _own_postgres()


def _own_postgres() -> str:
    try:
        server = postgres.start()
    except Missing as missing:
        _note(f"Everything on PostgreSQL: {missing}")
        print(f"{NOT_CHECKED}Everything on PostgreSQL: {missing}", file=sys.stderr)
        sys.exit(NOT_HERE)
    running.append(server)
    return server.url


def _note(line: str) -> None:
    """`./dev test` prints these together at its end, after several runs."""
    path = os.environ.get("COUNTERSIGN_NOT_CHECKED")
    if path:
        with Path(path).open("a") as file:
            file.write(line.replace("\n", " ") + "\n")


# A wrapper, because pytest-django reads the settings in this very hook, first of all plain ones.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        _settings_from_here_only(early_config.known_args_namespace.database)
    folder = Path(os.environ["COUNTERSIGN_TEST_DATA"]) / (worker or "main")
    os.environ["COUNTERSIGN_DATA"] = str(folder)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    if terminalreporter.config.getoption("database") == "postgres":
        terminalreporter.line("Tests that touch no database are left to the run on SQLite.")
    reasons = {_reason(report) for report in terminalreporter.stats.get("skipped", [])}
    lines = sorted(reason for reason in reasons if reason.startswith(NOT_CHECKED))
    if lines:
        terminalreporter.section("NOT CHECKED ON THIS RUN", sep="!", red=True, bold=True)
    for line in lines:
        terminalreporter.line(line)
        _note(line.removeprefix(NOT_CHECKED))


def _reason(report: object) -> str:
    place = getattr(report, "longrepr", None)
    return str(place[2]).removeprefix("Skipped: ") if isinstance(place, tuple) else ""


# At exit, not in pytest_unconfigure: a run that fails to start leaves nothing behind either.
@atexit.register
def tidy() -> None:
    for server in running:
        server.stop()
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
