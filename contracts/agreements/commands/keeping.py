"""Who looks after an agreement, for as long as it lives."""

from datetime import datetime

from django.db import transaction

from contracts.agreements.commands.telling import tell_owners
from contracts.agreements.models import Agreement
from vetting.people.models import Membership
from workflows import engine
from workflows.actors import Actor, Role
from workflows.lifecycles.agreement import AGREEMENT
from workflows.refusals import foreign, raise_if

MAY_NAME = (Role.PRIVACY, Role.LEGAL, Role.ADMIN)


def name_owner(
    agreement: Agreement, *, owner: Membership | None, by: Actor, at: datetime | None = None
) -> Agreement:
    """Say who hears of its dates; None leaves that to the privacy team.

    Raises Refused in an end, to other roles, and for people of elsewhere or without access.
    """

    with transaction.atomic():
        locked = engine.lock(agreement)
        # Before anything is written: a refusal after that would spoil its transaction.
        raise_if(foreign(locked, by) or _against_naming(locked, owner, by))

        def change(row: Agreement) -> None:
            row.owner = owner

        # The timeline reads a `holder` as that person's name.
        facts = {"holder": owner.ref} if owner else {"team": True}
        before = locked.owner
        named = engine.record(locked, "owner_named", by=by, change=change, facts=facts, at=at)
        tell_owners(named, before=before, by=by)
        return named


def may_name_owner(agreement: Agreement, by: Actor) -> bool:
    roles = agreement.roles_of(by)
    return agreement.state not in AGREEMENT.ends and bool(roles & frozenset(MAY_NAME))


def _against_naming(agreement: Agreement, owner: Membership | None, by: Actor) -> list[str]:
    if not agreement.roles_of(by) & frozenset(MAY_NAME):
        return ["Naming who looks after it is for the privacy team, legal or an administrator."]
    if agreement.state in AGREEMENT.ends:
        return [f"Nobody has to look after it any more: it is “{agreement.shown_state}”."]
    if owner is None:
        return [] if agreement.owner_id else ["The privacy team looks after it already."]
    if owner.district_id != agreement.district_id or not owner.active:
        return ["Choose people of your own district."]
    if owner.pk == agreement.owner_id:
        return [f"{owner.user.name} looks after it already."]
    return []
