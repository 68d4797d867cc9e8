"""What a web server loads."""

import gc
import os
from typing import Any

from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application
from django.urls import resolve

# Of the collector's three generations: how many new objects, and rounds, before the next one. Only
# something very large comes there by itself; what pages leave behind is collected after them.
THRESHOLDS = (200_000, 20, 20)
# New objects worth a round, and how many rounds of a younger generation before one of the next.
WORTH, ROUNDS = 2_000, 10


def rest_the_collector() -> None:
    """What is loaded by now stays: the collector need not walk through it again and again.

    It did so within one page of twenty, which for those who asked for that page took 100 to 300 ms.
    """
    resolve("/")  # with the addresses come the views, and what these need
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    request_finished.connect(tidy_up)


def tidy_up(**_: Any) -> None:
    """After an answer is sent nobody waits, and what its page made is dead: a round takes 3 ms.

    Within a page the same objects live: a round took 10 ms, kept them for the next generation, and
    each twentieth page waited 150 to 400 ms for that one.
    """
    new, young, middle = gc.get_count()
    if new > WORTH:
        gc.collect(0 if young < ROUNDS else 1 if middle < ROUNDS else 2)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
application = get_wsgi_application()
rest_the_collector()
