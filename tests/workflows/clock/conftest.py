from collections.abc import Iterator

import pytest
import time_machine

from tests.workflows.toy.story import denver


@pytest.fixture
def after_the_story() -> Iterator[None]:
    """Stories are told with past instants, so the wall clock must stand after them."""
    with time_machine.travel(denver("2027-02-01 12:00"), tick=False):
        yield
