"""A web server's garbage collector leaves alone what was loaded at its start, and what is alive
while a page is made; it works between pages."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished
from django.http import HttpResponse

from vetting import wsgi

# A web server's habits are not this process's, but where a test asks for them.
request_finished.disconnect(wsgi.tidy_up)


class Knot:
    """What only the collector takes away: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def rested() -> Iterator[None]:
    before = gc.get_threshold()
    wsgi.rest_the_collector()
    yield
    request_finished.disconnect(wsgi.tidy_up)
    gc.set_threshold(*before)


def many() -> list[Knot]:
    return [Knot() for _ in range(wsgi.WORTH * 2)]


def test_what_is_loaded_is_not_walked_through_again(rested: None) -> None:
    loaded = many()
    wsgi.rest_the_collector()
    walked = {id(one) for one in gc.get_objects()}
    assert not any(id(one) in walked for one in loaded)
    assert gc.get_threshold() == wsgi.THRESHOLDS
    assert gc.isenabled()


def test_what_a_page_leaves_is_taken_away_once_it_is_answered(rested: None) -> None:
    knot = weakref.ref(Knot())
    alive = many()
    assert knot() is not None
    HttpResponse("Answered.").close()
    assert knot() is None
    assert alive


def test_a_small_page_leaves_it_to_a_later_one(rested: None) -> None:
    gc.collect()
    knot = weakref.ref(Knot())
    wsgi.tidy_up()
    assert knot() is not None


def test_what_outlives_many_pages_is_looked_at_in_its_turn(rested: None) -> None:
    """Garbage that an earlier round found alive is not kept for ever."""
    held = [Knot()]
    tidy_often(wsgi.ROUNDS + 1)
    knot = weakref.ref(held.pop())
    tidy_often((wsgi.ROUNDS + 1) ** 2)
    assert knot() is None


def tidy_often(rounds: int) -> None:
    for _ in range(rounds):
        many()
        wsgi.tidy_up()
