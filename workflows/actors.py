"""Who acts: a person with roles in one district, a vendor by link, the public, or the system."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

from workflows.together import together


class Role(StrEnum):
    REQUESTER = "requester"
    SCHOOL_LEADER = "school_leader"
    SOURCING = "sourcing"
    PRIVACY = "privacy"
    PRIVACY_LEAD = "privacy_lead"
    LEGAL = "legal"
    IT_SECURITY = "it_security"
    ACADEMICS = "academics"
    SIGNATORY = "signatory"
    BOARD_CLERK = "board_clerk"
    COMMUNICATIONS = "communications"
    CONSORTIUM_AGENT = "consortium_agent"
    ADMIN = "admin"
    SUPERINTENDENT = "superintendent"  # hears, never acts
    VENDOR = "vendor"
    PUBLIC = "public"
    SYSTEM = "system"


ROLE_NAMES: dict[Role, str] = {
    Role.REQUESTER: "Requester",
    Role.SCHOOL_LEADER: "School leader",
    Role.SOURCING: "Strategic Sourcing",
    Role.PRIVACY: "Privacy team",
    Role.PRIVACY_LEAD: "Privacy lead",
    Role.LEGAL: "Legal reviewer",
    Role.IT_SECURITY: "IT security",
    Role.ACADEMICS: "Academics",
    Role.SIGNATORY: "Signatory",
    Role.BOARD_CLERK: "Board clerk",
    Role.COMMUNICATIONS: "Communications",
    Role.CONSORTIUM_AGENT: "Consortium agent",
    Role.ADMIN: "Administrator",
    Role.SUPERINTENDENT: "Superintendent",
    Role.VENDOR: "Vendor",
    Role.PUBLIC: "Public",
    Role.SYSTEM: "Countersign",
}

# A privacy lead may do whatever the privacy team may (lifecycles.md).
INCLUDES: dict[Role, frozenset[Role]] = {Role.PRIVACY_LEAD: frozenset({Role.PRIVACY})}


def with_included(roles: frozenset[Role]) -> frozenset[Role]:
    return roles.union(*(INCLUDES.get(role, frozenset()) for role in roles))


def leads_of(roles: frozenset[Role]) -> frozenset[Role]:
    """The roles that lead one of these: they may hand its work out."""
    return frozenset(lead for lead, included in INCLUDES.items() if included & roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """`ref` ("membership:12", "contact:3", "system:sweep") is what the ledger keeps: no name."""

    kind: str
    ref: str
    name: str
    tenant_id: int | None
    roles: frozenset[Role]

    @property
    def number(self) -> int | None:
        """The membership of a person; None for a vendor's contact, the public and the system."""
        kind, _, key = self.ref.partition(":")
        return int(key) if kind == "membership" and key.isdecimal() else None

    def has(self, *roles: Role) -> bool:
        return bool(with_included(self.roles) & frozenset(roles))


def somebody(tenant: int, number: int, roles: frozenset[Role]) -> Actor:
    """Any person with these roles: for words that serve all of them."""
    return Actor("person", f"membership:{number}", "", tenant, roles)


def system(part: str) -> Actor:
    """The clock, a reaction or a flow's outcome; it belongs to no district."""
    return Actor("system", f"system:{part}", "Countersign", None, frozenset({Role.SYSTEM}))


NameProvider = Callable[[list[str]], Iterable[tuple[Any, str]]]
_name_providers: dict[str, NameProvider] = {}


def names_of(kind: str) -> Callable[[NameProvider], NameProvider]:
    """Register who references of one kind ("membership") are: keys in, (key, name) out. What is a
    list of the database's is read together with those of other kinds."""

    def register(provider: NameProvider) -> NameProvider:
        _name_providers[kind] = provider
        return provider

    return register


_known: ContextVar[Mapping[str, str]] = ContextVar("known_names", default=MappingProxyType({}))


@contextmanager
def names_known(refs: set[str]) -> Iterator[None]:
    """Within this block nobody asks again who these are: a page names the same people often."""
    before = _known.set(resolve_names(refs))
    try:
        yield
    finally:
        _known.reset(before)


def resolve_names(refs: set[str]) -> dict[str, str]:
    """Names for ledger references, one query; an erased person reads as "somebody"."""
    known = _known.get()
    if refs <= known.keys():
        return {ref: known[ref] for ref in refs}
    lists = {}
    for kind, provider in _name_providers.items():
        if keys := [ref.partition(":")[2] for ref in sorted(refs) if ref.startswith(f"{kind}:")]:
            lists[kind] = provider(keys)
    together(*(rows for rows in lists.values() if isinstance(rows, QuerySet)))
    found = {f"{kind}:{key}": name for kind, rows in lists.items() for key, name in rows if name}
    return {
        ref: found.get(ref, "Countersign" if ref.startswith("system:") else "somebody")
        for ref in refs
    }
