"""The pages as rows of a table."""

from collections.abc import Mapping, Sequence

PAGES_HEAD = (
    *("page", "p50 ms", "p95 ms", "processor p50", "processor p95"),
    *("queries", "queries in the demo"),
)
TIMES = ("p50_ms", "p95_ms", "processor_p50_ms", "processor_p95_ms")


def page_rows(pages: Mapping[str, Mapping[str, float]]) -> list[Sequence[str]]:
    return [
        (
            name,
            # Measured before processors were asked, it leaves their columns empty.
            *(f"{found[time]:.0f}" if time in found else "" for time in TIMES),
            f"{found['queries']:.0f}",
            f"{found['queries_before']:.0f}",
        )
        for name, found in pages.items()
    ]
