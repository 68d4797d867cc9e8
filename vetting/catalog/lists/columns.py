"""Which column is what: by what its heading says, or as the person says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vetting.catalog.lists.sheets import TITLES, Row, Unreadable
from vetting.catalog.rules import fold

IGNORE = "ignore"

# What districts call their columns, the clearest name first.
FIELDS: dict[str, tuple[str, ...]] = {
    "tool": (
        *("tool", "tool name", "product", "product name", "app", "app name", "application"),
        *("application name", "software", "software name", "digital tool", "resource"),
        *("resource name", "program", "program name", "service", "service name", "name", "title"),
    ),
    "vendor": (
        *("vendor", "vendor name", "company", "company name", "provider", "provider name"),
        *("publisher", "developer", "supplier", "operator", "contractor", "manufacturer"),
    ),
    "website": (
        *("website", "web site", "web address", "url", "tool url", "product url", "app url"),
        *("site", "homepage", "home page", "link", "domain", "vendor url", "vendor website"),
    ),
    "data_elements": (
        *("data elements", "data element", "elements", "data collected", "student data collected"),
        *("data shared", "data types", "data fields", "student data", "pii collected", "pii"),
        "data",
    ),
    "contact_name": (
        *("contact name", "vendor contact", "vendor contact name", "contact person", "contact"),
        *("representative", "rep"),
    ),
    "contact_email": (
        *("contact email", "contact e mail", "vendor contact email", "vendor email"),
        *("email address", "email", "e mail"),
    ),
    "licenses": (
        *("licenses", "licences", "number of licenses", "of licenses", "license s"),
        *("license count", "license quantity", "seats", "quantity", "qty", "license", "licence"),
    ),
    "agreement_ends": (
        *("agreement ends", "agreement end date", "agreement expires", "dpa ends", "dpa expires"),
        *("dpa end date", "dpa expiration", "dpa expiration date", "contract end date"),
        *("contract ends", "contract end", "contract expires", "contract expiration"),
        *("expiration date", "expiration", "expires", "expires on", "expiry date", "expiry"),
        *("end date", "valid until", "ends", "renewal date"),
    ),
    "status": (
        *("status", "approval status", "dpa status", "agreement status", "privacy status"),
        *("vetting status", "approved"),
    ),
    "notes": ("notes", "note", "comments", "comment", "remarks"),
    "privacy_policy": (
        *("privacy policy", "privacy policy url", "privacy policy link", "privacy url"),
    ),
}

LABELS = {
    "tool": "Tool",
    "vendor": "Vendor",
    "website": "Web address",
    "data_elements": "Data elements",
    "contact_name": "Name of the contact",
    "contact_email": "E-mail of the contact",
    "licenses": "Licenses",
    "agreement_ends": "Agreement ends on",
    "status": "Status",
    "notes": "Notes",
    "privacy_policy": "Address of the privacy policy",
    IGNORE: "Ignore this column",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """`places`: field → column number; `headings` as they stand in the file."""

    header: Row
    places: Mapping[str, int]

    @property
    def headings(self) -> tuple[str, ...]:
        return self.header.cells

    @property
    def ignored(self) -> list[str]:
        used = set(self.places.values())
        return [name for n, name in enumerate(self.headings) if name and n not in used]

    def heading_of(self, field: str) -> str:
        return self.headings[self.places[field]]


@lru_cache
def _meanings() -> dict[str, tuple[str, int]]:
    return {
        name: (field, rank) for field, names in FIELDS.items() for rank, name in enumerate(names)
    }


def known_columns(cells: Sequence[str]) -> int:
    """How many headings of a row say something to us; 0 if none of them is the tool."""
    fields = {meaning[0] for cell in cells if (meaning := _meanings().get(fold(cell)))}
    return len(fields) if "tool" in fields else min(len(fields), 1)


def find_columns(rows: Sequence[Row], chosen: Mapping[str, str]) -> Columns:
    """The heading row near the top and what its columns are; `chosen`: heading → field.

    Raises Unreadable when no column is the tool, or a chosen one does not exist.
    """
    wanted = {fold(heading): _field(field) for heading, field in chosen.items()}
    top = rows[:TITLES]
    header = max(top, key=lambda row: (_chosen_in(row, wanted), known_columns(row.cells)))
    headings = {fold(cell) for cell in header.cells}
    for heading in chosen:
        if fold(heading) not in headings:
            listed = ", ".join(f"“{cell}”" for cell in header.cells if cell)
            raise Unreadable(f"There is no column “{heading}”. The columns are: {listed}.")
    places = _places(header, wanted)
    if "tool" not in places:
        listed = ", ".join(f"“{cell}”" for cell in header.cells if cell)
        raise Unreadable(
            f"No column looks like the name of the tool. The columns are: {listed}. "
            "Say which one it is (--map COLUMN=tool), or name that column “Tool”.",
            header.cells,
        )
    return Columns(header, places)


def _field(name: str) -> str:
    field = fold(name).replace(" ", "_")
    if field not in FIELDS and field != IGNORE:
        raise Unreadable(f"There is no field “{name}”. Fields: {', '.join(FIELDS)}, {IGNORE}.")
    return field


def _chosen_in(row: Row, wanted: Mapping[str, str]) -> int:
    return len({fold(cell) for cell in row.cells} & wanted.keys())


def _places(header: Row, wanted: Mapping[str, str]) -> dict[str, int]:
    """What the person chose first; then each field takes the column with its clearest name."""
    places: dict[str, int] = {}
    best: dict[str, int] = {}
    for number, cell in enumerate(header.cells):
        heading = fold(cell)
        if heading in wanted:
            places.setdefault(wanted[heading], number)
        elif heading in _meanings():
            field, rank = _meanings()[heading]
            if rank < best.get(field, 1000) and field not in wanted.values():
                places[field], best[field] = number, rank
    places.pop(IGNORE, None)
    return places
