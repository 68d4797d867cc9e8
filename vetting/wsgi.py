"""What a web server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

# Of the collector's three generations: how many new objects, and rounds, before the next one.
THRESHOLDS = (20_000, 20, 20)


def rest_the_collector() -> None:
    """What is loaded by now stays: the collector need not walk through it again and again.

    It did so within one page of twenty, which for those who asked for that page took 100 to 300 ms.
    """
    resolve("/")  # with the addresses come the views, and what these need
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
application = get_wsgi_application()
rest_the_collector()
