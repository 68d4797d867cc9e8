"""What later rooms put right by night: each signs up with the name under which it is told."""

from collections.abc import Callable
from typing import Any

Part = Callable[[], Any]
_parts: dict[str, Part] = {}


def nightly(name: str) -> Callable[[Part], Part]:
    """Register one part of the nightly round; what it returns is kept as JSON."""

    def register(part: Part) -> Part:
        if _parts.setdefault(name, part) is not part:
            raise ValueError(f"Two parts of the night are named {name}.")
        return part

    return register


def parts() -> tuple[tuple[str, Part], ...]:
    return tuple(_parts.items())
