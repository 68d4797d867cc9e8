"""From what was measured to the figures that have targets; arithmetic only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Measured = Mapping[str, Any]
EVENTS = 6
SWEEP = (
    *("sweep_vs_orm", "sweep_vs_orm_processor", "bare_rows_vs_orm"),
    *("sweep_us", "idle_tick_ms"),
)
POLICY = ("evaluate_ms",)
RECOMPUTE = (
    *("recompute_none_s", "recompute_some_s", "recompute_every_s"),
    "recompute_vs_bare",
)
PAGES = ("page_p95_ms", "page_queries", "pages_that_grow")


@dataclass(frozen=True, slots=True)
class Target:
    """`limits` per database; `most` where a small figure is the good one."""

    metric: str
    says: str
    limits: Mapping[str, float]
    most: bool = False
    unit: str = "x"

    def met(self, database: str, figure: float) -> bool | None:
        limit = self.limits.get(database)
        if limit is None:
            return None
        return figure <= limit if self.most else figure >= limit

    def words(self, database: str) -> str:
        limit = self.limits.get(database)
        if limit is None:
            return "no target"
        return f"{'at most' if self.most else 'at least'} {limit:g} {self.unit}".replace(" x", "x")


def both(limit: float) -> dict[str, float]:
    return {"sqlite": limit, "postgresql": limit}


TARGETS = (
    Target(
        "engine_vs_raw",
        "our six events against the raw driver's UPDATE + INSERT",
        {"sqlite": 15, "postgresql": 6},
        most=True,
    ),
    Target("floor_vs_raw", "our statements alone, sent by the driver, against raw", {}, most=True),
    Target(
        "engine_vs_naive",
        "viewflow + django-fsm + audit, as one writes it first, against ours",
        {"sqlite": 12, "postgresql": 6},
    ),
    Target("engine_vs_viewflow", "viewflow alone against ours", {}),
    Target("engine_vs_joeflow", "joeflow against ours", both(5)),
    Target("engine_vs_spiff", "SpiffWorkflow against ours", both(2)),
    Target("engine_vs_fsm", "django-fsm and an audit row, without any work list, against ours", {}),
    Target(
        "statements_per_event",
        "statements of ours per event, on average",
        {"sqlite": 10, "postgresql": 8},
        most=True,
        unit="",
    ),
    Target(
        "sweep_vs_orm",
        "one escalation row by row through the ORM against our sweep",
        {"sqlite": 25, "postgresql": 50},
    ),
    Target("sweep_vs_orm_processor", "the same by processor time, ours and the server's", {}),
    Target("bare_rows_vs_orm", "the same for the bare rows of a batch, the floor of any sweep", {}),
    Target("sweep_us", "our sweep per escalation", {}, most=True, unit="µs"),
    Target(
        "idle_tick_ms",
        "a sweep over a million deadlines when none is due",
        both(2),
        most=True,
        unit="ms",
    ),
    Target(
        "evaluate_ms",
        "one tool against every rule of every pack, in the state that takes longest",
        both(2),
        most=True,
        unit="ms",
    ),
    Target(
        "recompute_none_s",
        "all open dates of a district looked at, none moves (100,000; a fifth of them on SQLite)",
        {"postgresql": 10},
        most=True,
        unit="s",
    ),
    Target(
        "recompute_some_s",
        "the same, and a closure moves a twelfth of them",
        {"postgresql": 10},
        most=True,
        unit="s",
    ),
    Target(
        "recompute_every_s",
        "the same, and every one of them moves",
        {"postgresql": 10},
        most=True,
        unit="s",
    ),
    Target(
        "recompute_vs_bare",
        "that, against the bare UPDATE and INSERT of the same rows inside the database",
        {},
        most=True,
    ),
    Target(
        "page_p95_ms",
        "the slowest page's 95th percentile among the many cases",
        {"postgresql": 200},
        most=True,
        unit="ms",
    ),
    Target(
        "page_queries",
        "the most queries that a page needs there",
        {"postgresql": 12},
        most=True,
        unit="",
    ),
    Target(
        "pages_that_grow",
        "pages that need more queries there than in the demo",
        both(0),
        most=True,
        unit="",
    ),
)


def figures_of(measured: Measured) -> dict[str, float]:
    """{metric: value} of one database, as far as it was measured."""
    found: dict[str, float] = {}
    flow = measured.get("flow", {})
    if "ours" in flow:
        found["statements_per_event"] = flow["ours"]["statements"] / EVENTS
        if "raw" in flow:
            found["engine_vs_raw"] = flow["ours"]["vs_raw"]
            if "floor" in flow:
                found["floor_vs_raw"] = flow["floor"]["vs_raw"]
        for peer in ("naive", "viewflow", "joeflow", "spiff", "fsm"):
            if peer in flow:
                found[f"engine_vs_{peer}"] = flow[peer]["vs_ours"]
    parts = {"sweep": SWEEP, "scale": PAGES, "policy": POLICY, "recompute": RECOMPUTE}
    for part, metrics in parts.items():
        if part in measured:
            known = measured[part]
            found |= {metric: known[metric] for metric in metrics if metric in known}
    return {metric: round(figure, 3) for metric, figure in found.items()}


def verdicts(database: str, figures: Mapping[str, float]) -> list[tuple[Target, float, str]]:
    """Each figure with its target's word: met, not met, or nothing where there is none."""
    words = {True: "met", False: "NOT MET", None: ""}
    return [
        (target, figures[target.metric], words[target.met(database, figures[target.metric])])
        for target in TARGETS
        if target.metric in figures
    ]


def all_met(results: Mapping[str, Mapping[str, float]]) -> bool:
    return not any(
        word == "NOT MET"
        for database, figures in results.items()
        for _, _, word in verdicts(database, figures)
    )
