from django.apps import AppConfig

from vetting.complaints import speak_plainly

# Before any room's forms are read: a field copies its sentences when it is made.
speak_plainly()


class VettingConfig(AppConfig):
    name = "vetting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Celery's default app would try a broker on this machine; ours is current in every process.
        import vetting.agenda.commands
        import vetting.agenda.navigation
        import vetting.catalog.elements
        import vetting.catalog.queries
        import vetting.celery
        import vetting.levels.navigation
        import vetting.operations.navigation
        import vetting.people.checks
        import vetting.people.letterhead
        import vetting.people.navigation
        import vetting.people.queries
        import vetting.people.sign_in
        import vetting.policy.commands.loading
        import vetting.policy.commands.recomputing
        import vetting.policy.invariants
        import vetting.policy.jobs
        import vetting.policy.ledger
        import vetting.policy.navigation
        import vetting.requests.audiences
        import vetting.requests.flows
        import vetting.requests.guards
        import vetting.requests.leaving
        import vetting.requests.navigation
        import vetting.requests.origins
        import vetting.requests.reactions
        import vetting.requests.relying
        import vetting.screening.guards
        import vetting.screening.panels
        import vetting.screening.reactions
        import vetting.screening.telling  # noqa: F401
