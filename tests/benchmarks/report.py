"""The tables, on the screen and in docs/benchmarks.md."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.benchmarks import figures
from tests.benchmarks.figures import Measured
from tests.benchmarks.race import EVENTS
from tests.benchmarks.scale.table import PAGES_HEAD, page_rows

TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def screen(results: Mapping[str, Measured]) -> str:
    parts = [part for database, measured in results.items() for part in _of(database, measured)]
    return "\n".join(parts)


def _of(database: str, measured: Measured) -> Iterable[str]:
    yield f"\n{TITLES[database]} {measured['versions']['server']}"
    if "flow" in measured:
        yield from columns(FLOW_HEAD, flow_rows(measured["flow"]))
        yield "  statements per event: " + per_event(measured["flow"])
    if "scale" in measured:
        yield ""
        yield from columns(PAGES_HEAD, page_rows(measured["scale"]["pages"]))
    found = figures.figures_of(measured)
    if found:
        yield ""
        yield from columns(FIGURES_HEAD, figure_rows(database, found))


FLOW_HEAD = (
    *("engine", "ms/process", "middle half", "x raw", "x ours"),
    *("processor x raw", "x ours", "statements", "+ framing"),
)
RATIOS = ("vs_raw", "vs_ours", "processor_vs_raw", "processor_vs_ours")
FIGURES_HEAD = ("figure", "value", "target", "")


def flow_rows(flow: Mapping[str, Any]) -> list[Sequence[str]]:
    return [
        (
            row["title"],
            f"{row['ms']:.2f}",
            "{:.2f} to {:.2f}".format(*row["spread"]),
            *(f"{row[ratio]:.2f}" if row[ratio] else "" for ratio in RATIOS),
            str(row["statements"]),
            f"+{row['framing']}",
        )
        for row in sorted(flow.values(), key=lambda row: row["ms"])
    ]


def per_event(flow: Mapping[str, Any]) -> str:
    counts = flow.get("ours", next(iter(flow.values())))
    listed = ", ".join(f"{event} {counts['per_event'][event]}" for event in EVENTS)
    return f"{counts['title']}: {listed}"


def figure_rows(database: str, found: Mapping[str, float]) -> list[Sequence[str]]:
    return [
        (target.metric, f"{figure:.2f}", target.words(database), word)
        for target, figure, word in figures.verdicts(database, found)
    ]


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Left-aligned text, right-aligned figures."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
