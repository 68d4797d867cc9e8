"""From an agreement to the fields its document prints, and to the stored bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from contracts.agreements import queries, rules
from contracts.agreements.models import Agreement, CoveredTool, ScheduledElement
from contracts.library import rules as library
from contracts.papers import anchors, pdf, rendering, text
from contracts.signing import sealing
from vetting.catalog.models import Contact, DataElement, Tool, Vendor
from vetting.catalog.rules import element_words, named_together, site_of
from vetting.people.models import District, Membership
from vetting.policy.rules.states import state_name
from vetting.templatetags.wording import period
from vetting.vault import commands as vault
from vetting.vault.models import StoredFile
from workflows.prefetching import is_read

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in the vault: the Word file and the PDF made of it."""

    document: StoredFile
    pdf: StoredFile
    pages: int


def make_paper(agreement: Agreement, template: bytes) -> Paper:
    """Write the Word file and its PDF into the vault; no database lock is held meanwhile.

    Raises papers' errors (a missing field names itself, a refused template says why).
    """
    docx = rendering.render(template, library.context_of(fields_of(agreement)))
    name = f"{agreement.title} {agreement.case.code}"
    printed = _printed(docx, name_in_words(agreement))
    return Paper(
        vault.store(docx, name=f"{name}.docx", content_type=WORD),
        vault.store(printed, name=f"{name}.pdf", content_type="application/pdf"),
        text.page_count(printed),
    )


def title_of(agreement: Agreement) -> str:
    """What stands on the first page: the kind of paper it really is."""
    return library.TITLES.get(agreement.kind, agreement.get_kind_display())


def name_in_words(agreement: Agreement, paper: str = "") -> str:
    """ "Student Data Privacy Agreement: Harmonica (7KQ2)": the title a PDF reader shows."""
    return f"{paper or title_of(agreement)}: {agreement.title} ({agreement.case.code})"


def _printed(docx: bytes, title: str) -> bytes:
    """Printed twice: once to see where the words stand that mark a place to sign, once without."""
    marks = [slot.anchor for slot in sealing.BOTH_PARTIES]
    clean, marked = pdf.convert_all([anchors.without(docx, marks), docx])
    try:
        return sealing.with_places(clean, marked=marked, title=title)
    except sealing.SealFailed as fault:
        raise pdf.ConversionFailed(str(fault)) from fault


def fields_of(agreement: Agreement) -> library.DpaFields:
    """Everything the template may print, read from the record."""
    return library.DpaFields(
        title=title_of(agreement),
        code=agreement.case.code,
        jurisdiction=agreement.district.state,
        state_name=state_name(agreement.district.state),
        district=_district(agreement.district, agreement.district_signer),
        vendor=_vendor(agreement),
        services=agreement.exhibit_services,
        products=tuple(
            library.Product(
                p.tool.name, site_of(p.tool.website), p.used_for or use_of(agreement, p.tool)
            )
            for p in _products(agreement)
        ),
        schedule=_schedule(agreement),
        security=_security(agreement),
        terms=_terms(agreement),
        offer=_offer(agreement),
        subprocessors=tuple(library.Subprocessor(**row) for row in agreement.subprocessors),
    )


def reasons_not_printed(agreement: Agreement) -> list[str]:
    """Letters that no font of the document has, each with the place where they stand."""
    return library.reasons_not_printed(library.texts_of(fields_of(agreement)))


def _products(agreement: Agreement) -> Iterable[CoveredTool]:
    known = is_read(agreement, "products")
    return agreement.products.all() if known else agreement.products.select_related("tool")


def use_of(agreement: Agreement, tool: Tool) -> str:
    """What it is used for: the catalog's words, else those of the requests it is made for."""
    if tool.description:
        return tool.description
    purposes = " ".join(period(said) for said in queries.purposes_of(agreement, tool))
    return purposes or "The services named in this exhibit."


def _district(district: District, signer: Membership | None) -> library.Party:
    return library.Party(
        name=district.name,
        address=district.address,
        contact_name=district.contact_name,
        contact_email=district.contact_email,
        contact_phone=district.contact_phone,
        signer=library.Signer(signer.user.name, signer.title) if signer else _nobody(),
    )


def _vendor(agreement: Agreement) -> library.Party:
    vendor, signer = agreement.vendor, agreement.vendor_signer
    others = (one for one in _contacts(vendor) if not one.signs)
    contact = next(others, signer)
    return library.Party(
        name=vendor.name,
        address=vendor.address,
        contact_name=contact.name if contact else "",
        contact_email=contact.email if contact else "",
        contact_phone=contact.phone if contact else "",
        signer=_signer(signer),
    )


def _contacts(vendor: Vendor) -> list[Contact]:
    """Those who work there now, the first one first."""
    rows = (contact for contact in vendor.contacts.all() if contact.active)
    return sorted(rows, key=attrgetter("pk"))


def _signer(contact: Contact | None) -> library.Signer:
    return library.Signer(contact.name, contact.title) if contact else _nobody()


def _nobody() -> library.Signer:
    return library.Signer("", "")


def _schedule(agreement: Agreement) -> tuple[library.ScheduleRow, ...]:
    """Exhibit B lists every kind of data; what no product takes is marked as not used.

    "No student data" is no kind of data: marked "No" it would say the opposite of what is meant.
    """
    taken, named = _purposes(agreement), _details(agreement)
    return tuple(
        library.ScheduleRow(
            category=element.category,
            element=element_words(element.name, named.get(element.pk, "")),
            collected=element.pk in taken,
            purpose=taken.get(element.pk, ""),
            need=library.REQUIRED if element.pk in taken else library.NOT_COLLECTED,
        )
        for element in DataElement.objects.exclude(about="none")
    )


def _details(agreement: Agreement) -> dict[int, str]:
    """Element's key → what it is, in the words of whoever asked for it."""
    said: dict[int, str] = {}
    for element, _, detail in _scheduled(agreement):
        said[element] = named_together(said.get(element, ""), detail)
    return said


def _purposes(agreement: Agreement) -> dict[int, str]:
    """Element's key → every purpose that a product states for it: no other is allowed (1.2)."""
    said: dict[int, list[str]] = {}
    for element, purpose, _ in _scheduled(agreement):
        if purpose not in said.setdefault(element, []):
            said[element].append(purpose)
    return {key: _sentences([p for p in found if p]) for key, found in said.items()}


def _scheduled(agreement: Agreement) -> Iterable[tuple[int, str, str]]:
    if is_read(agreement, "products"):
        products = sorted(agreement.products.all(), key=attrgetter("pk"))
        return [
            (row.element_id, row.purpose, row.detail) for p in products for row in p.schedule.all()
        ]
    rows = ScheduledElement.objects.filter(product__agreement=agreement)
    return rows.order_by("product_id").values_list("element_id", "purpose", "detail")


def _sentences(purposes: list[str]) -> str:
    return purposes[0] if len(purposes) == 1 else " ".join(map(period, purposes))


def _security(agreement: Agreement) -> library.Security:
    contact = next(iter(_contacts(agreement.vendor)), None)
    return library.Security(
        frameworks=library.frameworks_from(agreement.exhibit_security),
        contact_name=contact.name if contact else "",
        contact_email=contact.email if contact else "",
        remarks=rules.security_in_words(agreement.no_framework, agreement.security_words) or None,
    )


def _terms(agreement: Agreement) -> library.Terms:
    return library.Terms(
        breach_notice_hours=agreement.breach_notice_hours,
        destruction_days=agreement.destruction_days,
        audit_notice_days=agreement.audit_notice_days,
        effective_on=agreement.effective_from,
        months=agreement.term_months,
    )


def _offer(agreement: Agreement) -> library.Offer:
    """Exhibit E stays open for the term; its address is the signatory's."""
    if not agreement.general_offer or agreement.vendor_signer is None:
        return library.Offer()
    return library.Offer(made=True, email=agreement.vendor_signer.email)
