"""A district's own rules saved: a whole new text each time, by whoever may."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from vetting.people.commands import note_change
from vetting.people.models import District
from vetting.policy import local
from vetting.policy.commands.loading import version_of
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.models import PackVersion
from vetting.policy.rules.gates import EDITORS
from vetting.policy.rules.own import Data
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.refusals import Refused, raise_if

CHANGED_MEANWHILE = (
    "Somebody else changed these rules while you were looking: look at them again, then save."
)


def save_own_rules(
    *, district: District, data: Data, base: str, what: str, facts: dict[str, Any], by: Actor
) -> PackVersion:
    """`base`: the digest of the text that was looked at, "" for none. Raises Refused.

    The open dates follow case by case in commits of their own; what a crash leaves, the night does.
    """
    row = _saved(district, data, base, what, facts, by)
    recompute_by_packs(district, by=by)
    return row


@transaction.atomic
def _saved(
    district: District, data: Data, base: str, what: str, facts: dict[str, Any], by: Actor
) -> PackVersion:
    must_hold(district, by, *EDITORS)
    lock(district)
    if local.own_of(district).digest != base:
        raise Refused([CHANGED_MEANWHILE])
    draft = local.draft(district, data, today=district.tenant.day_of(timezone.now()))
    row = version_of(draft.pack, draft.text, by=by.ref)
    row.district = district
    row.save()
    note_change(what, by=by, district=district, version=row.version, **facts)
    return row


def must_hold(district: District, by: Actor, *roles: Role) -> None:
    """Raises Refused for somebody of another district, or without one of these roles."""
    if by.tenant_id != district.tenant_id:
        raise Refused(["There is nothing here for you."])
    wanted = " or ".join(ROLE_NAMES[role] for role in roles)
    raise_if([] if by.has(*roles) else [f"This is for: {wanted}."])


def lock(district: District) -> None:
    """One change of a district's rules follows the other."""
    District.objects.select_for_update(of=("self",), no_key=True).get(pk=district.pk)
