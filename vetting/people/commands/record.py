"""Who may change settings, and the record of every change."""

from typing import Any

from django.utils import timezone

from vetting.people.models import District, Membership, SettingChange
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.engine import Refused


def note_change(
    what: str, *, by: Actor, district: District | None = None, **facts: Any
) -> SettingChange:
    """One row of the record of settings, in the transaction of the change it tells of."""
    tenant = district.tenant_id if district else by.tenant_id
    return SettingChange.objects.create(
        tenant_id=tenant, at=timezone.now(), actor_ref=by.ref, what=what, facts=facts
    )


def must_administer(district: District, by: Actor) -> None:
    if Role.SYSTEM in by.roles:
        return
    if by.tenant_id != district.tenant_id:
        raise Refused(["There is nothing here for you."])
    if not by.has(Role.ADMIN):
        raise Refused([f"This is for: {ROLE_NAMES[Role.ADMIN]}."])


def lock_district(district: District, by: Actor) -> None:
    """Check who asks, and let one change of a district's settings follow the other.

    Two administrators who end each other's access at once would else both succeed.
    """
    must_administer(district, by)
    District.objects.select_for_update(of=("self",), no_key=True).get(pk=district.pk)


def locked(membership: Membership, by: Actor, *, themself: bool = False) -> Membership:
    """The person's row, freshly read; `themself`: they may change this of their own."""
    person = Membership.objects.select_related("user", "district__tenant").get(pk=membership.pk)
    if themself and person.ref == by.ref:
        return person
    lock_district(person.district, by)
    return Membership.objects.select_related("user", "district__tenant").get(pk=membership.pk)


def refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)
