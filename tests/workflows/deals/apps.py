from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "tests.workflows.deals"
    label = "deals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tests.workflows.deals import audiences, flows, reactions

        self.rooms = (audiences, flows, reactions)
