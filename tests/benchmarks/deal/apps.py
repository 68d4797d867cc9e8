from django.apps import AppConfig


class DealConfig(AppConfig):
    name = "tests.benchmarks.deal"
    label = "deal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tests.benchmarks.deal import audiences, flows, reactions

        self.rooms = (audiences, flows, reactions)
