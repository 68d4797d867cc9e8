from django.apps import AppConfig


class ParcelsConfig(AppConfig):
    name = "tests.workflows.parcels"
    label = "parcels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tests.workflows.parcels import flows, guards

        self.rooms = (flows, guards)
