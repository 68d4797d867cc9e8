"""Ours: the engine, the desk, the ledger, the clock and the outbox, called as rooms call them."""

from django.db import connection, transaction

from tests.workflows.deals.lifecycle import IN_FORCE
from tests.workflows.deals.models import Deal
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Case, Tenant
from workflows.desk import commands as desk

ROLES = {
    "submit": Role.REQUESTER,
    "screen": Role.PRIVACY,
    "legal": Role.LEGAL,
    "security": Role.IT_SECURITY,
    "vendor_sign": Role.VENDOR,
    "district_sign": Role.SIGNATORY,
}


class Ours:
    name, title = "ours", "Countersign"

    def __init__(self) -> None:
        self.driver = connection.connection
        self.tenant = Tenant.objects.get_or_create(code="lupine")[0]
        self.people = {
            event: Actor("membership", f"membership:{i}", event, self.tenant.pk, frozenset({role}))
            for i, (event, role) in enumerate(ROLES.items(), 1)
        }

    def draft(self) -> int:
        return engine.open_case(Deal, tenant=self.tenant, by=self.people["submit"]).pk

    def find(self, deal: int, event: str) -> int:
        return deal

    def act(self, event: str, deal: int, key: int) -> int:
        who = self.people[event]
        if event == "screen":
            # The engine reads the case anew under its lock, so its key is enough.
            desk.complete(Case(pk=key, machine="deal"), "check_deal", by=who)
        elif event in {"legal", "security"}:
            self.give_verdict(Deal(pk=key), event, who)
        else:
            engine.perform(Deal(pk=key), event, by=who)
        return deal

    def give_verdict(self, deal: Deal, event: str, who: Actor) -> None:
        """As contracts.agreements.give_verdict: the word on record, then the act is done."""
        with transaction.atomic():
            locked = engine.record(
                deal,
                "verdict_given",
                by=who,
                facts={"role": event, "verdict": "approved"},
                change=lambda subject: setattr(subject, f"{event}_ok", True),
            )
            desk.complete(locked.case, f"{event}_word", by=who)

    def done(self, deal: int) -> bool:
        return Deal.objects.get(pk=deal).state == IN_FORCE
