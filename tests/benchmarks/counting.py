"""How many statements reached the database, asked of the driver itself."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

FRAMING = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
SENT = re.compile(r"^F\t\d+\t(Query|Execute)\t\s*(.*)$", flags=re.MULTILINE)


@dataclass(slots=True)
class Statements:
    """Per event: what reads or writes, and beside it what only begins and ends transactions."""

    plain: dict[str, int] = field(default_factory=dict)
    framing: dict[str, int] = field(default_factory=dict)

    def add(self, event: str, texts: list[str]) -> None:
        frames = sum(text.lstrip('" ').upper().startswith(FRAMING) for text in texts)
        self.framing[event] = frames
        self.plain[event] = len(texts) - frames

    @property
    def total(self) -> int:
        return sum(self.plain.values())

    @property
    def framed(self) -> int:
        return sum(self.framing.values())


@contextmanager
def counted(driver: Any) -> Iterator[list[str]]:
    """The texts of what went through a sqlite3 or psycopg connection; full after the block."""
    seen: list[str] = []
    with _sqlite(driver, seen) if hasattr(driver, "set_trace_callback") else _libpq(driver, seen):
        yield seen


@contextmanager
def _sqlite(driver: Any, seen: list[str]) -> Iterator[None]:
    # A trigger's own statements are traced as comments.
    driver.set_trace_callback(lambda text: None if text.startswith("--") else seen.append(text))
    try:
        yield
    finally:
        driver.set_trace_callback(None)


@contextmanager
def _libpq(driver: Any, seen: list[str]) -> Iterator[None]:
    """libpq writes down each message; a prepared statement is an Execute without its text."""
    with tempfile.TemporaryFile() as log:
        driver.pgconn.trace(log.fileno())
        try:
            yield
        finally:
            driver.pgconn.untrace()
        log.seek(0)
        seen += [text for _, text in SENT.findall(_undated(log.read().decode(errors="replace")))]


def _undated(trace: str) -> str:
    return re.sub(r"^\d{4}-\d\d-\d\d [\d:.]+\t", "", trace, flags=re.MULTILINE)
