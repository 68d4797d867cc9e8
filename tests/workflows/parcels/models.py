from django.db import models

from tests.workflows.parcels.lifecycle import PARCEL
from workflows.providers import Ask
from workflows.stateful import Stateful


class Parcel(Stateful):
    lifecycle = PARCEL

    title = models.CharField(max_length=80, default="A book")
    address = models.CharField(max_length=80, default="12 Elm Street")
    left = models.CharField(max_length=32, blank=True)
    grams = models.PositiveIntegerField(null=True)
    checked = models.BooleanField(default=False)

    def has_an_address(self, ask: Ask) -> list[str]:
        return [] if self.address else ["Write the address on it."]

    def place_left(self) -> str:
        return self.left

    @PARCEL.move
    def hand_in(self) -> None: ...

    @PARCEL.move
    def weigh(self) -> None: ...

    @PARCEL.move
    def put_aside(self) -> None:
        self.left = self.state

    @PARCEL.move
    def take_up(self) -> None: ...

    @PARCEL.move
    def dispatch(self, *, grams: int | None = None) -> None:
        self.grams = grams or self.grams

    @PARCEL.move
    def lose(self) -> None: ...

    @PARCEL.move
    def insure(self) -> None: ...

    @PARCEL.move
    def label_again(self) -> None: ...


class Stamp(models.Model):
    """Postage, stuck on by another room: the provider of the guard `postage_is_paid`."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="stamps")
    torn = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"stamp of {self.parcel_id}"
