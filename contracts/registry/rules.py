"""What one public line says, put together from approvals and contracts, on plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from vetting.requests.rules import LICENSES

KINDS = {
    "full": "Approved",
    "pilot": "Approved as a pilot",
    "one_class": "Approved for one class",
    "provisional": "Approved for now",
    "continuity": "Kept in use until a date",
}


@dataclass(frozen=True, slots=True)
class Element:
    """A data element in lay words, with the reason it is taken."""

    category: str
    name: str
    lay_words: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Who may use it: empty schools or grades mean all of them."""

    kind: str
    schools: tuple[str, ...]
    grades: tuple[str, ...]
    purpose: str
    until: date | None

    @property
    def words(self) -> str:
        return f"{KINDS[self.kind]}: {self.where}"

    @property
    def where(self) -> str:
        where = ", ".join(self.schools) if self.schools else "All schools"
        named = "grade" if len(self.grades) == 1 else "grades"
        which = f"{named} {', '.join(self.grades)}" if self.grades else "all grades"
        return f"{where}, {which}"


@dataclass(frozen=True, slots=True)
class Contract:
    """The signed agreement a line rests on; `sha256` is that of the signed file."""

    code: str
    title: str
    vendor: str
    starts: date | None
    ends: date | None
    sha256: str
    has_certificate: bool
    products: tuple[str, ...] = ()
    # What its schedule of data lets the vendor take for the tool of the line.
    elements: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """One approved request, as the registry reads it."""

    tool: str
    scope: Scope
    conditions: tuple[str, ...]
    license: str
    approved_on: date
    elements: tuple[Element, ...]
    contract: Contract | None


@dataclass(frozen=True, slots=True)
class Line:
    """One tool of the public list: all its approvals on one line, the earliest expiry shown."""

    code: str
    name: str
    vendor: str
    website: str
    domain: str
    approvals: tuple[Approval, ...] = field(default=())

    @property
    def approved_on(self) -> date:
        return min(approval.approved_on for approval in self.approvals)

    @property
    def expires_on(self) -> date | None:
        """The earliest day on which an approval or its contract ends."""
        return min(_ends(self.approvals), default=None)

    @property
    def conditions(self) -> list[str]:
        """Each with the schools and grades it binds, where the approvals ask for different ones."""
        if len({approval.conditions for approval in self.approvals}) == 1:
            return list(self.approvals[0].conditions)
        bound = (f"{a.scope.where}: {said}" for a in self.approvals for said in a.conditions)
        return list(dict.fromkeys(bound))

    @property
    def elements(self) -> list[Element]:
        by_name = {(e.category, e.name): e for a in self.approvals for e in a.elements}
        return list(by_name.values())

    @property
    def contract(self) -> Contract | None:
        return next((a.contract for a in self.approvals if a.contract), None)

    @property
    def licenses(self) -> list[str]:
        words = (LICENSES.get(approval.license, "") for approval in self.approvals)
        return list(dict.fromkeys(word for word in words if word))


def _ends(approvals: Iterable[Approval]) -> Iterable[date]:
    for approval in approvals:
        if approval.scope.until:
            yield approval.scope.until
        if approval.contract and approval.contract.ends:
            yield approval.contract.ends


def still_stands(
    *, kind: str, until: date | None, exempt: bool, contract: Contract | None, today: date
) -> bool:
    """An approval shows only while its dates hold and its basis stands, whatever the sweep did."""
    if until is not None and until < today:
        return False
    dated_exception = kind != "full" and until is not None
    return exempt or contract is not None or dated_exception


def matching(lines: Sequence[Line], text: str, *, school: str = "", grade: str = "") -> list[Line]:
    """The lines that a visitor's search asks for: words in any order, a school, a grade."""
    words = text.casefold().split()
    return [
        line
        for line in lines
        if all(word in _searchable(line) for word in words)
        and any(_fits(approval.scope, school, grade) for approval in line.approvals)
    ]


def _searchable(line: Line) -> str:
    return f"{line.name} {line.vendor} {line.domain}".casefold()


def _fits(scope: Scope, school: str, grade: str) -> bool:
    in_school = not school or not scope.schools or school in scope.schools
    return in_school and (not grade or not scope.grades or grade in scope.grades)


COLUMNS = (
    *("code", "name", "vendor", "domain", "data_elements", "conditions", "approved_on"),
    *("expires_on", "scope", "license", "agreement_url", "agreement_sha256"),
)


def record(line: Line, agreement_url: str) -> dict[str, object]:
    """A line as open data; the names and their order are COLUMNS, and they stay."""
    contract = line.contract
    return {
        "code": line.code,
        "name": line.name,
        "vendor": line.vendor,
        "domain": line.domain,
        "data_elements": [f"{e.category}: {e.name}" for e in line.elements],
        "conditions": line.conditions,
        "approved_on": line.approved_on.isoformat(),
        "expires_on": line.expires_on.isoformat() if line.expires_on else None,
        "scope": [approval.scope.words for approval in line.approvals],
        "license": line.licenses,
        "agreement_url": agreement_url if contract else None,
        "agreement_sha256": contract.sha256 if contract else None,
    }


def flat(values: dict[str, object]) -> list[str]:
    """A record as a row of CSV: lists are joined, and no cell can start a formula."""
    return [_cell(values[name]) for name in COLUMNS]


def _cell(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    # A spreadsheet runs a cell that begins with one of these signs.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
