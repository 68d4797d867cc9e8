"""What every test shares. Choosing the database is in `tests/services/plugin.py`."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from workflows.triggers import drop_triggers, install_triggers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = item.get_closest_marker("database")
        if wanted and connection.vendor not in wanted.args:
            item.add_marker(pytest.mark.skip(reason=f"speaks of {', '.join(wanted.args)} only"))


@pytest.fixture(autouse=True, scope="session")
def a_flush_may_empty_append_only_tables() -> Iterator[None]:
    """A test with real transactions ends in a flush, which the triggers would rightly refuse."""
    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(case: TransactionTestCase) -> None:
        drop_triggers(connection)
        try:
            flush(case)
        finally:
            install_triggers(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
        yield
