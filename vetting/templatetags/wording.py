"""Numbers, money and names as sentences print them."""

from collections.abc import Collection
from decimal import Decimal


def number(value: int | Decimal | None) -> str:
    """ "12,500"; nothing for None, so that `default` may speak."""
    return "" if value is None else f"{value:,}"


def dollars(value: int | Decimal | None) -> str:
    """ "$148,000"; with cents only where there are some: "$1,250.50"."""
    if value is None:
        return ""
    return f"${value:,.0f}" if value == int(value) else f"${value:,.2f}"


def period(value: object) -> str:
    """A name that ends a sentence: "Maple Street Learning, Inc." has its period already."""
    said = str(value).rstrip()
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


YEARS = ("PK", "K", *(str(number) for number in range(1, 13)))


def grades(names: Collection[str]) -> str:
    """ "K-5, 8"; what is no school year (Adults) stands at the end."""
    places = sorted(YEARS.index(name) for name in names if name in YEARS)
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    said = [_run(run) for run in runs] + [name for name in names if name not in YEARS]
    return ", ".join(said)


def in_grades(names: Collection[str]) -> str:
    """ "grade 7", "grades K-5"; "" for none."""
    return f"grade{'' if len(names) == 1 else 's'} {grades(names)}" if names else ""


def _run(run: list[int]) -> str:
    first, last = YEARS[run[0]], YEARS[run[-1]]
    return first if len(run) == 1 else f"{first}, {last}" if len(run) == 2 else f"{first}-{last}"
