from django.db import models

from tests.workflows.deals.lifecycle import DEAL
from workflows.providers import Ask
from workflows.stateful import Stateful


class Deal(Stateful):
    """The agreement that the six events carry from a draft into force."""

    lifecycle = DEAL

    title = models.CharField(max_length=80, default="Reading app")
    legal_ok = models.BooleanField(default=False)
    security_ok = models.BooleanField(default=False)

    @DEAL.move
    def submit(self) -> None: ...

    @DEAL.move
    def clear(self) -> None: ...

    @DEAL.move
    def send(self) -> None: ...

    @DEAL.move
    def vendor_sign(self) -> None: ...

    @DEAL.move
    def district_sign(self) -> None: ...

    def both_have_approved(self, ask: Ask) -> list[str]:
        return [] if self.legal_ok and self.security_ok else ["Somebody has not approved yet."]
