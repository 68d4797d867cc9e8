"""The pages in the demo's district, then in the same district with a hundred thousand cases."""

import argparse
import sys
from time import perf_counter
from typing import Any

from contracts.demo.seeding import seed
from tests.benchmarks.scale.filling import fill
from tests.benchmarks.scale.pages import measure as measure_pages

FEW = 8  # turns in the demo, of which only the queries are counted
Figures = dict[str, dict[str, float]]


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    seed(stdout=sys.stderr)
    small = measure_pages(turns=FEW)
    began = perf_counter()
    fill(chosen.cases, chosen.tasks)
    filled = perf_counter() - began
    large = measure_pages()
    pages = {
        name: {**found, "queries_before": most_asked(small, name)} for name, found in large.items()
    }
    return {
        "cases": chosen.cases,
        "tasks": chosen.tasks,
        "fill_s": filled,
        "pages": pages,
        "page_p95_ms": max(found["p95_ms"] for found in pages.values()),
        "page_queries": max(found["queries"] for found in pages.values()),
        "pages_that_grow": len(growing(pages)),
    }


def most_asked(pages: Figures, name: str) -> float:
    """By the pages of one list ("requests: all", …): what stands on a page decides what it asks."""
    kind = name.partition(":")[0]
    return max(
        found["queries"] for other, found in pages.items() if other.partition(":")[0] == kind
    )


def growing(pages: Figures) -> list[str]:
    return [name for name, found in pages.items() if found["queries"] > found["queries_before"]]
