"""A web server's garbage collector leaves alone what was loaded at its start."""

import gc
from collections.abc import Iterator

import pytest

from vetting import wsgi


@pytest.fixture
def thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_what_is_loaded_is_not_walked_through_again(thresholds: None) -> None:
    loaded = [[number] for number in range(5_000)]
    wsgi.rest_the_collector()
    walked = {id(one) for one in gc.get_objects()}
    assert not any(id(one) in walked for one in loaded)
    assert gc.get_threshold() == wsgi.THRESHOLDS
    assert gc.isenabled()
