from django.apps import AppConfig


class ToyConfig(AppConfig):
    name = "tests.workflows.toy"
    label = "toy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tests.workflows.toy import audiences  # noqa: F401
