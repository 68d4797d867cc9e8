"""A district's people: who they are, what they may do, who stands in for them."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from vetting.people import rules
from vetting.people.commands.authority import remove_signing_authority
from vetting.people.commands.record import lock_district, locked, note_change, refuse
from vetting.people.leaving import end_with_access
from vetting.people.models import District, Membership, RoleGrant, School, SettingChange, User
from vetting.people.queries import recipient_of, today_in
from workflows.actors import ROLE_NAMES, Actor, Role
from workflows.engine import Refused
from workflows.outbox import commands as outbox

MAIL = "vetting/people/mail"


@transaction.atomic
def add_person(
    *,
    district: District,
    name: str,
    email: str,
    roles: Iterable[Role],
    title: str = "",
    school: School | None = None,
    trained_on: date | None = None,
    welcome: bool = True,
    by: Actor,
) -> Membership:
    """Add somebody, or bring back somebody whose access had ended, and write to them.

    They choose their own password by the reset page; nobody else ever knows one.
    """
    lock_district(district, by)
    address, held = _checked_address(email), _checked_roles(roles)
    here = " ".join(name.split()) or address
    today = today_in(district)
    refuse(rules.reasons_against_duties(here, held, school is not None, trained_on, today))
    user = User.objects.filter(email=address).first()
    if user is None:
        if not name.strip():
            raise Refused(["Write the name of the person."])
        user = User.objects.create_user(address, name=" ".join(name.split()))
    known = Membership.objects.filter(user=user, district=district).first()
    if known and known.active:
        raise Refused([f"{user.name} ({address}) is among your people already."])
    person = known or Membership(user=user, district=district)
    person.active, person.title, person.school, person.trained_on = True, title, school, trained_on
    person.save()
    person.grants.all().delete()
    RoleGrant.objects.bulk_create(RoleGrant(membership=person, role=role) for role in held)
    change = note_change(
        "person_added", by=by, district=person.district, person=person.pk, roles=sorted(held)
    )
    if welcome:
        _welcome(person, change, by=by)
    return person


@transaction.atomic
def describe_person(
    *,
    membership: Membership,
    title: str,
    school: School | None,
    trained_on: date | None,
    by: Actor,
) -> Membership:
    """Title, school and the day of the training."""
    person = locked(membership, by)
    person.title, person.school, person.trained_on = title.strip(), school, trained_on
    person.save(update_fields=["title", "school", "trained_on"])
    trained = trained_on.isoformat() if trained_on else None
    note_change(
        "person_described", by=by, district=person.district, person=person.pk, trained_on=trained
    )
    return person


@transaction.atomic
def change_person(
    *,
    membership: Membership,
    roles: Iterable[str],
    title: str,
    school: School | None,
    trained_on: date | None,
    by: Actor,
) -> Membership:
    """All of it or nothing: a refused role leaves the title as it was, too."""
    wanted = {Role(role) for role in roles}
    held = {Role(grant.role) for grant in membership.grants.all()}
    name, today = membership.user.name, today_in(membership.district)
    refuse(rules.reasons_against_duties(name, wanted, school is not None, trained_on, today))
    for role in sorted(wanted - held):
        grant_role(membership=membership, role=role, by=by)
    for role in sorted(held - wanted):
        revoke_role(membership=membership, role=role, by=by)
    now = (membership.title, membership.school, membership.trained_on)
    if now == (title, school, trained_on):
        return membership
    return describe_person(
        membership=membership, title=title, school=school, trained_on=trained_on, by=by
    )


@transaction.atomic
def grant_role(*, membership: Membership, role: Role, by: Actor) -> Membership:
    person = locked(membership, by)
    (checked,) = _checked_roles([role])
    if not person.active:
        raise Refused([f"{person.user.name} has no access any more. Add the person again first."])
    _, new = RoleGrant.objects.get_or_create(membership=person, role=checked)
    if new:
        note_change("role_granted", by=by, district=person.district, person=person.pk, role=checked)
    return person


@transaction.atomic
def revoke_role(*, membership: Membership, role: Role, by: Actor) -> Membership:
    """Take a role away; the last administrator keeps theirs, or nobody could give it back."""
    person = locked(membership, by)
    if role == Role.ADMIN:
        _keep_an_administrator(person)
        if person.ref == by.ref:
            _keep_one_who_came(person)
    gone, _ = RoleGrant.objects.filter(membership=person, role=role).delete()
    if gone:
        note_change("role_revoked", by=by, district=person.district, person=person.pk, role=role)
    return person


@transaction.atomic
def set_away(
    *,
    membership: Membership,
    delegate: Membership | None,
    away_from: date | None,
    away_until: date | None,
    by: Actor,
) -> Membership:
    """From the first to the last day away the delegate may act in this person's roles.

    Said by the person themself or by an administrator.
    """
    person = locked(membership, by, themself=True)
    reasons = rules.reasons_not_to_be_away(today_in(person.district), away_from, away_until)
    if delegate and (delegate.district_id != person.district_id or not delegate.active):
        reasons.append("Choose somebody of your own district who has access.")
    if delegate and delegate.pk == person.pk:
        reasons.append("Nobody stands in for themself: choose somebody else.")
    elif delegate:
        theirs = (delegate.away_from, delegate.away_until)
        who = delegate.user.name
        reasons += rules.reasons_against_stand_in(away_from, away_until, who, theirs)
        reasons += rules.reasons_cannot_stand_in(
            person.user.name, _own_roles(person), who, _own_roles(delegate)
        )
    refuse(reasons)
    _write_absence(person, delegate, away_from, away_until)
    note_change(
        "away_set",
        by=by,
        district=person.district,
        person=person.pk,
        delegate=delegate.pk if delegate else None,
        days=[str(away_from), str(away_until)],
    )
    return person


@transaction.atomic
def end_absence(*, membership: Membership, by: Actor) -> Membership:
    """Back again: the delegate's borrowed roles end now."""
    person = locked(membership, by, themself=True)
    if person.away_from:
        _write_absence(person, None, None, None)
        note_change("away_ended", by=by, district=person.district, person=person.pk)
    return person


@transaction.atomic
def deactivate(*, membership: Membership, by: Actor) -> Membership:
    """End somebody's access here, and their authority to sign; what they did stays theirs."""
    person = locked(membership, by)
    if person.ref == by.ref:
        raise Refused(["You cannot end your own access. Ask another administrator."])
    _keep_an_administrator(person)
    if person.active:
        person.active = False
        person.save(update_fields=["active"])
        # Whoever counted on this person as a stand-in has none now, and reads so on their page.
        Membership.objects.filter(delegate=person).update(delegate=None)
        change = note_change(
            "person_deactivated", by=by, district=person.district, person=person.pk
        )
        end_with_access(person, change.at)
        for line in person.authorities.filter(ended_on=None):
            remove_signing_authority(authority=line, by=by)
    return person


def _checked_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused([f"“{email.strip()}” is no e-mail address."]) from None
    return address


def _checked_roles(roles: Iterable[Role]) -> set[Role]:
    held = set(roles)
    if foreign := held - set(rules.STAFF_ROLES):
        names = ", ".join(sorted(ROLE_NAMES[role] for role in foreign))
        raise Refused([f"Staff cannot be: {names}."])
    return held


def _administrators(district: District) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(
        role=Role.ADMIN, membership__active=True, membership__district=district
    )


def _keep_one_who_came(person: Membership) -> None:
    """Who gives up their own role must leave it to somebody who has really signed in."""
    others = _administrators(person.district).exclude(membership=person)
    if not others.exclude(membership__user__last_login=None).exists():
        raise Refused([
            "No other administrator has signed in yet, so nobody could give you the role back. "
            "Wait until one has."
        ])  # fmt: skip


def _keep_an_administrator(person: Membership) -> None:
    admins = _administrators(person.district)
    if set(admins.values_list("membership_id", flat=True)) == {person.pk}:
        raise Refused([f"{person.user.name} is the only administrator. Name another one first."])


def _own_roles(person: Membership) -> set[Role]:
    return {Role(role) for role in person.grants.values_list("role", flat=True)}


def _write_absence(
    person: Membership, delegate: Membership | None, first: date | None, last: date | None
) -> None:
    person.delegate, person.away_from, person.away_until = delegate, first, last
    person.save(update_fields=["delegate", "away_from", "away_until"])


def _welcome(person: Membership, change: SettingChange, *, by: Actor) -> None:
    context = {"recipient": recipient_of(person), "by": by, "district": person.district}
    key = f"welcome:{change.pk}"
    mail = outbox.mail(
        case=None,
        tenant=person.district.tenant,
        folder=MAIL,
        name="welcome",
        to=person.user.email,
        context=context,
        dedupe_key=key,
    )
    outbox.post([mail])
