"""The tables of an agreement's page, as plain values."""

from dataclasses import dataclass

from contracts.agreements.models import Agreement, AgreementVersion, CoveredTool, Review
from contracts.library import rules as library
from vetting.pages import Fact
from vetting.templatetags.wording import dollars
from vetting.vault.models import StoredFile
from workflows.actors import Role

ROLES = {Role.LEGAL.value: "Legal", Role.PRIVACY.value: "Privacy team"}


@dataclass(frozen=True, slots=True)
class Cell:
    """An element of one product: `taken`, and what for."""

    tool: str
    taken: bool
    purpose: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    category: str
    element: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    products: tuple[CoveredTool, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """One download; `kind` is its name in the address."""

    label: str
    kind: str
    stored: StoredFile


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: AgreementVersion
    current: bool
    files: tuple[FileRow, ...]
    reviews: tuple[Review, ...]

    @property
    def status(self) -> str:
        if self.version.voided_at:
            return "void"
        return "current" if self.current else "replaced"


def matrix_of(agreement: Agreement) -> Matrix:
    """Element by product: what Exhibit B lets each product take, and why."""
    products = tuple(agreement.products.all())
    taken = {p.pk: {row.element_id: row for row in p.schedule.all()} for p in products}
    elements = {row.element for p in products for row in p.schedule.all()}
    rows = tuple(
        MatrixRow(
            element.category,
            element.name,
            tuple(
                Cell(p.tool.name, element.pk in taken[p.pk], _why(taken[p.pk].get(element.pk)))
                for p in products
            ),
        )
        for element in sorted(elements, key=lambda e: e.position)
    )
    return Matrix(products, rows)


def _why(row: object) -> str:
    return getattr(row, "purpose", "") or ""


def versions_of(agreement: Agreement) -> list[VersionRow]:
    """Newest first, each with its files and everything that was said of it."""
    rows = agreement.versions.select_related("document", "pdf", "sealed", "certificate")
    rows = rows.prefetch_related("reviews__reviewer__user").order_by("-number")
    return [
        VersionRow(v, v.pk == agreement.current_id, tuple(files_of(v)), tuple(v.reviews.all()))
        for v in rows
    ]


def files_of(version: AgreementVersion) -> list[FileRow]:
    # Until the district's seal, and for ever where the text was taken back before it, the file
    # holds one signature only.
    agreement = version.agreement
    both = agreement.executed_at is not None and agreement.current_id == version.pk
    named = [
        ("Signed by both parties" if both else "Signed by the vendor", "signed", version.sealed),
        ("Certificate of signature", "certificate", version.certificate),
        ("Document as approved (PDF)", "pdf", version.pdf),
        ("Word file", "document", version.document),
    ]
    return [FileRow(label, kind, stored) for label, kind, stored in named if stored]


def obligations_of(agreement: Agreement) -> list[Fact]:
    """What the text obliges both sides to, in the words of a school office."""
    frameworks = [library.FRAMEWORKS.get(slug, slug) for slug in agreement.exhibit_security]
    facts = [
        Fact("Security incident", f"notice within {agreement.breach_notice_hours} hours of "
             "confirming it"),
        Fact("Data at the end", f"returned or destroyed within {agreement.destruction_days} "
             "calendar days"),
        Fact("Audit", f"on {agreement.audit_notice_days} business days' notice"),
        Fact("Security framework", "; ".join(frameworks) or "not named yet"),
        Fact("Term", f"{agreement.term_months} months"),
        Fact("General offer (Exhibit E)", "made" if agreement.general_offer else "not made"),
    ]  # fmt: skip
    if agreement.board_acts_first or agreement.board_action_on:
        facts.append(Fact("Board", _board(agreement)))
    if agreement.amount is not None:
        facts.append(Fact("Amount", dollars(agreement.amount)))
    return facts


def _board(agreement: Agreement) -> str:
    day = agreement.board_action_on
    if day is None:
        return "acts before anybody signs"
    return f"acted on {day:%b} {day.day}, {day.year}, item {agreement.board_item}"
