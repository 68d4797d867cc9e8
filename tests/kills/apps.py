import os

from django.apps import AppConfig


class KillsConfig(AppConfig):
    name = "tests.kills"
    label = "kills"

    def ready(self) -> None:
        from tests.kills import points
        from vetting.celery import app

        if points.FOLDER in os.environ:
            points.lie_in_wait()
            # A sweep each minute is too rare for a test.
            app.conf.beat_schedule["sweep"]["schedule"] = 1.0
