"""The authority table: who may sign which agreement."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from vetting.people.commands.record import OUTRANKS, lock_district, locked, note_change, refuse
from vetting.people.models import Membership, SigningAuthority
from vetting.people.queries import today_in
from workflows.actors import Actor, Role

# Nobody who signs today was given the authority before that year.
OLDEST = 1950


@transaction.atomic
def add_signing_authority(
    *,
    membership: Membership,
    delegated_on: date,
    kind: str = "",
    amount_over: Decimal | int = 0,
    term_months_over: int = 0,
    board_first: bool = False,
    by: Actor,
) -> SigningAuthority:
    """One row of the authority table: from this amount and term upward, this person may sign."""
    person = locked(membership, by)
    reasons = []
    if not person.grants.filter(role=Role.SIGNATORY).exists():
        reasons.append(f"{person.user.name} is no signatory. Give the person that role first.")
    if delegated_on > today_in(person.district):
        reasons.append("The day of the delegation lies in the future.")
    if delegated_on.year < OLDEST:
        reasons.append(f"The delegation is said to be of {delegated_on.year}: look at the year.")
    same = {"kind": kind, "amount_over": amount_over, "term_months_over": term_months_over}
    if person.authorities.filter(**same, ended_on=None).exists():
        reasons.append(f"{person.user.name} has that authority already.")
    refuse(reasons)
    authority = SigningAuthority.objects.create(
        district=person.district,
        membership=person,
        delegated_on=delegated_on,
        board_first=board_first,
        **same,
    )
    note_change(OUTRANKS, by=by, district=person.district, person=person.pk, authority=authority.pk)
    return authority


@transaction.atomic
def remove_signing_authority(*, authority: SigningAuthority, by: Actor) -> None:
    """From today the line lets nobody sign; it is kept, for signatures were given under it."""
    lock_district(authority.district, by)
    standing = SigningAuthority.objects.filter(pk=authority.pk, ended_on=None)
    if standing.update(ended_on=today_in(authority.district)):
        note_change(
            "authority_removed",
            by=by,
            district=authority.district,
            person=authority.membership_id,
            authority=authority.pk,
        )
