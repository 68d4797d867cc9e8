"""A district, its people and their parcels, for tests of the kernel."""

from datetime import datetime

from tests.workflows.parcels.models import Parcel
from workflows import engine
from workflows.actors import Actor, Role, names_of
from workflows.cases import Tenant

NAMES: dict[str, str] = {}
PEOPLE = tuple(role for role in Role if role is not Role.SYSTEM)


@names_of("parceler")
def names(keys: list[str]) -> list[tuple[str, str]]:
    return [(key, NAMES[f"parceler:{key}"]) for key in keys]


def district(code: str = "birch") -> Tenant:
    return Tenant.objects.get_or_create(code=code, defaults={"zone": "America/Denver"})[0]


def person(name: str, *roles: Role, tenant: Tenant | None = None) -> Actor:
    ref = f"parceler:{name.split()[0].lower()}"
    NAMES[ref] = name
    return Actor("parceler", ref, name, (tenant or district()).pk, frozenset(roles))


def ada() -> Actor:
    return person("Ada Quist", Role.PRIVACY)


def ben() -> Actor:
    return person("Ben Ito", Role.REQUESTER)


def cora() -> Actor:
    return person("Cora Reyes", Role.LEGAL)


def ian() -> Actor:
    return person("Ian Wolf", Role.IT_SECURITY)


def sol() -> Actor:
    return person("Sol Vega", Role.SOURCING)


def eve() -> Actor:
    return person("Eve Stone", *PEOPLE, tenant=district("oak"))


def wrapped(**fields: object) -> Parcel:
    return engine.open_case(Parcel, tenant=district(), by=ben(), **fields)


def at_counter(*, at: datetime | None = None, **fields: object) -> Parcel:
    return engine.perform(wrapped(at=at, **fields), "hand_in", by=ben(), at=at)


def on_scales(*, at: datetime | None = None, **fields: object) -> Parcel:
    return engine.perform(at_counter(at=at, **fields), "weigh", by=sol(), at=at)
