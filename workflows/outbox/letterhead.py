"""What a district's mails carry at their head and foot; the people room knows it, we do not."""

from collections.abc import Callable
from typing import TypedDict

from workflows.cases import Tenant


class Letterhead(TypedDict):
    district_name: str
    contact_email: str


LetterheadFunction = Callable[[Tenant], Letterhead]
_provider: list[LetterheadFunction] = []


def letterhead(function: LetterheadFunction) -> LetterheadFunction:
    """Register the one function that knows a tenant's name and contact address."""
    _provider[:] = [function]
    return function


def letterhead_of(tenant: Tenant | None) -> Letterhead:
    if tenant is None:
        return {"district_name": "Countersign", "contact_email": ""}
    if not _provider:
        return {"district_name": tenant.code, "contact_email": ""}
    return _provider[0](tenant)
