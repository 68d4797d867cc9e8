from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import contracts.agreements.audiences
        import contracts.agreements.flows
        import contracts.agreements.guards
        import contracts.agreements.invariants
        import contracts.agreements.leaving
        import contracts.agreements.navigation
        import contracts.agreements.origins
        import contracts.agreements.panels
        import contracts.agreements.reactions
        import contracts.agreements.relying
        import contracts.agreements.telling
        import contracts.library.commands
        import contracts.signing.guards
        import contracts.signing.invariants
        import contracts.signing.jobs
        import contracts.signing.panels
        import contracts.signing.reactions
        import contracts.signing.telling  # noqa: F401
