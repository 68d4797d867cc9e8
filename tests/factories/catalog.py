"""An invented vendor, its contact dee, its tool, and the vocabulary of data elements."""

from vetting.catalog import commands
from vetting.catalog.elements import load_elements
from vetting.catalog.models import Contact, DataElement, Tool, Vendor
from workflows.actors import Actor, system

BY: Actor = system("tests")


def vendor(name: str = "Quillwork Learning, Inc.") -> Vendor:
    return commands.add_vendor(name=name, by=BY)


def dee(at: Vendor | None = None) -> Contact:
    """Who signs for the vendor."""
    return commands.add_contact(
        vendor=at or vendor(),
        name="Dee Vance",
        email="dee@quillwork.example",
        title="Privacy counsel",
        signs=True,
        by=BY,
    )


def tool(
    name: str = "Quillwork", *, of: Vendor | None = None, website: str = "https://quillwork.com"
) -> Tool:
    maker = (of or vendor()).name
    return commands.resolve_tool(name=name, vendor=maker, website=website, by=BY).tool


def elements() -> dict[str, DataElement]:
    """The whole vocabulary by slug ("student-name", "none", "staff-email", …)."""
    load_elements()
    return {element.slug: element for element in DataElement.objects.all()}
