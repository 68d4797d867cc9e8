"""What every test shares. Choosing the database is in `tests/services/plugin.py`."""

import pytest
from django.db import connection


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = item.get_closest_marker("database")
        if wanted and connection.vendor not in wanted.args:
            item.add_marker(pytest.mark.skip(reason=f"speaks of {', '.join(wanted.args)} only"))
