from django.apps import AppConfig


class KillsConfig(AppConfig):
    name = "tests.kills"
    label = "kills"

    def ready(self) -> None:
        from tests.kills import points

        points.lie_in_wait()
