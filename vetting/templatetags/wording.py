"""Numbers, money and names as sentences print them."""

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
