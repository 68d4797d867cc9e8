"""docs/benchmarks.md: every figure with what it says, how it came about, and how to repeat it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import figures, report
from tests.benchmarks.kept import FILE
from tests.benchmarks.report import FLOW_HEAD, TITLES, flow_rows, markdown
from tests.benchmarks.scale.table import PAGES_HEAD, page_rows

TEXT = Path(__file__).with_name("words.md")
PAGE = FILE.with_suffix(".md")


def write(known: Mapping[str, Mapping[str, Any]]) -> None:
    words = TEXT.read_text(encoding="utf-8")
    filled = words.replace("{{figures}}", _figures(known))
    for part, draw in DRAWN.items():
        tables = "\n\n".join(_tables(known, part, draw)) or "Not measured yet."
        filled = filled.replace(f"{{{{{part}}}}}", tables)
    PAGE.write_text(filled, encoding="utf-8")


def _figures(known: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        (
            f"`{target.metric}`", TITLES[database], f"{figure:.2f}".rstrip("0").rstrip("."),
            target.words(database), word, target.says,
        )
        for database in TITLES
        if database in known
        for target, figure, word in figures.verdicts(
            database, figures.figures_of(known[database])
        )
    ]  # fmt: skip
    return markdown(("figure", "database", "value", "target", "", "what it compares"), rows)


def _tables(known: Mapping[str, Mapping[str, Any]], part: str, draw: Any) -> Iterable[str]:
    for database, title in TITLES.items():
        found = known.get(database, {}).get(part)
        if found:
            yield f"**{title} {found['versions']['server']}** {_where(found)}\n\n{draw(found)}"


def _where(found: Mapping[str, Any]) -> str:
    machine, versions = found["machine"], found["versions"]
    return (
        f"(measured {machine['at']} UTC, load {machine['load']} before the run, "
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB, "
        f"Python {versions['python']}, Django {versions['django']})"
    )


def _flow(found: Mapping[str, Any]) -> str:
    flow = {name: row for name, row in found.items() if "per_event" in row}
    return markdown(FLOW_HEAD, flow_rows(flow)) + f"\n\nStatements: {report.per_event(flow)}."


def _sweep(found: Mapping[str, Any]) -> str:
    ways = {
        "floor": "the bare rows of a batch, 3,000 due: the floor",
        "sweep": f"ours, {found['due']:,} due at once",
        "orm": f"row by row through the ORM, {found['sample']} due",
    }
    rows = [_way(found, way, title) for way, title in ways.items() if f"{way}_us" in found]
    idle = f"{found['idle_tick_ms']:.2f} ms over {found['deadlines']:,} deadlines"
    return markdown(SWEEP_HEAD, rows) + f"\n\nA sweep that finds nothing due: {idle}."


SWEEP_HEAD = ("way", "µs per escalation", "times ours", "processor µs", "times ours")


def _way(found: Mapping[str, Any], way: str, title: str) -> tuple[str, ...]:
    """A measurement of before processors were asked leaves their two columns empty."""
    cells = []
    for unit in ("us", "processor_us"):
        mine, ours = found.get(f"{way}_{unit}"), found.get(f"sweep_{unit}")
        cells += [f"{mine:.0f}", f"{mine / ours:.1f}"] if mine and ours else ["", ""]
    return title, *cells


def _policy(found: Mapping[str, Any]) -> str:
    return (
        f"{found['rules']} rules in {found['packs']} packs, one tool in each of "
        f"{found['states']} states: {found['median_ms']:.2f} ms of processor time in the middle, "
        f"{found['evaluate_ms']:.2f} ms in {found['slowest']}, which takes longest; "
        f"{found['json_ms']:.2f} ms more to write it as JSON."
    )


def _recompute(found: Mapping[str, Any]) -> str:
    titles = {
        "none": "all looked at, none moved",
        "preview": "the preview of a closure",
        "some": f"that closure: {found['some']:,} moved",
        "every": "another amount of every step and of every rule: all moved",
        "floor": "the bare rows of that",
    }
    rows = [_recomputed(found, name, title) for name, title in titles.items()]
    return f"{found['dates']:,} open dates.\n\n" + markdown(RECOMPUTE_HEAD, rows)


RECOMPUTE_HEAD = ("what", "processor s", "µs per date", "s on the clock")


def _recomputed(found: Mapping[str, Any], name: str, title: str) -> tuple[str, ...]:
    way, dates = found["ways"][name], found["dates"]
    used = way["processor_s"]
    return title, f"{used:.2f}", f"{used * 1e6 / dates:.0f}", f"{way['s']:.2f}"


def _scale(found: Mapping[str, Any]) -> str:
    size = f"{found['cases']:,} cases, {found['tasks']:,} tasks"
    return f"{size}, poured in {found['fill_s']:.0f} s.\n\n" + markdown(
        PAGES_HEAD, page_rows(found["pages"])
    )


DRAWN = {
    "flow": _flow,
    "sweep": _sweep,
    "scale": _scale,
    "policy": _policy,
    "recompute": _recompute,
}
