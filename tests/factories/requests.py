"""Requests in every early state, made through the engine."""

from typing import Any

from tests.factories import catalog, people
from tests.factories.remembered import remembered
from vetting.catalog.models import DataElement, Tool
from vetting.people.models import District, Membership
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.commands import Approval
from vetting.requests.models import RequestedElement, Requester, ToolRequest
from workflows import engine


def tool(name: str = "Reading Ladder", website: str = "https://readingladder.com") -> Tool:
    return catalog.tool(name, of=catalog.vendor("Ladder Labs"), website=website)


def element(slug: str = "student-name") -> DataElement:
    """Loading the whole vocabulary is slow: once a test is enough."""
    return DataElement.objects.filter(slug=slug).first() or catalog.elements()[slug]


@remembered
def draft(
    *, by: Membership | None = None, at: District | None = None, **fields: Any
) -> ToolRequest:
    """A complete draft of ben's, ready to be sent; `fields` overwrite its own."""
    person = by or people.ben()
    where = at or person.district
    filled = {
        "tool_name": "Reading Ladder",
        "vendor_name": "Ladder Labs",
        "website": "https://readingladder.com",
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
        RequestedElement.objects.create(
            request=opened, element=element(), purpose="To greet the child"
        )
    return opened


@remembered
def in_triage(**fields: Any) -> ToolRequest:
    """Sent, its tool settled, not classified yet."""
    tool()
    return submit(draft(**fields))


def submit(request: ToolRequest) -> ToolRequest:
    asker = request.requesters.select_related("membership").get(how="pressed").membership
    return commands.submit_request(request, by=actor_of(asker)).request


@remembered
def in_screening(**fields: Any) -> ToolRequest:
    return commands.route(in_triage(**fields), path="contract", by=actor_of(people.sol()))


@remembered
def deciding(**fields: Any) -> ToolRequest:
    """On the path without student data: it needs neither a screening nor an agreement."""
    request = in_triage(**{"takes_student_data": False} | fields)
    return commands.route(request, path="exempt", attested=True, by=actor_of(people.pat()))


def approval(**fields: Any) -> Approval:
    """A full approval from today on."""
    full = {"kind": "full", "purpose": "Practice reading", "license": "free"}
    return Approval(**full | fields)


@remembered
def approved(**fields: Any) -> ToolRequest:
    return commands.decide_approve(
        deciding(**fields), approval=approval(), by=actor_of(people.ada())
    )
