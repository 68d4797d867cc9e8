"""What a district's mails carry at their head and foot; the people room knows it, we do not."""

from collections.abc import Callable
from typing import TypedDict

from workflows.cases import Tenant


class Letterhead(TypedDict):
    """`logo` is a path on this site, `color` "#1a4480"; what a district has not given is ""."""

    district_name: str
    contact_email: str
    contact_phone: str
    address: str
    website: str
    color: str
    logo: str


LetterheadFunction = Callable[[Tenant], Letterhead]
_provider: list[LetterheadFunction] = []


def letterhead(function: LetterheadFunction) -> LetterheadFunction:
    """Register the one function that knows a tenant's name and contact address."""
    _provider[:] = [function]
    return function


def plain(name: str) -> Letterhead:
    """A letterhead that only knows a name."""
    none = dict.fromkeys(Letterhead.__annotations__, "")
    return {**none, "district_name": name}  # type: ignore[typeddict-item]


def letterhead_of(tenant: Tenant | None) -> Letterhead:
    if tenant is None:
        return plain("Countersign")
    if not _provider:
        return plain(tenant.code)
    return _provider[0](tenant)
