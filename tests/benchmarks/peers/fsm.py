"""django-fsm with a row lock and an audit row: its README's method, then save()."""

from django.db import connection, transaction
from django.utils import timezone

from tests.benchmarks.peers.models import IN_FORCE, Audit, FsmDeal


def move(deal: FsmDeal, name: str) -> None:
    """One transition, saved and audited; the caller holds the row."""
    source = deal.state
    getattr(deal, name)()
    deal.save()
    Audit.objects.create(
        deal=deal,
        name=name,
        source=source,
        target=deal.state,
        actor="membership:1",
        at=timezone.now(),
    )


class Fsm:
    name, title = "fsm", "django-fsm + audit"

    def __init__(self) -> None:
        self.driver = connection.connection

    def draft(self) -> int:
        return FsmDeal.objects.create().pk

    def find(self, deal: int, event: str) -> int:
        return deal

    def act(self, event: str, deal: int, key: int) -> int:
        with transaction.atomic():
            locked = FsmDeal.objects.select_for_update().get(pk=key)
            move(locked, event)
            if event == "security":
                move(locked, "generate")
        return deal

    def done(self, deal: int) -> bool:
        return FsmDeal.objects.get(pk=deal).state == IN_FORCE
