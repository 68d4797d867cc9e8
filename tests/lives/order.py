"""All of `manage.py invariants`, asked so often that composing its SQL would be all we do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from workflows.invariants import registry
from workflows.invariants.registry import Fault

Statement = tuple[str, tuple[Any, ...]]
TOGETHER = 20  # statements in one
SURE = 3  # healthy runs with the very same statements before they are taken as a finder's own


@dataclass
class Order:
    """A finder that finds nothing asks the same statements every time, all of them empty. They are
    asked again as they were; as soon as one of them says anything, the finder itself is asked."""

    asked: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    sure: dict[str, int] = field(default_factory=dict)

    def faults(self) -> list[Fault]:
        known = [kind for kind in registry.kinds() if self.sure.get(kind, 0) >= SURE]
        if are_silent([statement for kind in known for statement in self.asked[kind]]):
            left = [kind for kind in registry.kinds() if kind not in known]
            return [fault for kind in left for fault in self.faults_of(kind)]
        return registry.faults()

    def faults_of(self, kind: str) -> list[Fault]:
        heard: list[Statement] = []
        silent = [True]
        with listening(heard, silent):
            found = registry.faults(kind)
        statements = tuple(heard)
        same = silent[0] and not found and self.asked.get(kind, statements) == statements
        self.sure[kind] = self.sure.get(kind, 0) + 1 if same else 0
        self.asked[kind] = statements
        return found


def are_silent(statements: list[Statement]) -> bool:
    """Many at a time: what they would say does not matter, only whether they say anything."""
    for start in range(0, len(statements), TOGETHER):
        some = statements[start : start + TOGETHER]
        asked = " OR ".join(f"EXISTS ({sql})" for sql, _ in some)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 WHERE {asked}", [p for _, params in some for p in params])
            if cursor.fetchone():
                return False
    return True


@contextmanager
def listening(heard: list[Statement], silent: list[bool]) -> Iterator[None]:
    """What is asked, and whether every answer was empty: each is counted by asking it twice."""

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield
    silent[0] = are_silent(heard)
