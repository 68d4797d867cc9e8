"""Several engines over the same six events, in turns (A B C, A B C): all share the noise."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time_ns
from typing import Any, Protocol

from tests.benchmarks.counting import Statements, counted

EVENTS = ("submit", "screen", "legal", "security", "vendor_sign", "district_sign")


class Engine(Protocol):
    """`act` is timed, nothing else is. Each event is one person's one transaction."""

    name: str
    title: str
    driver: Any

    def draft(self) -> int:
        """The record before it is submitted; 0 where submitting makes it."""

    def find(self, deal: int, event: str) -> int:
        """The key in the address of the page that the person has open."""

    def act(self, event: str, deal: int, key: int) -> int:
        """One event; returns the record's key."""

    def done(self, deal: int) -> bool:
        """Whether the six events have brought it to its end."""


class Wrong(RuntimeError):
    """An engine did not do the work; its time would mean nothing."""


@dataclass(slots=True)
class Times:
    """Milliseconds per process of six events, one figure per round."""

    title: str
    rounds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    statements: Statements = field(default_factory=Statements)

    @property
    def ms(self) -> float:
        return median(self.rounds)

    @property
    def spread(self) -> tuple[float, float]:
        """The middle half of the rounds."""
        low, _, high = quantiles(self.rounds, n=4) if len(self.rounds) > 1 else self.rounds * 3
        return low, high

    def times_slower_than(self, other: "Times") -> float:
        """The median of the rounds' own ratios: what slowed both in one round cancels out."""
        return _ratio(self.rounds, other.rounds)

    def times_more_work_than(self, other: "Times") -> float:
        """The same of processor time, ours and the server's; 0 where it cannot be known."""
        known = self.processor and all(self.processor) and all(other.processor)
        return _ratio(self.processor, other.processor) if known else 0.0


def _ratio(mine: Sequence[float], theirs: Sequence[float]) -> float:
    return median(a / b for a, b in zip(mine, theirs, strict=True))


def run(engines: Sequence[Engine], *, rounds: int, processes: int) -> dict[str, Times]:
    """The first turn of each counts its statements and warms it up."""
    times = {engine.name: Times(engine.title) for engine in engines}
    for engine in engines:
        times[engine.name].statements = statements_of(engine)
        lap(engine, 2)
    for _ in range(rounds):
        for engine in engines:
            spent = lap(engine, processes)
            times[engine.name].rounds.append(spent[0])
            times[engine.name].processor.append(spent[1])
    return times


def lap(engine: Engine, processes: int) -> tuple[float, float]:
    """Milliseconds per process: on the clock, and of processors."""
    drafts = [engine.draft() for _ in range(processes)]
    gc.collect()
    spent = [one_process(engine, deal) for deal in drafts]
    clock, computed = (sum(column) / processes for column in zip(*spent, strict=True))
    return clock, computed


def one_process(engine: Engine, deal: int) -> tuple[float, float]:
    clock, computed = 0.0, 0.0
    for event in EVENTS:
        key = engine.find(deal, event)
        before, began = processor_ms(engine.driver), perf_counter()
        deal = engine.act(event, deal, key)
        clock += perf_counter() - began
        computed += processor_ms(engine.driver) - before
    if not engine.done(deal):
        raise Wrong(f"{engine.title}: the process is not at its end")
    return clock * 1000, computed


def processor_ms(driver: Any) -> float:
    """What this process and its own server process have computed; other work does not show."""
    info = getattr(driver, "info", None)
    account = Path(f"/proc/{info.backend_pid}/schedstat") if info else None
    server = int(account.read_text().split()[0]) if account and account.exists() else 0
    return (process_time_ns() + server) / 1e6


def statements_of(engine: Engine) -> Statements:
    """Seen by the driver, so that nothing can go past the count."""
    deal, total = engine.draft(), Statements()
    for event in EVENTS:
        key = engine.find(deal, event)
        with counted(engine.driver) as seen:
            deal = engine.act(event, deal, key)
        total.add(event, seen)
    return total
