from django.db import models

from tests.workflows.toy.lifecycle import ERRAND
from workflows.providers import Ask
from workflows.stateful import Stateful


class Errand(Stateful):
    lifecycle = ERRAND

    title = models.CharField(max_length=100)
    left_from = models.CharField(max_length=32, blank=True)
    forbidden = models.BooleanField(default=False)

    @ERRAND.move
    def begin(self) -> None: ...

    @ERRAND.move
    def ask(self) -> None:
        self.left_from = self.state

    @ERRAND.move
    def answer(self) -> None: ...

    @ERRAND.move
    def hand_over(self) -> None: ...

    @ERRAND.move
    def nod(self) -> None: ...

    @ERRAND.move
    def finish(self) -> None: ...

    @ERRAND.move
    def lapse(self) -> None: ...

    @ERRAND.move
    def forbid(self) -> None: ...

    def place_left(self) -> str:
        return self.left_from

    def it_may_be_forbidden(self, ask: Ask) -> list[str]:
        return [] if self.forbidden else ["Nobody has forbidden it."]
