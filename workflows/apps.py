from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import workflows.checks
        import workflows.clock.jobs
        import workflows.clock.reactions
        import workflows.clock.telling
        import workflows.desk.telling
        import workflows.invariants.clock
        import workflows.invariants.house
        import workflows.invariants.ledger
        import workflows.invariants.work
        import workflows.outbox.telling  # noqa: F401
        from workflows.triggers import install_after_migrate

        post_migrate.connect(install_after_migrate, dispatch_uid="workflows.triggers")
