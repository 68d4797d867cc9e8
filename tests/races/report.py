"""The soak's table: one line per race and database."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WRONG = ("duplicates", "lost", "stuck", "errors", "unreadable", "other")
HEAD = ("race", "database", "races", "met", "won by", "slowest loser ms", "late", *WRONG)
HEAD += ("s", "CPU s")


@dataclass(slots=True)
class Line:
    """`met`: races in which all were under way at once. `late`: losers who waited over a second."""

    race: str
    database: str
    races: int
    won: dict[str, int] = field(default_factory=dict)
    met: int = 0
    slowest_ms: float = 0.0
    late: int = 0
    duplicates: int = 0
    lost: int = 0
    stuck: int = 0
    errors: int = 0
    unreadable: int = 0
    other: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def sound(self) -> bool:
        return not any(getattr(self, name) for name in WRONG)

    @property
    def prompt(self) -> bool:
        return not self.late

    def cells(self) -> list[str]:
        won = ", ".join(f"{name} {count}" for name, count in self.won.items())
        counts = [str(getattr(self, name)) for name in WRONG]
        return [
            *(self.race, TITLES.get(self.database, self.database), str(self.races), str(self.met)),
            *(won, f"{self.slowest_ms:.0f}", str(self.late), *counts),
            *(f"{self.seconds:.0f}", f"{self.cpu:.1f}"),
        ]


def write(line: Line) -> None:
    """For `./dev soak`, which asks for it."""
    path = os.environ.get("COUNTERSIGN_RACE_REPORT")
    if path:
        with Path(path).open("a") as file:
            file.write(json.dumps(asdict(line)) + "\n")


def read(path: Path) -> list[Line]:
    return [Line(**json.loads(line)) for line in path.read_text().splitlines()]


def table(lines: Sequence[Line]) -> str:
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def verdict(lines: Sequence[Line]) -> str:
    races, names = sum(line.races for line in lines), (*WRONG, "late")
    counts = [f"{sum(getattr(line, name) for line in lines)} {name}" for name in names]
    return f"{races} races: {', '.join(counts)} (load {os.getloadavg()[0]:.1f}, {_cores()} cores)"


def all_well(lines: Sequence[Line]) -> bool:
    """Nothing done twice, lost or stuck; and nobody waited, where this machine is not crowded."""
    return all(line.sound and (line.prompt or crowded(minutes=5)) for line in lines)


def crowded(*, minutes: int) -> bool:
    """Whether more were at work than there are cores, in the last 1, 5 or 15 minutes."""
    return os.getloadavg()[(1, 5, 15).index(minutes)] > _cores()


def _cores() -> int:
    return os.cpu_count() or 1
