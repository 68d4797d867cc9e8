"""Reference data that every installation starts with; each room registers how to load its own."""

from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load did; a second run says 0 new, 0 changed."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __str__(self) -> str:
        return f"{self.new} new, {self.changed} changed, {self.same} the same"

    def as_json(self) -> dict[str, int]:
        return asdict(self)


class Unfit(ValueError):
    """Reference data with faults, one line for each: nothing of it was loaded."""


_loaders: dict[str, Callable[[], Loaded]] = {}


def reference(name: str) -> Callable[[Callable[[], Loaded]], Callable[[], Loaded]]:
    """Register an idempotent loader under the words people read ("data elements")."""

    def register(loader: Callable[[], Loaded]) -> Callable[[], Loaded]:
        if _loaders.setdefault(name, loader) is not loader:
            raise ValueError(f"Two loaders are named {name}.")
        return loader

    return register


def load_all() -> dict[str, Loaded]:
    """Load everything, in the order in which the rooms registered.

    Raises Unfit when all the rest is loaded.
    """
    loaded: dict[str, Loaded] = {}
    unfit: list[str] = []
    for name, load in _loaders.items():
        try:
            loaded[name] = load()
        except Unfit as faults:
            unfit.append(f"Nothing was loaded of the {name}:\n{faults}")
    if unfit:
        raise Unfit("\n".join(unfit))
    return loaded
