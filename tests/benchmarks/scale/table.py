"""The pages as rows of a table."""

from collections.abc import Mapping, Sequence

PAGES_HEAD = ("page", "p50 ms", "p95 ms", "queries", "queries in the demo")


def page_rows(pages: Mapping[str, Mapping[str, float]]) -> list[Sequence[str]]:
    return [
        (
            name,
            f"{found['p50_ms']:.0f}",
            f"{found['p95_ms']:.0f}",
            f"{found['queries']:.0f}",
            f"{found['queries_before']:.0f}",
        )
        for name, found in pages.items()
    ]
