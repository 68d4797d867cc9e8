"""Exhibits A (services), B (data) and F (security), the signers and the terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from contracts.agreements import papermaking, queries, rules
from contracts.agreements.commands.telling import tell_owners
from contracts.agreements.models import Agreement, CoveredTool, ScheduledElement
from contracts.library import rules as library
from vetting.catalog import commands as catalog
from vetting.catalog.models import Contact, DataElement
from vetting.catalog.rules import OTHER
from vetting.people.models import Membership
from vetting.templatetags.wording import period
from workflows import engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.lifecycles.agreement import DRAFTING
from workflows.refusals import foreign, raise_if

# What `terms` may hold; anything else is a slip of the caller.
TERMS = (
    *("term_months", "effective_from", "amount", "breach_notice_hours", "destruction_days"),
    *("audit_notice_days", "general_offer", "board_acts_first"),
)
MAY_WRITE = (Role.PRIVACY, Role.LEGAL)


class _NotGiven(Enum):
    """None means the privacy team; this says that nobody spoke of the owner, so it stays."""

    YES = 1


NOT_GIVEN: Literal[_NotGiven.YES] = _NotGiven.YES
Owner = Membership | Literal[_NotGiven.YES] | None


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person at the vendor who is to sign and is not in the catalog yet."""

    name: str
    email: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Subprocessors:
    """The other companies, one a line ("name; what for; where"); `none`: the vendor has none."""

    text: str = ""
    none: bool = False

    @property
    def named(self) -> list[dict[str, str]]:
        return rules.companies_in(self.text)


@dataclass(frozen=True, slots=True)
class Exhibits:
    """What is saved together: see settle_exhibits."""

    services: str
    frameworks: Sequence[str]
    vendor_signer: Contact | None
    district_signer: Membership | None
    owner: Owner
    new_signatory: Signatory | None
    signer_title: str
    vendor_address: str
    terms: Mapping[str, Any]
    schedules: Mapping[int, Mapping[str, str]]
    seen: int | None
    no_framework: bool
    security_words: str
    other_data: Mapping[int, str]
    uses: Mapping[int, str]
    subprocessors: Subprocessors | None


def settle_exhibits(
    agreement: Agreement,
    *,
    by: Actor,
    services: str,
    frameworks: Sequence[str],
    vendor_signer: Contact | None,
    district_signer: Membership | None,
    owner: Owner = NOT_GIVEN,
    new_signatory: Signatory | None = None,
    signer_title: str = "",
    vendor_address: str = "",
    terms: Mapping[str, Any] | None = None,
    schedules: Mapping[int, Mapping[str, str]] | None = None,
    seen: int | None = None,
    no_framework: bool = False,
    security_words: str = "",
    other_data: Mapping[int, str] | None = None,
    uses: Mapping[int, str] | None = None,
    subprocessors: Subprocessors | None = None,
    settled: bool = True,
    at: datetime | None = None,
) -> Agreement:
    """Save exhibits, signers and terms, all or nothing; `settled` is the privacy team's word.
    Where all of it stands so already, nothing is written, and nothing told in the history.

    `terms`: keys of TERMS. `schedules`: a product's key to {element slug: purpose}; a product
    left out keeps its own. `seen`: the version that was on the person's screen.
    `no_framework`: the vendor follows none of the frameworks; `security_words`: what it says it
    does instead. `signer_title`: of the vendor's signatory, while none is known. `owner`: None is
    the privacy team. `other_data`: a product's key to what its other data is. `uses`: a product's
    key to what Exhibit A says it is used for; empty words leave that to the catalog or the
    requests. `subprocessors`: None leaves what stands.
    """
    exhibits = Exhibits(
        services, frameworks, vendor_signer, district_signer, owner, new_signatory,
        signer_title.strip(), vendor_address, terms or {}, schedules or {}, seen, no_framework,
        security_words.strip() if no_framework else "", other_data or {}, uses or {}, subprocessors,
    )  # fmt: skip
    with transaction.atomic():
        locked = engine.lock(agreement)
        now = at or timezone.now()
        raise_if(_against_saving(locked, by, exhibits, now, settled=settled))
        return _keep(locked, exhibits, by, settled=settled, at=at)


def _keep(
    agreement: Agreement, exhibits: Exhibits, by: Actor, *, settled: bool, at: datetime | None
) -> Agreement:
    """`agreement` is locked, and nothing stands against saving."""
    stood, owner = _standing(agreement), agreement.owner
    signer = _signer(agreement, exhibits, by)
    _describe_vendor(agreement, exhibits.vendor_address, by)
    _write_schedules(agreement, exhibits)

    def change(row: Agreement) -> None:
        _write(row, exhibits, signer, at or timezone.now())
        row.exhibits_settled = settled

    facts = {"settled": settled, "rewritten": _write_uses(agreement, exhibits.uses)}
    change(agreement)
    if _standing(agreement) == stood:
        return agreement
    kept = engine.record(agreement, "exhibits_settled", by=by, change=change, facts=facts, at=at)
    tell_owners(kept, before=owner, by=by)
    return kept


def _standing(agreement: Agreement) -> tuple[object, ...]:
    """All that this page saves, as it stands in the record."""
    own = (
        *("exhibit_services", "exhibit_security", "no_framework", "security_words"),
        *("subprocessors", "no_subprocessors", *TERMS),
    )
    named = ("vendor_signer_id", "district_signer_id", "owner_id", "exhibits_settled")
    signer = agreement.vendor_signer
    data = ScheduledElement.objects.filter(product__agreement=agreement)
    told = data.values_list("product_id", "element_id", "purpose", "detail")
    uses = agreement.products.values_list("pk", "used_for")
    return (
        *(getattr(agreement, name) for name in (*own, *named)),
        agreement.vendor.address,
        signer and signer.title,
        sorted(told),
        sorted(uses),
    )


def _write_uses(agreement: Agreement, uses: Mapping[int, str]) -> int:
    """How many products got other words; those of the record itself are not kept a second time."""
    rewritten = 0
    for product in agreement.products.filter(pk__in=list(uses)).select_related("tool"):
        own = " ".join(uses[product.pk].split())
        own = "" if own == papermaking.use_of(agreement, product.tool) else own
        if own != product.used_for:
            product.used_for = own
            product.save(update_fields=["used_for"])
            rewritten += 1
    return rewritten


def _write_schedules(agreement: Agreement, exhibits: Exhibits) -> None:
    for product in agreement.products.filter(pk__in=list(exhibits.schedules)):
        named = exhibits.other_data.get(product.pk)
        _write_schedule(product, exhibits.schedules[product.pk], named)


def _describe_vendor(agreement: Agreement, address: str, by: Actor) -> None:
    if address.strip():
        catalog.describe_vendor(
            vendor=agreement.vendor, address=address, by=by, district=agreement.district
        )


def _write(row: Agreement, exhibits: Exhibits, signer: Contact | None, now: datetime) -> None:
    row.exhibit_services = exhibits.services.strip()
    row.exhibit_security = list(exhibits.frameworks)
    row.no_framework, row.security_words = exhibits.no_framework, exhibits.security_words
    if (other := exhibits.subprocessors) is not None:
        row.subprocessors, row.no_subprocessors = other.named, other.none
    row.vendor_signer, row.district_signer = signer, exhibits.district_signer
    if exhibits.owner is not NOT_GIVEN:
        row.owner = exhibits.owner
    for name, value in exhibits.terms.items():
        setattr(row, name, value)
    # The authority table may ask for the board; nobody can tick that away.
    row.board_acts_first = row.board_acts_first or queries.board_must_act(row, now)


def _against_saving(
    agreement: Agreement, by: Actor, exhibits: Exhibits, now: datetime, *, settled: bool
) -> list[str]:
    reasons = _against_writing(agreement, by)
    if exhibits.seen not in (None, agreement.version):
        reasons.append("Somebody changed the agreement meanwhile. Compare, then save again.")
    if settled and Role.PRIVACY not in agreement.roles_of(by):
        reasons.append("Only the privacy team confirms the exhibits. Save them without.")
    if unknown := set(exhibits.frameworks) - set(library.FRAMEWORKS):
        reasons.append(f"Unknown security framework: {', '.join(sorted(unknown))}.")
    reasons += rules.reasons_frameworks_contradict(
        exhibits.frameworks, exhibits.no_framework, exhibits.security_words
    )
    if (other := exhibits.subprocessors) is not None:
        reasons += rules.reasons_companies_are_unclear(other.named, other.none)
    reasons += library.reasons_not_printed(_typed(agreement, exhibits))
    if unknown := set(exhibits.terms) - set(TERMS):
        raise TypeError(f"No such term: {', '.join(sorted(unknown))}.")
    reasons += rules.reasons_wrong_term(
        exhibits.terms.get("effective_from", agreement.effective_from),
        exhibits.terms.get("term_months", agreement.term_months),
        today=agreement.case.tenant.day_of(now),
    )
    return reasons + _strangers(agreement, exhibits)


def _typed(agreement: Agreement, exhibits: Exhibits) -> Iterator[tuple[str, str]]:
    """Place and words of what this page prints."""
    new = exhibits.new_signatory
    yield library.EXHIBIT_A, exhibits.services
    yield rules.OTHER_COMPANIES, exhibits.subprocessors.text if exhibits.subprocessors else ""
    yield library.EXHIBIT_F, exhibits.security_words
    yield "The vendor's postal address", exhibits.vendor_address
    yield "Who signs for the vendor", f"{new.name} {new.title}" if new else exhibits.signer_title
    for product in agreement.products.select_related("tool"):
        yield library.use_in_words(product.tool.name), exhibits.uses.get(product.pk, "")
        yield (
            f"Exhibit B, the other data of {product.tool.name}",
            exhibits.other_data.get(product.pk, ""),
        )
        for slug, purpose in exhibits.schedules.get(product.pk, {}).items():
            yield f"Exhibit B, what for: {slug}", purpose


def _strangers(agreement: Agreement, exhibits: Exhibits) -> list[str]:
    """A form can post any number: people must be of this vendor and of this district."""
    reasons = []
    signer = exhibits.vendor_signer
    if signer and (signer.vendor_id != agreement.vendor_id or not signer.active):
        reasons.append(f"Choose a contact of {period(agreement.vendor.name)}")
    named = (exhibits.district_signer, exhibits.owner)
    people = [person for person in named if isinstance(person, Membership)]
    if any(p.district_id != agreement.district_id or not p.active for p in people):
        reasons.append("Choose people of your own district.")
    return reasons


def _against_writing(agreement: Agreement, by: Actor) -> list[str]:
    if outside := foreign(agreement, by):
        return outside
    if not agreement.roles_of(by) & {*MAY_WRITE, Role.SYSTEM}:
        return ["The exhibits are written by the privacy team or legal."]
    if agreement.state != DRAFTING:
        return [f"This is “{agreement.shown_state}”: take the document back to change it first."]
    return []


def _signer(agreement: Agreement, exhibits: Exhibits, by: Actor) -> Contact | None:
    new = exhibits.new_signatory
    if new is None:
        return _titled(agreement, exhibits, by)
    contact = catalog.add_contact(
        vendor=agreement.vendor, name=new.name, email=new.email, title=new.title, signs=True, by=by
    )
    if not contact.active:
        raise Refused([f"{contact.name} is known to have left {agreement.vendor.name}."])
    return contact


def _titled(agreement: Agreement, exhibits: Exhibits, by: Actor) -> Contact | None:
    """A title that the catalog has is not overwritten here: other districts print it too."""
    signer, title = exhibits.vendor_signer, exhibits.signer_title
    if signer is None or signer.title or not title:
        return signer
    return catalog.add_contact(
        vendor=agreement.vendor, name=signer.name, email=signer.email, title=title, by=by
    )


def set_schedule(
    agreement: Agreement,
    *,
    by: Actor,
    product: CoveredTool,
    elements: Mapping[str, str],
    at: datetime | None = None,
) -> Agreement:
    """Replace one product's schedule of data: element slug to purpose. Confirmation is void."""

    def change(row: Agreement) -> None:
        raise_if(_against_writing(row, by))
        _write_schedule(product, elements)
        row.exhibits_settled = False

    facts = {"tool": product.tool.code, "elements": len(elements)}
    return engine.record(agreement, "schedule_changed", by=by, change=change, facts=facts, at=at)


def _write_schedule(
    product: CoveredTool, elements: Mapping[str, str], named: str | None = None
) -> None:
    """Replace the rows; other data that stays keeps the name its request gave, unless `named`."""
    known = {e.slug: e for e in DataElement.objects.filter(slug__in=elements)}
    if unknown := set(elements) - set(known):
        raise Refused([f"Unknown data element: {', '.join(sorted(unknown))}."])
    details = dict(product.schedule.values_list("element__slug", "detail"))
    if named is not None:
        details[OTHER] = named
    product.schedule.all().delete()
    ScheduledElement.objects.bulk_create(
        ScheduledElement(
            product=product, element=known[slug], purpose=purpose, detail=details.get(slug, "")
        )
        for slug, purpose in elements.items()
    )
