"""The registry: later houses add theirs, `manage.py invariants` asks them all."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from workflows.cases import Case
from workflows.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is the invariant's code, `case` a case's public code (or ""), `says` a sentence."""

    kind: str
    case: str
    says: str


# Yields (case id, sentence); None where the fault belongs to no case.
Finder = Callable[[], Iterable[tuple[int | None, str]]]
_finders: dict[str, Finder] = {}


def invariant(kind: str) -> Callable[[Finder], Finder]:
    """Register an invariant: by SQL that scales, and silent when all is well."""

    def register(finder: Finder) -> Finder:
        if _finders.setdefault(kind, finder) is not finder:
            raise ValueError(f"Two invariants are called {kind}.")
        return finder

    return register


def kinds() -> list[str]:
    return sorted(_finders)


def faults(only: str = "") -> list[Fault]:
    """Every fault there is, or those of one kind."""
    found = [
        (kind, case, says)
        for kind, finder in sorted(_finders.items())
        if only in ("", kind)
        for case, says in finder()
    ]
    codes = _codes({case for _, case, _ in found if case is not None})
    return [Fault(kind, codes.get(case, ""), says) for kind, case, says in found]


def explained(cases: Collection[int]) -> set[int]:
    """Those of the cases that a pending reaction will still change: no fault yet."""
    waiting = Message.objects.filter(channel=Message.REACTION, status__in=Message.PENDING)
    return set(waiting.filter(case_id__in=cases).values_list("case_id", flat=True))


def _codes(ids: set[int]) -> dict[int | None, str]:
    return dict(Case.objects.filter(pk__in=ids).values_list("pk", "code"))
