"""Who is who: memberships, the actor behind a person, and the people who hold a role."""

from collections.abc import Collection, Iterable
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet, Subquery
from django.utils import timezone

from vetting.people import rules
from vetting.people.models import (
    District,
    Membership,
    School,
    SettingChange,
    SigningAuthority,
    User,
)
from workflows.actors import Actor, Role, names_of
from workflows.providers import Recipient
from workflows.worded import Worded

# An actor without a district has no people, no schools and no record.
NOBODYS = 0


def today_in(district: District) -> date:
    """The district's day, now."""
    return district.tenant.day_of(timezone.now())


def district_of(actor: Actor) -> Subquery:
    """Its key, for a condition on many rows: looked up once, not joined to each of them."""
    return Subquery(District.objects.filter(tenant=actor.tenant_id or NOBODYS).values("pk"))


def actor_of(membership: Membership) -> Actor:
    """The person as the engine sees them, with the roles of those they stand in for today."""
    ((_, actor),) = _standings(_OF_MEMBERSHIP.rows(membership.pk))
    return actor


def standings_of(user: User | int) -> list[tuple[Membership, Actor]]:
    """Each district this person may act in, and as whom; one query."""
    return _standings(_OF_USER.rows(int(user if isinstance(user, int | str) else user.pk)))


def memberships_of(user: User) -> list[Membership]:
    return [membership for membership, _ in standings_of(user)]


def person_of(actor: Actor) -> Membership:
    """The membership behind a person's actor; raises DoesNotExist for vendors and the system."""
    kind, _, key = actor.ref.partition(":")
    if kind != "membership":
        raise Membership.DoesNotExist(actor.ref)
    return Membership.objects.select_related("user", "district__tenant").get(pk=key)


def is_address_of(actor: Actor, email: str) -> bool:
    """Whether a mail to this address would reach whoever acts."""
    kind, _, key = actor.ref.partition(":")
    mine = Membership.objects.filter(pk=key if kind == "membership" else 0)
    return mine.filter(user__email__iexact=email).exists()


def people_with(district: District, *roles: Role) -> list[Membership]:
    """Active people who may act in any of these roles today, delegates among them; one query."""
    wanted = frozenset(roles)
    members = _OF_DISTRICT.rows(district.pk)
    return [person for person, actor in _standings(members) if actor.has(*wanted)]


def people_able(tenant: int) -> list[tuple[Membership, Actor]]:
    """Everybody active of a district, by name, and as whom they act today; one query."""
    return _standings(_OF_TENANT.rows(tenant))


def roles_in(district: District) -> dict[str, set[Role]]:
    """Every active person's own roles by reference, whoever is away just now; one query."""
    found: dict[str, set[Role]] = {}
    rows = _active().filter(district=district).values_list("pk", "grants__role")
    for pk, role in rows:
        found.setdefault(f"membership:{pk}", set()).update({Role(role)} if role else set())
    return found


def people_of(actor: Actor, text: str = "") -> QuerySet[Membership]:
    """Everybody of the actor's own district, those without access last; for lists and pages.

    `text`: a part of their name or address.
    """
    rows = Membership.objects.filter(district__tenant_id=actor.tenant_id or NOBODYS)
    if text:
        rows = rows.filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))
    with_all = rows.select_related("user", "school", "delegate__user", "district__tenant")
    return with_all.prefetch_related("grants").order_by("-active", "user__name", "pk")


def schools_of(actor: Actor) -> QuerySet[School]:
    return School.objects.filter(district__tenant_id=actor.tenant_id or NOBODYS).order_by(
        "closed", "name"
    )


def open_schools_of(actor: Actor) -> QuerySet[School]:
    return schools_of(actor).filter(closed=False)


def districts_with_logo() -> QuerySet[District]:
    return District.objects.select_related("logo").exclude(logo=None)


def authorities_of(actor: Actor) -> QuerySet[SigningAuthority]:
    """The authority table, in the order in which it is read: by kind, then by amount."""
    rows = SigningAuthority.objects.filter(district__tenant_id=actor.tenant_id or NOBODYS)
    standing = rows.filter(ended_on=None).select_related("membership__user")
    return standing.order_by("kind", "amount_over", "pk")


def bands_among(rows: Iterable[SigningAuthority], today: date) -> list[rules.Band]:
    """Of these lines those that hold on this day."""
    begun = (row for row in rows if row.delegated_on <= today)
    holding = [row for row in begun if row.ended_on is None or row.ended_on > today]
    return [
        rules.Band(
            *(row.pk, row.membership_id, row.kind),
            *(row.amount_over, row.term_months_over, row.board_first),
        )
        for row in sorted(holding, key=attrgetter("pk"))
    ]


def changes_of(actor: Actor) -> QuerySet[SettingChange]:
    """The record of settings, the newest first."""
    return SettingChange.objects.filter(tenant_id=actor.tenant_id or NOBODYS)


def leaders_of(schools: Iterable[School]) -> list[Membership]:
    """The school leaders of these schools, and whoever stands in for one of them today."""
    leaders = Membership.leading().filter(school__in=list(schools))
    led = leaders.select_related("user", "district__tenant", "delegate__user")
    rows = list(led.order_by("user__name", "pk"))
    lent = [row.delegate for row in rows if row.delegate and _stands_in(row.delegate, row)]
    return list(dict.fromkeys([*rows, *lent]))


def _stands_in(delegate: Membership, leader: Membership) -> bool:
    works = delegate.active and delegate.user.is_active
    return works and leader.acts_as(delegate.ref, today_in(leader.district))


def with_stand_ins(person: Membership | None) -> list[Membership]:
    """Somebody named, and who stands in for them today; nobody where their access has ended."""
    if person is None or not (person.active and person.user.is_active):
        return []
    # Asked of every open date: who is here costs nothing.
    if person.away_from is None or person.delegate is None:
        return [person]
    return [person, *([person.delegate] if _stands_in(person.delegate, person) else [])]


def schools_led_by(actor: Actor) -> set[int]:
    """The schools whose leader this person is, or stands in for today; one query."""
    kind, _, number = actor.ref.partition(":")
    if kind != "membership":
        return set()
    rows = Membership.leading().filter(Q(pk=number) | Q(delegate=number), school__isnull=False)
    return {
        row.school_id
        for row in rows.select_related("district__tenant")
        if row.school_id and row.acts_as(actor.ref, today_in(row.district))
    }


def recipient_of(membership: Membership) -> Recipient:
    return Recipient(membership.user.email, membership.user.name)


def recipients_of(people: Iterable[Membership]) -> list[Recipient]:
    return [recipient_of(person) for person in people]


@names_of("membership")
def names_of_memberships(keys: list[str]) -> QuerySet[Any, Any]:
    numbers = [key for key in keys if key.isdecimal()]
    return Membership.objects.filter(pk__in=numbers).values_list("pk", "user__name")


def _active() -> QuerySet[Membership]:
    return Membership.objects.filter(active=True, user__is_active=True)


def _standing(members: QuerySet[Membership]) -> QuerySet[Any]:
    """One row per own role and per role of somebody absent."""
    return (
        members.select_related("user", "district__tenant", "school")
        .annotate(absent=FilteredRelation("delegators", condition=Q(delegators__active=True)))
        .annotate(
            own_role=F("grants__role"),
            lent_role=F("absent__grants__role"),
            lent_from=F("absent__away_from"),
            lent_until=F("absent__away_until"),
        )
    )


# Somebody's standing is asked at every page.
_OF_MEMBERSHIP = Worded(lambda key: _standing(Membership.objects.filter(pk=key)), int)
_OF_USER = Worded(
    lambda user: _standing(_active().filter(user=user).order_by("district__name")), int
)
_OF_DISTRICT = Worded(
    lambda district: _standing(_active().filter(district=district).order_by("user__name", "pk")),
    int,
)
_OF_TENANT = Worded(
    lambda key: _standing(_active().filter(district__tenant=key).order_by("user__name", "pk")), int
)


def _standings(rows: Iterable[Any]) -> list[tuple[Membership, Actor]]:
    """Those rows gathered into one actor a person."""
    found: dict[int, tuple[Membership, set[Role]]] = {}
    for row in rows:
        _, roles = found.setdefault(row.pk, (row, set()))
        if row.own_role:
            roles.add(Role(row.own_role))
        today = today_in(row.district)
        if row.lent_role and rules.is_away(today, row.lent_from, row.lent_until):
            roles |= rules.lent_roles({Role(row.lent_role)})
    return [(person, _actor(person, roles)) for person, roles in found.values()]


def _actor(person: Membership, roles: Collection[Role]) -> Actor:
    tenant = person.district.tenant_id
    return Actor("person", person.ref, person.user.name, tenant, frozenset(roles))
