"""A district, its people and their errands, for tests of the kernel."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.workflows.toy.models import Errand
from workflows import engine
from workflows.actors import Actor, Role
from workflows.cases import Tenant

DENVER = ZoneInfo("America/Denver")


def denver(text: str) -> datetime:
    """ "2026-11-09 10:00" on the wall clock in Denver."""
    return datetime.fromisoformat(text).replace(tzinfo=DENVER)


def district(code: str = "lupine") -> Tenant:
    return Tenant.objects.get_or_create(code=code)[0]


def person(name: str, *roles: Role, tenant: Tenant | None = None) -> Actor:
    number = sum(name.encode())
    return Actor(
        "membership", f"membership:{number}", name, (tenant or district()).pk, frozenset(roles)
    )


def ada() -> Actor:
    return person("Ada Osei", Role.PRIVACY)


def ben() -> Actor:
    return person("Ben Ortiz", Role.REQUESTER)


def eve() -> Actor:
    return person("Eve Stone", Role.PRIVACY, Role.REQUESTER, tenant=district("another"))


def errand(*, at: datetime | None = None, begun: bool = True, title: str = "Buy chalk") -> Errand:
    """An errand of Ben's, in Ada's hands since `at` unless it is not begun yet."""
    subject = engine.open_case(Errand, tenant=district(), by=ben(), at=at, title=title)
    return engine.perform(subject, "begin", by=ben(), at=at) if begun else subject
