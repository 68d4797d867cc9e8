"""From a file to checked lines, all of it before anything is written; on plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vetting.catalog.lists import cells
from vetting.catalog.lists.cells import Wrong
from vetting.catalog.lists.columns import Columns, find_columns, known_columns
from vetting.catalog.lists.sheets import Row, read_sheet
from vetting.reference import Loaded


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line and what to do; `column` is the heading, or "" for the line."""

    line: int
    column: str
    says: str

    def __str__(self) -> str:
        where = f"Line {self.line}, column “{self.column}”" if self.column else f"Line {self.line}"
        return f"{where}: {self.says}"


@dataclass(frozen=True, slots=True)
class Line:
    """One tool as the list tells of it; `elements` are slugs of data elements."""

    line: int
    tool: str
    vendor: str = ""
    website: str = ""
    privacy_policy: str = ""
    elements: tuple[str, ...] = ()
    contact_name: str = ""
    contact_email: str = ""
    licenses: int | None = None
    unlimited: bool = False
    agreement_ends: date | None = None
    status: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: lines without fault, faults, and what was made of the columns."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    columns: Columns
    encoding: str
    delimiter: str

    @property
    def count(self) -> int:
        return len(self.lines) + len({fault.line for fault in self.faults})


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with faults or as a dry run would have done; `wrote` tells which."""

    reading: Reading
    loaded: Loaded
    repeated: tuple[int, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    wrote: bool


def read_list(
    data: bytes, *, chosen: Mapping[str, str] | None = None, date_order: str = ""
) -> Reading:
    """Read a whole list. Raises Unreadable when the file, not a line of it, is the matter."""
    sheet = read_sheet(data, known_columns)
    columns = find_columns(sheet.rows, chosen or {})
    lines, faults = [], []
    for row in sheet.rows:
        if row.line > columns.header.line:
            line, wrong = _line(row, columns, date_order)
            faults += wrong
            if not wrong:
                lines.append(line)
    return Reading(tuple(lines), tuple(faults), columns, sheet.encoding, sheet.delimiter)


def _line(row: Row, columns: Columns, date_order: str) -> tuple[Line, list[Fault]]:
    width = len(columns.headings)
    if any(row.cells[width:]):
        says = (
            f"It has {len(row.cells)} cells, the heading has {width}. Perhaps a text with a comma "
            "stands without quotation marks."
        )
        return Line(row.line, ""), [Fault(row.line, "", says)]
    found: dict[str, Any] = {}
    faults = []
    for field, place in sorted(columns.places.items(), key=lambda item: item[1]):
        text = row.cells[place] if place < len(row.cells) else ""
        try:
            found |= _value(field, text, date_order)
        except Wrong as wrong:
            faults.append(Fault(row.line, columns.heading_of(field), str(wrong)))
    return Line(row.line, **{"tool": "", **found}), faults


def _value(field: str, text: str, date_order: str) -> dict[str, Any]:
    if field == "tool":
        name = cells.short(text, 160)
        if not name:
            raise Wrong("The name of the tool is missing. Write it or delete the line.")
        return {"tool": name}
    if field == "licenses":
        number, unlimited = cells.licenses(text)
        return {"licenses": number, "unlimited": unlimited}
    if field == "agreement_ends":
        return {"agreement_ends": cells.day(text, date_order)}
    name, read = READERS[field]
    return {name: read(text)}


def _text(limit: int) -> Callable[[str], str]:
    return lambda text: "" if cells.is_nothing(text) else cells.short(text, limit)


READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "vendor": ("vendor", _text(160)),
    "website": ("website", cells.website),
    "privacy_policy": ("privacy_policy", cells.website),
    "data_elements": ("elements", cells.elements),
    "contact_name": ("contact_name", _text(160)),
    "contact_email": ("contact_email", cells.email),
    "status": ("status", _text(80)),
    "notes": ("notes", str.strip),
}
