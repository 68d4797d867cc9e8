"""What a document needs to be filled: the contract between a template and the room that fills it.

``DpaFields`` and ``CertificateFields`` name every field; ``context_of(fields)`` makes the dict for
``papers.rendering.render``; ``schema_of(type)`` is the set of dotted paths that a template of that
kind may use; ``blanks(fields)`` says in sentences what still has to be filled in before issue.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date
from types import NoneType
from typing import Any, Union, get_args, get_origin, get_type_hints

from vetting.letters import reason_not_printed

# What heads a document and stands at the foot of its pages.
TITLES = {
    "dpa": "Student Data Privacy Agreement",
    "certificate": "Certificate of signature",
}
FRAMEWORKS = {
    "nist-csf": "NIST Cybersecurity Framework 2.0",
    "nist-800-53": "NIST SP 800-53, security and privacy controls",
    "nist-800-171": "NIST SP 800-171, controlled unclassified information",
    "iso-27001": "ISO/IEC 27001, information security management",
    "cis": "CIS Critical Security Controls",
    "soc-2": "SOC 2 Type II, independent report",
    "scf": "Secure Controls Framework",
    "cmmc": "Cybersecurity Maturity Model Certification",
}
EXHIBIT_A = "Exhibit A: which services does the agreement cover?"
EXHIBIT_F = "Exhibit F: what the vendor does instead"
REQUIRED, OPTIONAL, NOT_COLLECTED = "Required", "Optional", "—"


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Party:
    """The District or the Provider, with the contact for notices and the person who signs."""

    name: str
    address: str
    contact_name: str
    contact_email: str
    contact_phone: str
    signer: Signer


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    website: str
    description: str


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One element of Exhibit B. List every kind of data in the vocabulary, collected or not."""

    category: str
    element: str
    collected: bool
    purpose: str = ""
    need: str = NOT_COLLECTED


@dataclass(frozen=True, slots=True)
class Framework:
    name: str
    followed: bool


@dataclass(frozen=True, slots=True)
class Security:
    """Exhibit F. ``remarks`` None leaves the paragraph out."""

    frameworks: tuple[Framework, ...]
    contact_name: str
    contact_email: str
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class Subprocessor:
    name: str
    service: str
    place: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Exhibit E. ``email`` is given when the offer is made; ``until`` None: to the end."""

    made: bool = False
    email: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """``effective_on`` None: from the last signature. No end and no months: evergreen."""

    breach_notice_hours: int
    destruction_days: int
    audit_notice_days: int
    effective_on: date | None = None
    ends_on: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class DpaFields:
    """Everything that templates/docx/dpa.docx prints. ``jurisdiction`` has two letters."""

    title: str
    code: str
    jurisdiction: str
    state_name: str
    district: Party
    vendor: Party
    services: str
    products: tuple[Product, ...]
    schedule: tuple[ScheduleRow, ...]
    security: Security
    terms: Terms
    offer: Offer = Offer()
    subprocessors: tuple[Subprocessor, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedParty:
    name: str


@dataclass(frozen=True, slots=True)
class SignedFile:
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Times are text with their zone; ``email`` is masked; ``network`` says what was noted."""

    role: str
    name: str
    title: str
    email: str
    method: str
    consented_at: str
    signed_at: str
    network: str


@dataclass(frozen=True, slots=True)
class CertificateFields:
    """Everything that templates/docx/certificate.docx prints. ``title`` heads the page;
    ``agreement`` is the agreement's own title; ``timestamp`` says whose clock gave the times;
    ``verification`` says where and how anybody can check the file."""

    title: str
    agreement: str
    code: str
    completed_at: str
    district: NamedParty
    vendor: NamedParty
    documents: tuple[SignedFile, ...]
    signers: tuple[SignedBy, ...]
    timestamp: str
    verification: str


# Fields that a district's own template may leave out: they print only under a condition.
MAY_BE_UNUSED = frozenset(
    {"jurisdiction", "offer.made", "offer.email", "offer.until", "security.remarks"}
    | {"subprocessors[].name", "subprocessors[].service", "subprocessors[].place"}
    | {"terms.effective_on", "terms.ends_on", "terms.months"}
)
FIELDS_OF_KIND: dict[str, type] = {"dpa": DpaFields, "certificate": CertificateFields}


def context_of(values: DpaFields | CertificateFields) -> dict[str, object]:
    return asdict(values)


def schema_of(kind: type, prefix: str = "") -> set[str]:
    """The leaves of a fields class: {"vendor.signer.name", "schedule[].element", …}."""
    found: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        found |= _leaves(hint, f"{prefix}{name}")
    return found


def _leaves(hint: Any, path: str) -> set[str]:
    if get_origin(hint) is tuple:
        return _leaves(get_args(hint)[0], f"{path}[]")
    nested = isinstance(hint, type) and is_dataclass(hint)
    return schema_of(hint, f"{path}.") if nested else {path}


def blank_paths(values: Any) -> list[str]:
    """Where a text is empty that must not be, as schema_of names it ("schedule[].purpose")."""
    return [re.sub(r" \d+, ", "[].", where) for where in _blanks(values, "")]


def blanks(values: Any, path: str = "") -> list[str]:
    """A sentence for each text that is empty though its type does not allow None."""
    return [f"The agreement needs {where.replace('_', ' ')}." for where in _blanks(values, path)]


def _blanks(values: Any, path: str) -> Iterator[str]:
    hints = get_type_hints(type(values))
    for field in fields(values):
        value, where = getattr(values, field.name), f"{path}{field.name}"
        optional = get_origin(hints[field.name]) is Union or NoneType in get_args(hints[field.name])
        if is_dataclass(value):
            yield from _blanks(value, f"{where}.")
        elif isinstance(value, tuple):
            for n, each in enumerate(value, 1):
                yield from _blanks(each, f"{where} {n}, ")
        elif _is_blank(value) and not optional and not _row_may_be_empty(values, field.name):
            yield where


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _row_may_be_empty(values: Any, name: str) -> bool:
    return isinstance(values, ScheduleRow) and name == "purpose" and not values.collected


def frameworks_from(slugs: Iterable[str]) -> tuple[Framework, ...]:
    """Exhibit F from the stored slugs, all frameworks listed; an unknown slug raises KeyError."""
    chosen = {FRAMEWORKS[slug] for slug in slugs}
    return tuple(Framework(name, name in chosen) for name in FRAMEWORKS.values())


def use_in_words(tool: str) -> str:
    return f"What is {tool} used for?"


def texts_of(fields: DpaFields) -> Iterator[tuple[str, str]]:
    """What people typed and the document prints, each with the place where it can be mended."""
    yield EXHIBIT_A, fields.services
    for product in fields.products:
        yield f"the catalog, {product.name}", f"{product.name} {product.website}"
        yield f"Exhibits: {use_in_words(product.name)}", product.description
    for row in fields.schedule:
        yield f"Exhibit B: {row.element}", f"{row.element} {row.purpose}"
    yield EXHIBIT_F, fields.security.remarks or ""
    for where, party in (("Settings, District", fields.district), ("the vendor", fields.vendor)):
        said = (
            party.name,
            party.address,
            party.contact_name,
            party.signer.name,
            party.signer.title,
        )
        yield where, " ".join(said)


def reasons_not_printed(texts: Iterable[tuple[str, str]]) -> list[str]:
    return [why for where, text in texts if (why := reason_not_printed(text, where))]
