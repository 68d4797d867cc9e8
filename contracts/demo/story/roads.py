"""The usual roads, so that a chapter says only what is its own."""

from typing import Any

from contracts.demo.chapters import Chapter
from contracts.demo.deals import Deal


def to_screened(
    chapter: Chapter, days: float, *, screener: str = "pat", buyer: str = "sol"
) -> Deal:
    """Sent, routed to a contract, screened; its agreement is being prepared. Takes 11 days."""
    chapter.send(chapter.asker, days).route(buyer, days - 2)
    chapter.screen(screener, days - 7).conclude(screener, days - 11)
    return Deal.of(chapter)


def to_vendor(deal: Deal, days: float, *, writer: str = "noor", **terms: Any) -> Deal:
    """Prepared, written, approved by counsel and privacy, sent. Takes 8 days."""
    deal.prepare(writer, days, **terms).write(writer, days - 1)
    deal.approve("cora", "pat", days - 5)
    return deal.offer("cora", days - 7)


def to_executed(deal: Deal, days: float) -> Deal:
    """Accepted and signed by both. Takes 12 days."""
    deal.accept(days)
    deal.vendor_signs(days - 6)
    return deal.district_signs("gwen", days - 9)
