"""Taking a district's list over: all of it or nothing, and a second time nothing at all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from vetting.catalog import commands as catalog
from vetting.catalog import rules
from vetting.catalog.elements import load_elements
from vetting.catalog.lists.queries import Looked
from vetting.catalog.lists.rules import Fault, Line, Reading, Report, read_list
from vetting.catalog.models import DataElement, Listing, Tool, ToolData, Vendor
from vetting.catalog.relying import others_rely_on
from vetting.people.commands import note_change
from vetting.people.commands.record import must_administer
from vetting.people.models import District
from vetting.reference import Loaded
from workflows.actors import Actor

LISTED = ("licenses", "unlimited", "agreement_ends", "notes")


class Catalog(Protocol):
    """Where a list is taken to: the tables, or what was read of them for a look."""

    @property
    def vendors(self) -> list[Vendor]: ...
    def tool_of(self, line: Line) -> tuple[Tool, bool]: ...
    def describe(self, tool: Tool, fields: dict[str, Any]) -> None: ...
    def takes(self, tool: Tool, slugs: tuple[str, ...]) -> bool: ...
    def meets(self, tool: Tool, line: Line) -> bool: ...
    def lists(self, tool: Tool, wanted: dict[str, Any]) -> str: ...


class Written:
    """The tables; inside a transaction that holds the catalog."""

    def __init__(self, district: District, by: Actor) -> None:
        catalog.take_catalog()
        load_elements()
        self._district, self._by = district, by
        self._elements = {element.slug: element for element in DataElement.objects.all()}

    @property
    def vendors(self) -> list[Vendor]:
        return list(Vendor.objects.order_by("pk"))

    def tool_of(self, line: Line) -> tuple[Tool, bool]:
        return catalog.find_or_add_tool(
            name=line.tool, vendor=line.vendor, website=line.website, by=self._by
        )

    def describe(self, tool: Tool, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(tool, name, value)
        tool.domain = rules.domain_of(tool.website)
        tool.save(update_fields=[*fields, "domain"])

    def takes(self, tool: Tool, slugs: tuple[str, ...]) -> bool:
        rows = [ToolData(tool=tool, element=self._elements[slug]) for slug in slugs]
        held = set(tool.data.values_list("element_id", flat=True)) if rows else set()
        missing = [row for row in rows if row.element_id not in held]
        ToolData.objects.bulk_create(missing)
        return bool(missing)

    def meets(self, tool: Tool, line: Line) -> bool:
        if tool.vendor.contacts.filter(email__iexact=line.contact_email).exists():
            return False
        catalog.add_contact(
            vendor=tool.vendor, name=line.contact_name, email=line.contact_email, by=self._by
        )
        return True

    def lists(self, tool: Tool, wanted: dict[str, Any]) -> str:
        listing = Listing.objects.filter(district=self._district, tool=tool).first()
        if listing and all(getattr(listing, name) == value for name, value in wanted.items()):
            return ""
        Listing.objects.update_or_create(
            district=self._district, tool=tool, defaults=wanted | {"imported_at": timezone.now()}
        )
        return "changed" if listing else "new"


@dataclass(slots=True)
class _Work:
    """One import under way, or one look at what it would do."""

    district: District
    seen: dict[int, Line] = field(default_factory=dict)
    new: int = 0
    changed: int = 0
    repeated: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


class _RollBackError(Exception):
    """Leaves the transaction without its writes."""


def import_list(
    *,
    district: District,
    data: bytes,
    chosen: Mapping[str, str] | None = None,
    date_order: str = "",
    dry_run: bool = False,
    by: Actor,
) -> Report:
    """Read a list and write it, or nothing where a line has a fault.

    A dry run takes the same way through what it has read of the catalog: it opens no transaction
    and keeps nobody waiting. Raises Unreadable and Refused.
    """
    must_administer(district, by)
    reading = read_list(data, chosen=chosen, date_order=date_order)
    work = _Work(district, faults=list(reading.faults))
    _take_all(reading, work, Looked(district))
    # Only what has something to write takes the catalog, and reads it once more under its lock.
    if dry_run or work.faults or not (work.new or work.changed):
        return _report(reading, work, wrote=False)
    work, wrote = _Work(district), False
    try:
        with transaction.atomic():
            _take_all(reading, work, Written(district, by))
            if work.faults:
                raise _RollBackError
            if work.new or work.changed:
                counts = {"new": work.new, "changed": work.changed, "lines": len(reading.lines)}
                digest = hashlib.sha256(data).hexdigest()
                note_change("list_imported", by=by, district=district, sha256=digest, **counts)
                wrote = True
    except _RollBackError:
        pass
    return _report(reading, work, wrote=wrote)


def _report(reading: Reading, work: _Work, *, wrote: bool) -> Report:
    same = len(work.seen) - work.new - work.changed
    return Report(
        reading,
        Loaded(work.new, work.changed, same),
        tuple(work.repeated),
        tuple(sorted(work.faults, key=lambda fault: fault.line)),
        tuple(sorted(work.warnings, key=lambda fault: fault.line)),
        wrote,
    )


def _take_all(reading: Reading, work: _Work, into: Catalog) -> None:
    known = {vendor.pk for vendor in into.vendors}
    for line in reading.lines:
        _take(line, work, into)
    _warn_of_near_vendors(known, work, into)


def _take(line: Line, work: _Work, into: Catalog) -> None:
    tool, new = into.tool_of(line)
    if (first := work.seen.get(tool.pk)) is not None:
        _repeat(first, line, work)
        return
    work.seen[tool.pk] = line
    # Every part is written, so no `or` between them.
    parts = [
        _facts(tool, line, work, into),
        into.takes(tool, line.elements),
        _contact(tool, line, work, into),
    ]
    said = {name: getattr(line, name) for name in LISTED}
    listed = into.lists(tool, said | {"status_said": line.status})
    if new or listed == "new":
        work.new += 1
    elif any(parts) or listed:
        work.changed += 1


def _repeat(first: Line, line: Line, work: _Work) -> None:
    """The same tool again: the same line twice is harmless, two different ones are a question."""
    said = {name: getattr(line, name) for name in (*LISTED, "status", "elements")}
    differing = [name for name, value in said.items() if getattr(first, name) != value]
    if differing:
        names = ", ".join(name.replace("_", " ") for name in differing)
        says = f"“{line.tool}” stands in line {first.line} too, with other {names}. Keep one."
        work.faults.append(Fault(line.line, "", says))
    else:
        work.repeated.append(line.line)


def _facts(tool: Tool, line: Line, work: _Work, into: Catalog) -> bool:
    """Web addresses. What another district relies on is not changed by this one's list."""
    wanted = {"website": line.website, "privacy_policy": line.privacy_policy}
    differing = {k: v for k, v in wanted.items() if v and v != getattr(tool, k)}
    if not differing:
        return False
    changes = any(getattr(tool, name) for name in differing)
    if changes and others_rely_on(tool, work.district):
        says = f"The catalog has another web address for “{tool.name}”: {tool.website}. It stays."
        work.warnings.append(Fault(line.line, "", says))
        return False
    into.describe(tool, differing)
    return True


def _contact(tool: Tool, line: Line, work: _Work, into: Catalog) -> bool:
    if not line.contact_email:
        if line.contact_name:
            says = f"{line.contact_name} has no e-mail address and was left out as a contact."
            work.warnings.append(Fault(line.line, "", says))
        return False
    return into.meets(tool, line)


def _warn_of_near_vendors(known: set[int], work: _Work, into: Catalog) -> None:
    """A vendor that this list added and that is nearly spelt like one before it."""
    vendors = into.vendors
    lines = {rules.fold_vendor(line.vendor): line.line for line in work.seen.values()}
    for place, vendor in enumerate(vendors):
        if vendor.pk in known:
            continue
        near = next((v for v in vendors[:place] if rules.nearly_spelt(v.key, vendor.key)), None)
        if near:
            says = (
                f"The vendor “{vendor.name}” looks like “{near.name}”. If they are one: "
                f'manage.py catalog merge "{vendor.name}" --into "{near.name}".'
            )
            work.warnings.append(Fault(lines.get(vendor.key, 0), "", says))
