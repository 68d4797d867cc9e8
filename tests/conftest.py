"""What every test shares. Choosing the database is in `tests/services/plugin.py`."""

import gc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.emptying import empty_tables

HERE = Path(__file__).parent
# Whole files of more than five seconds, which is what `slow` means: no units, but worlds, races,
# seals and processes. They come first, and `./dev test --fast` leaves them out.
LONG = (
    "architecture/permissions/", "benchmarks/", "contracts/agreements/test_page_queries.py",
    "contracts/library/test_golden.py", "contracts/papers/test_pdf.py",
    "contracts/papers/test_pdf_guard.py",
    "contracts/signing/test_pages_verify.py", "contracts/signing/test_sealing.py",
    "contracts/signing/test_signing_paths.py", "contracts/signing/test_verifying.py", "races/",
    "upgrades/test_upgrade.py",
    "vetting/platform/test_running.py", "vetting/platform/test_services.py",
    "vetting/vault/test_s3_vault.py", "workflows/desk/test_writer.py",
    "workflows/outbox/test_kill.py", "workflows/test_product.py",
)  # fmt: skip
USES_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}


# First, because `-m "not slow"` chooses in this very hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("database") == "postgres":
        items[:] = _those_of_the_database(config, items)
    for item in items:
        if str(item.path.relative_to(HERE)).startswith(LONG):
            item.add_marker(pytest.mark.slow)
        wanted = item.get_closest_marker("database")
        if wanted and connection.vendor not in wanted.args:
            item.add_marker(pytest.mark.skip(reason=f"speaks of {', '.join(wanted.args)} only"))
    if hasattr(config, "workerinput"):
        _long_files_first(items)


def _long_files_first(items: list[pytest.Item]) -> None:
    """A long file that starts last would leave the other worker idle at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -tests[item.path], str(item.path)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()


def _those_of_the_database(config: pytest.Config, items: list[pytest.Item]) -> list[pytest.Item]:
    """A test that touches no database says nothing new on another one."""
    kept = [item for item in items if _uses_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    return kept


def _uses_the_database(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "database"))
    return marked or not USES_THE_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True, scope="session")
def a_test_with_real_transactions_ends_quickly() -> Iterator[None]:
    """Django's flush would be refused by the triggers of the append-only tables, and is slow."""

    def empty(case: TransactionTestCase) -> None:
        empty_tables(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
