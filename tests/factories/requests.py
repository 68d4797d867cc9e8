"""Requests in every early state, made through the engine."""

from datetime import date
from typing import Any

from django.utils import timezone

from tests.factories import people
from vetting.catalog.models import DataElement, Tool, Vendor
from vetting.people.models import District, Membership
from vetting.people.queries import actor_of
from vetting.requests.models import RequestedElement, Requester, ToolRequest
from workflows import engine

TODAY = date(2026, 11, 9)


def tool(name: str = "Reading Ladder", *, domain: str = "", vendor: str = "Ladder Labs") -> Tool:
    company, _ = Vendor.objects.get_or_create(key=vendor.casefold(), defaults={"name": vendor})
    found, _ = Tool.objects.get_or_create(
        vendor=company,
        key=name.casefold(),
        defaults={"name": name, "domain": domain or f"{name.casefold().replace(' ', '')}.example"},
    )
    return found


def element(
    slug: str = "first-name", *, about: str = "student", sensitivity: int = 1
) -> DataElement:
    """One row of the vocabulary, whether or not the catalog's own rows are loaded."""
    return DataElement.objects.get_or_create(
        slug=slug,
        defaults={
            "category_number": 90,
            "category": "Test",
            "name": slug.replace("-", " ").capitalize(),
            "lay_words": slug.replace("-", " "),
            "about": about,
            "sensitivity": sensitivity,
        },
    )[0]


def draft(
    *, by: Membership | None = None, at: District | None = None, **fields: Any
) -> ToolRequest:
    """A complete draft of ben's, ready to be sent; `fields` overwrite its own."""
    person = by or people.ben()
    where = at or person.district
    filled = {
        "tool_name": "Reading Ladder",
        "vendor_name": "Ladder Labs",
        "website": "https://readingladder.example",
        "purpose": "Practice reading at home",
        "grades": ["3", "4"],
        "student_count": 50,
        "under_13": True,
        "takes_student_data": True,
    } | fields
    actor = actor_of(person)
    opened = engine.open_case(ToolRequest, tenant=where.tenant, by=actor, district=where, **filled)
    asker = Requester.objects.create(request=opened, membership=person, how="pressed")
    asker.schools.add(person.school or people.school(at=where))
    if opened.takes_student_data and opened.form == "tool":
        RequestedElement.objects.create(request=opened, element=element())
    return opened


def in_triage(**fields: Any) -> ToolRequest:
    """Sent, its tool settled, not classified yet."""
    return submit(draft(**{"tool": tool(), "matches_settled": True} | fields))


def submit(request: ToolRequest) -> ToolRequest:
    asker = request.requesters.select_related("membership").get(how="pressed").membership
    return engine.perform(request, "submit", by=actor_of(asker))


def in_screening(**fields: Any) -> ToolRequest:
    request = in_triage(**{"relationship": "contract"} | fields)
    return engine.perform(request, "route_contract", by=actor_of(people.sol()))


def deciding(**fields: Any) -> ToolRequest:
    """On the path without student data: it needs neither a screening nor an agreement."""
    exempt = {"takes_student_data": False, "relationship": "exempt", "exempt_attested": True}
    request = in_triage(**exempt | fields)
    return engine.perform(request, "route_exempt", by=actor_of(people.pat()))


def decision(**fields: Any) -> dict[str, Any]:
    """The arguments of a full approval from today on."""
    today = timezone.localdate()
    full = {"kind": "full", "on": today, "purpose": "Practice reading", "license": "free"}
    return full | fields


def approved(**fields: Any) -> ToolRequest:
    request = deciding(**fields)
    return engine.perform(request, "approve", by=actor_of(people.ada()), given=decision())
