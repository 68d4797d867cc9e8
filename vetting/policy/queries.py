"""The packs that are shipped, read once in each process."""

from functools import cache
from pathlib import Path

from vetting.policy.reading import Library, read_packs
from vetting.policy.rules.packs import Pack

SHIPPED = Path(__file__).with_name("packs")


class Faulty(ValueError):
    """Packs that cannot be used; one line for each fault, with its file and line."""


def library(folder: Path = SHIPPED) -> Library:
    """What the folder holds now."""
    return read_packs(folder.glob("*.yaml"))


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """Raises Faulty."""
    found = library()
    if found.faults:
        raise Faulty("\n".join(map(str, found.faults)))
    return found.packs
