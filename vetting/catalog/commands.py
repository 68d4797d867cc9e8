"""Adding to the catalog: the one place that decides whether a tool or a vendor is a new one."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import ProtectedError

from vetting.catalog import rules
from vetting.catalog.models import Contact, Tool, Vendor, VendorAlias
from vetting.catalog.queries import Match, near_matches, vendor_named
from vetting.catalog.relying import vendor_relied_on
from vetting.people.commands import note_change
from vetting.people.models import District
from workflows.actors import Actor
from workflows.engine import Refused

# Any constant: it names the one lock under which two drafts cannot make one tool twice.
CATALOG_LOCK = 0x5C_A7A1_06


@dataclass(frozen=True, slots=True)
class Resolution:
    """The tool meant; `new` if it was just made; `near` are others a person might have meant."""

    tool: Tool
    new: bool
    near: tuple[Match, ...]


@transaction.atomic
def resolve_tool(*, name: str, vendor: str = "", website: str = "", by: Actor) -> Resolution:
    """The tool that this name and address mean: by address, then by name, else a new one.

    Raises Refused when neither a name nor an address is given.
    """
    domain = rules.domain_of(website)
    called = " ".join(name.split()) or domain
    if not called:
        raise Refused(["Name the tool or give its web address."])
    tool, new = find_or_add_tool(name=called, vendor=vendor, website=website, by=by)
    near = near_matches(name=called, website=website if new else "", but=tool)
    return Resolution(tool, new, tuple(near))


def find_or_add_tool(*, name: str, vendor: str, website: str, by: Actor) -> tuple[Tool, bool]:
    """The tool meant and whether it was just made; inside a transaction."""
    take_catalog()
    if (tool := _known(name, vendor, website)) is not None:
        _learn_address(tool, website)
        return tool, False
    maker = vendor_for(vendor or name, website=website, by=by, guessed=not vendor.strip())
    return _get_or_add_tool(name, maker, website)


def vendor_for(name: str, *, website: str = "", by: Actor, guessed: bool = False) -> Vendor:
    """The vendor meant by a name, another spelling on a known domain being kept as an alias.

    `guessed`: nobody named the vendor; the one who has tools on this domain is taken then.
    """
    if (known := vendor_named(name)) is not None:
        return known
    domain, key = rules.domain_of(website), rules.fold_vendor(name)
    if rules.says_which_tool(domain):
        makers = list(Vendor.objects.filter(tools__domain=domain).distinct()[:2])
        if len(makers) == 1 and (guessed or rules.same_maker(key, makers[0].key)):
            return makers[0] if guessed else merge_spelling(name=name, vendor=makers[0], by=by)
    return add_vendor(name=name, by=by)


def add_vendor(*, name: str, website: str = "", address: str = "", by: Actor) -> Vendor:
    """A vendor, or the one already known by this name."""
    if (known := vendor_named(name)) is not None:
        return known
    tidy = {"name": " ".join(name.split()), "website": rules.web_address(website)}
    # get_or_create: somebody else may have added the same name since we looked.
    return Vendor.objects.get_or_create(
        key=rules.fold_vendor(name), defaults=tidy | {"address": address}
    )[0]


def _get_or_add_tool(name: str, vendor: Vendor, website: str) -> tuple[Tool, bool]:
    address = rules.web_address(website)
    fields = {"name": name, "website": address, "domain": rules.domain_of(address)}
    return Tool.objects.get_or_create(vendor=vendor, key=rules.fold(name), defaults=fields)


@transaction.atomic
def forget_tool(tool: Tool) -> bool:
    """Drop a tool that turned out to be another spelling; one that anything refers to stays."""
    vendor = tool.vendor
    try:
        tool.delete()
        if not vendor.tools.exists():
            vendor.delete()
    except ProtectedError:
        return False
    return True


@transaction.atomic
def add_contact(
    *,
    vendor: Vendor,
    name: str,
    email: str,
    title: str = "",
    phone: str = "",
    signs: bool = False,
    by: Actor,
) -> Contact:
    """A person at the vendor, or the one already known by this address; "signs" only grows, and
    a title that is given is taken. Raises Refused where the address is somebody else's."""
    address = email.strip().lower()
    contact = vendor.contacts.filter(email__iexact=address).first()
    if contact and name.strip() and rules.fold(name) != rules.fold(contact.name):
        raise Refused(
            [
                f"{address} is known here as {contact.name}. Write that name, or give another "
                "e-mail address."
            ]
        )
    if contact and (contact.signs or not signs) and title.strip() in ("", contact.title):
        return contact
    if contact:
        contact.signs = contact.signs or signs
        contact.title = title.strip() or contact.title
        contact.save(update_fields=["signs", "title"])
    else:
        called = name.strip() or address
        contact = vendor.contacts.create(
            email=address, name=called, title=title, phone=phone, signs=signs
        )
    # A contact receives personal links: who added one, or let one sign, must be known.
    note_change("contact_added", by=by, contact=contact.pk, vendor=vendor.pk, signs=signs)
    return contact


@transaction.atomic
def describe_vendor(
    *, vendor: Vendor, address: str, by: Actor, district: District | None = None
) -> Vendor:
    """Where the company is, as agreements print it.

    `district`: whose agreement says so; an address that other districts print is not changed by
    it. Raises Refused then.
    """
    tidy = " ".join(address.split())[:300]
    if tidy != vendor.address:
        if district and vendor.address and vendor_relied_on(vendor, district):
            raise Refused(
                [
                    f"Other school districts have agreements with {vendor.name}, and they print "
                    f"“{vendor.address}”. Whoever runs Countersign changes it for all of them: "
                    "manage.py catalog address."
                ]
            )
        vendor.address = tidy
        vendor.save(update_fields=["address"])
        note_change("vendor_described", by=by, vendor=vendor.pk)
    return vendor


@transaction.atomic
def merge_spelling(*, name: str, vendor: Vendor, by: Actor) -> Vendor:
    """Let another spelling mean this vendor; tools and people of a vendor so named move over.

    Raises Refused where that vendor has a tool of the same name, or agreements of its own.
    """
    other = vendor_named(name)
    if other == vendor:
        return vendor
    if other is not None:
        _move_everything(other, vendor)
    key = rules.fold_vendor(name)
    VendorAlias.objects.get_or_create(key=key, defaults={"vendor": vendor, "name": name.strip()})
    note_change("vendor_spelling", by=by, vendor=vendor.pk, moved=other is not None)
    return vendor


def take_catalog() -> None:
    """Until this transaction ends nobody else decides what is new (SQLite has one writer)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CATALOG_LOCK])


def _known(name: str, vendor: str, website: str) -> Tool | None:
    return _by_address(name, website) or _by_name(name, vendor, website)


def _by_address(name: str, website: str) -> Tool | None:
    """The tool of that name on this domain, or at this page, or the only one spelt nearly so."""
    domain = rules.domain_of(website)
    if not domain:
        return None
    here = list(Tool.objects.select_related("vendor").filter(domain=domain).order_by("pk"))
    return rules.tool_at(rules.fold(name), website, here)


def _by_name(name: str, vendor: str, website: str) -> Tool | None:
    """The only tool of exactly this name, unless vendor or address say that it is another."""
    found = Tool.objects.select_related("vendor").filter(key=rules.fold(name))
    if vendor.strip():
        maker = vendor_named(vendor)
        return found.filter(vendor=maker).first() if maker else None
    if domain := rules.domain_of(website):
        found = found.filter(domain__in=["", domain])
    several = list(found[:2])
    return several[0] if len(several) == 1 else None


def _learn_address(tool: Tool, website: str) -> None:
    if not tool.website and rules.domain_of(website):
        tool.website = rules.web_address(website)
        tool.domain = rules.domain_of(website)
        tool.save(update_fields=["website", "domain"])


def _move_everything(other: Vendor, vendor: Vendor) -> None:
    taken = set(vendor.tools.values_list("key", flat=True))
    clash = [tool.name for tool in other.tools.all() if tool.key in taken]
    if clash:
        names = ", ".join(clash)
        raise Refused([f"Both vendors have a tool named {names}. Rename one of the two first."])
    other.tools.update(vendor=vendor)
    emails = [contact.email.lower() for contact in vendor.contacts.all()]
    for contact in other.contacts.all():
        if contact.email.lower() not in emails:
            other.contacts.filter(pk=contact.pk).update(vendor=vendor)
    other.aliases.update(vendor=vendor)
    try:
        other.delete()
    except ProtectedError:
        says = f"{other.name} has agreements or contacts of its own, so it stays as it is."
        raise Refused([says]) from None
