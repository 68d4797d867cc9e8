"""The tables of an agreement's page, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from contracts.agreements import queries
from contracts.agreements.models import Agreement, AgreementVersion, CoveredTool, Review
from contracts.library import rules as library
from vetting.pages import Fact
from vetting.templatetags.wording import dollars
from vetting.vault.models import StoredFile
from workflows.actors import Role
from workflows.ledger.queries import Happening
from workflows.lifecycles.agreement import BEFORE_SIGNATURE, DRAFTING, LEGAL_REVIEW, LIVE

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
    said = [getattr(row, name, "") for name in ("detail", "purpose")]
    return ": ".join(filter(None, said))


def versions_of(agreement: Agreement) -> list[VersionRow]:
    """Newest first, each with its files and everything that was said of it."""
    rows = queries.versions_of(agreement)
    return [
        VersionRow(v, v.pk == agreement.current_id, tuple(files_of(v)), tuple(v.reviews.all()))
        for v in rows
    ]


# What sends a text back with words about it; the words count until the next text, or until this
# one is sent again.
RETURNS = ("counter", "revise", "recall", "refuse", "signing_questioned")
OFFERED_ANEW = ("issue", "send")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed, in their own words."""

    sentence: str
    at: datetime
    note: str


def wishes_of(agreement: Agreement, history: Iterable[Happening]) -> list[Wish]:
    """What stands to be changed now, for whoever has the turn; `history` newest first."""
    if agreement.state not in BEFORE_SIGNATURE:
        return []
    recent = takewhile(lambda line: line.name not in OFFERED_ANEW, history)
    return [
        Wish(line.sentence, line.at, line.note)
        for line in recent
        if line.name in RETURNS and line.note
    ]


def reviewers_wishes(agreement: Agreement) -> list[Wish]:
    """What reviewers asked for on the newest text and have not taken back, until a next one."""
    if agreement.state not in (DRAFTING, LEGAL_REVIEW):
        return []
    newest = queries.versions_of(agreement)[:1]
    said = [row for last in newest for row in last.reviews.all() if row.voided_at is None]
    rows = [row for row in said if row.verdict == "changes"]
    return [Wish(f"{r.reviewer.user.name} asked for changes", r.given_at, r.comment) for r in rows]


def files_of(version: AgreementVersion) -> list[FileRow]:
    # Until the district's seal, and for ever where the text was taken back before it, the file
    # holds one signature only.
    agreement = version.agreement
    both = agreement.executed_at is not None and agreement.current_id == version.pk
    named = [
        ("Signed by both parties" if both else "Signed by the vendor", "signed", version.sealed),
        ("Certificate of signature", "certificate", version.certificate),
        (_label_of(version), "pdf", version.pdf),
        ("Word file", "document", version.document),
    ]
    return [FileRow(label, kind, stored) for label, kind, stored in named if stored]


def _label_of(version: AgreementVersion) -> str:
    """What the text is now: void, approved by everybody who must, or still in review."""
    if version.voided_at:
        return "Void text (PDF)"
    said = [r for r in version.reviews.all() if r.voided_at is None and r.verdict == "approved"]
    whole = {review.role for review in said} >= set(ROLES)
    return "Document as approved (PDF)" if whole else "Text not approved yet (PDF)"


def obligations_of(agreement: Agreement) -> list[Fact]:
    """What the text obliges both sides to, in the words of a school office."""
    frameworks = [library.FRAMEWORKS.get(slug, slug) for slug in agreement.exhibit_security]
    facts = [
        Fact("Security incident", f"notice within {agreement.breach_notice_hours} hours of "
             "confirming it"),
        Fact("Data at the end", f"returned or destroyed within {agreement.destruction_days} "
             "calendar days"),
        Fact("Audit", f"on {agreement.audit_notice_days} business days' notice"),
        Fact("Other companies that handle the data", _companies(agreement)),
        Fact("Security framework", "; ".join(frameworks) or _no_framework(agreement)),
        Fact("Starts on", _start(agreement)),
        Fact("Term", f"{agreement.term_months} months"),
        Fact("General offer (Exhibit E)", "made" if agreement.general_offer else "not made"),
    ]  # fmt: skip
    if agreement.board_acts_first or agreement.board_action_on:
        facts.append(Fact("Board", _board(agreement)))
    if agreement.amount is not None:
        facts.append(Fact("Amount", dollars(agreement.amount)))
    return facts


def _companies(agreement: Agreement) -> str:
    said = ", ".join(f"{one['name']} ({one['service']})" for one in agreement.subprocessors)
    none = "none, as the vendor states" if agreement.no_subprocessors else "nobody has said yet"
    return said or none


def _no_framework(agreement: Agreement) -> str:
    if not agreement.no_framework:
        return "not named yet"
    return f"none of those we know; in the vendor's words: {agreement.security_words}"


def _start(agreement: Agreement) -> str:
    start = agreement.effective_from
    return f"{start:%b} {start.day}, {start.year}" if start else "the day of the last signature"


def _board(agreement: Agreement) -> str:
    day = agreement.board_action_on
    if day is None:
        return "acts before anybody signs"
    return f"acted on {day:%b} {day.day}, {day.year}, item {agreement.board_item}"


@dataclass(frozen=True, slots=True)
class Beside:
    """Another agreement for the same tool, which may bear the same name."""

    agreement: Agreement
    words: str


def beside(agreement: Agreement) -> list[Beside]:
    return [Beside(one, _beside(agreement, one)) for one in queries.beside(agreement)]


def _beside(agreement: Agreement, other: Agreement) -> str:
    which = "An earlier" if other.pk < agreement.pk else "A later"
    if other.state not in LIVE:
        return f"{which} agreement for the same tool stands at “{other.shown_state}”"
    end = other.ends_on
    until = f" until {end:%b} {end.day}, {end.year}" if end else ""
    return f"{which} agreement for the same tool is in effect{until}"
