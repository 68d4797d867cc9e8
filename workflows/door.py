"""The one door: a state may change only while the engine holds it open."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open: ContextVar[bool] = ContextVar("door_open", default=False)


class DoorClosed(RuntimeError):
    """Somebody tried to change a stateful row without the engine."""


def is_open() -> bool:
    return _open.get()


@contextmanager
def opened() -> Iterator[None]:
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def must_be_open(what: str) -> None:
    if not is_open():
        raise DoorClosed(f"{what} outside workflows.engine: call engine.perform or engine.record.")
