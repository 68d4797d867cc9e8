"""Who may change settings, and the record of every change."""

from typing import Any

from django.utils import timezone

from vetting.people.models import District, Membership, SettingChange
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.engine import Refused
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

PEOPLE_CHANGED = "people_changed"
SIGNERS_CHANGED = "signers_changed"
OUTRANKS = "authority_added"


def note_change(
    what: str, *, by: Actor, district: District | None = None, **facts: Any
) -> SettingChange:
    """One row of the record of settings, in the transaction of the change it tells of."""
    tenant = district.tenant_id if district else by.tenant_id
    change = SettingChange.objects.create(
        tenant_id=tenant, at=timezone.now(), actor_ref=by.ref, what=what, facts=facts
    )
    if district and _changes_leaders(what, facts):
        outbox.post([_news(PEOPLE_CHANGED, district, change)])
    if district and _changes_signers(what, facts):
        outbox.post([_news(SIGNERS_CHANGED, district, change)])
    return change


def _changes_leaders(what: str, facts: dict[str, Any]) -> bool:
    """Whether somebody may have become, or ceased to be, the leader of a school."""
    if what in ("person_described", "person_deactivated"):
        return True
    return Role.SCHOOL_LEADER in (facts.get("role"), *facts.get("roles", ()))


def _changes_signers(what: str, facts: dict[str, Any]) -> bool:
    """Whether somebody may have ceased to be able to sign for the district.

    A new line of the authority table may go before the line of somebody who is named already.
    """
    if what in ("person_deactivated", "authority_removed", OUTRANKS):
        return True
    return what == "role_revoked" and facts.get("role") == Role.SIGNATORY


def _news(topic: str, district: District, change: SettingChange) -> Message:
    """What waits for somebody who has gone is found from here, by whichever room it waits in.

    `person` is None where it may be anybody of the district.
    """
    person = None if change.what == OUTRANKS else change.facts.get("person")
    return outbox.message(
        channel=Message.REACTION,
        topic=topic,
        tenant=district.tenant,
        payload={"district": district.pk, "person": person},
        dedupe_key=f"{topic}:{change.pk}",
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
