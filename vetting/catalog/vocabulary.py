"""The starting vocabulary of data elements (domain.md 3.4 and a 25th category), from its file."""

import csv
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("elements.csv")


@lru_cache
def vocabulary() -> tuple[dict[str, str], ...]:
    """The file's rows in order; `also` holds other names, separated by "|"."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(row | {"position": str(place)} for place, row in enumerate(rows, start=1))
