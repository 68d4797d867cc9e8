"""Finding vendors, tools and data elements."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from vetting.catalog import rules
from vetting.catalog.models import Contact, DataElement, Listing, Tool, Vendor
from vetting.catalog.rules import Named
from vetting.people.models import District
from workflows.actors import names_of


@dataclass(frozen=True, slots=True)
class Match:
    """A tool that fits, 0 to 100; `listing` is this district's own line about it, if any."""

    tool: Tool
    score: float
    listing: Listing | None = None


def search_tools(district: District, text: str, *, limit: int = 12) -> list[Match]:
    """Tools by name, vendor or address, best first, forgiving of spelling; three queries."""
    if not text.strip():
        return []
    best = rules.ranked(text.strip(), known_tools(), limit=limit)
    found = _matches(best)
    listings = Listing.objects.filter(district=district, tool__in=[m.tool for m in found])
    mine = {listing.tool_id: listing for listing in listings} if found else {}
    return [Match(m.tool, m.score, mine.get(m.tool.pk)) for m in found]


def near_matches(
    *, name: str, website: str = "", but: Tool | None = None, limit: int = 5
) -> list[Match]:
    """Tools that a person might mean by this name or address, for triage to settle; two queries."""
    scores: dict[int, float] = {}
    key, domain = rules.fold(name), rules.domain_of(website)
    for tool in known_tools():
        score = rules.nearness(key, tool.key)
        if domain == tool.domain and rules.says_which_tool(domain):
            score = max(score, float(rules.SAME_NAME))
        if score >= rules.NEAR_NAME and (but is None or tool.pk != but.pk):
            scores[tool.pk] = max(score, scores.get(tool.pk, 0.0))
    return _matches(sorted(scores.items(), key=lambda row: -row[1])[:limit])


def known_tools() -> list[Named]:
    """Every tool as matching sees it, by name; one query, one row per vendor alias."""
    rows = Tool.objects.order_by("name", "pk").values_list(
        "pk", "key", "domain", "vendor__key", "vendor__aliases__key"
    )
    return [
        Named(pk, key, domain, tuple({s for row in group for s in row[3:] if s}))
        for (pk, key, domain), group in groupby(rows, key=lambda row: row[:3])
    ]


def vendor_named(name: str) -> Vendor | None:
    """The vendor by any spelling of its name."""
    key = rules.fold_vendor(name)
    by_name = Vendor.objects.filter(key=key).first()
    return by_name or Vendor.objects.filter(aliases__key=key).first()


def tool_for(code: str) -> Tool:
    """Raises Tool.DoesNotExist."""
    return Tool.objects.select_related("vendor").get(code=code)


def elements_by_category() -> list[tuple[str, list[DataElement]]]:
    """The whole vocabulary in its order; one query."""
    rows = DataElement.objects.order_by("position")
    return [(name, list(group)) for name, group in groupby(rows, key=lambda e: e.category)]


@names_of("contact")
def names_of_contacts(keys: list[str]) -> QuerySet[Any, Any]:
    numbers = [key for key in keys if key.isdecimal()]
    said = Concat("name", Value(" ("), "vendor__name", Value(")"))
    return Contact.objects.filter(pk__in=numbers).values_list("pk", said)


def _matches(best: Iterable[tuple[int, float]]) -> list[Match]:
    scores = dict(best)
    tools = Tool.objects.select_related("vendor").in_bulk(list(scores)) if scores else {}
    return [Match(tools[pk], score) for pk, score in scores.items()]
