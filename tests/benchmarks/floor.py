"""Our own statements once more, sent by the driver alone: what no Python of ours can be below."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction

from tests.benchmarks.ours import Ours
from tests.benchmarks.peers.raw import own_driver

Sent = tuple[str, Sequence[Any]]


class Floor(Ours):
    """`find` lets the event happen, notes what it sent and takes it back; `act` sends just that."""

    name, title = "floor", "Countersign's statements alone"

    def __init__(self) -> None:
        super().__init__()
        # What is taken back would make the driver forget its prepared statements.
        self.driver = own_driver()
        self.sent: list[Sent] = []
        self.is_postgresql = connection.vendor == "postgresql"

    def find(self, deal: int, event: str) -> int:
        self.sent = []
        numbers = _numbers() if self.is_postgresql else []
        with transaction.atomic(), connection.execute_wrapper(self._note):
            super().act(event, deal, deal)
            transaction.set_rollback(True)
        _restore(numbers)
        if not self.is_postgresql:
            self.sent = [(text.replace("%s", "?"), given) for text, given in self.sent]
        return deal

    def act(self, event: str, deal: int, key: int) -> int:
        cursor = self.driver.cursor()
        options = {"prepare": True} if self.is_postgresql else {}
        # Never prepared: the sixth of its kind would be traced without its text.
        frame = {"prepare": False} if self.is_postgresql else {}
        cursor.execute("BEGIN" if self.is_postgresql else "BEGIN IMMEDIATE", **frame)
        for text, given in self.sent:
            cursor.execute(text, given, **options)
            if cursor.description:
                cursor.fetchall()
        cursor.execute("COMMIT", **frame)
        return deal

    def _note(self, execute: Callable[..., Any], text: str, given: Any, *rest: Any) -> Any:
        if not text.startswith(("SAVEPOINT", "RELEASE")):
            self.sent.append((text, given or ()))
        return execute(text, given, *rest)


def _numbers() -> list[tuple[str, int | None]]:
    """Where each sequence stands: what is taken back leaves them further on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        found: list[tuple[str, int | None]] = cursor.fetchall()
    return found


def _restore(numbers: list[tuple[str, int | None]]) -> None:
    """The same keys once more, because later statements name them."""
    for name, last in numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(%s::regclass, %s, %s)", [f'"{name}"', last or 1, last is not None]
            )
