"""A web server's garbage collector leaves alone what was loaded at its start, and what is alive
while a page is made; it works between pages."""

import gc
import weakref
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import HttpResponse


class Knot:
    """What only the collector takes away: it holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def web() -> Iterator[Any]:
    """A web server's habits, which are this process's within the test only."""
    before = gc.get_threshold()
    wsgi = import_module("vetting.wsgi")
    wsgi.rest_the_collector()
    yield wsgi
    request_finished.disconnect(wsgi.tidy_up)
    gc.unfreeze()
    gc.set_threshold(*before)


def many(web: Any) -> list[Knot]:
    return [Knot() for _ in range(web.WORTH * 2)]


def test_what_is_loaded_is_not_walked_through_again(web: Any) -> None:
    loaded = many(web)
    web.rest_the_collector()
    walked = {id(one) for one in gc.get_objects()}
    assert not any(id(one) in walked for one in loaded)
    assert gc.get_threshold() == web.THRESHOLDS
    assert gc.isenabled()


@pytest.mark.django_db
def test_what_a_page_leaves_is_taken_away_once_it_is_answered(web: Any) -> None:
    knot = weakref.ref(Knot())
    alive = many(web)
    assert knot() is not None
    HttpResponse("Answered.").close()
    assert knot() is None
    assert alive


def test_a_small_page_leaves_it_to_a_later_one(web: Any) -> None:
    gc.collect()
    knot = weakref.ref(Knot())
    web.tidy_up()
    assert knot() is not None


def test_what_outlives_many_pages_is_looked_at_in_its_turn(web: Any) -> None:
    """Garbage that an earlier round found alive is not kept for ever."""
    held = [Knot()]
    tidy_often(web, web.ROUNDS + 1)
    knot = weakref.ref(held.pop())
    tidy_often(web, (web.ROUNDS + 1) ** 2)
    assert knot() is None


def tidy_often(web: Any, rounds: int) -> None:
    for _ in range(rounds):
        many(web)
        web.tidy_up()


def test_other_tests_are_not_a_web_server() -> None:
    assert gc.get_freeze_count() == 0
