"""The named people of every test. Each is made once per test and found again after that."""

from collections.abc import Callable

from vetting.people.models import District, Membership, RoleGrant, School, User
from workflows.actors import Role
from workflows.cases import Tenant

HOME = "juniper"


def district(code: str = HOME, *, state: str = "CO", zone: str = "America/Denver") -> District:
    found = District.objects.select_related("tenant").filter(tenant__code=code).first()
    if found:
        return found
    tenant, _ = Tenant.objects.get_or_create(code=code, defaults={"zone": zone})
    return District.objects.create(
        tenant=tenant, name=f"{code.title()} School District", state=state
    )


def school(code: str = "aspen", *, at: District | None = None, **fields: object) -> School:
    named = {"name": f"{code.title()} Elementary", "grades": ["K", "1", "2"], "students": 420}
    found, _ = School.objects.get_or_create(
        district=at or district(), code=code, defaults=named | fields
    )
    return found


def person(
    name: str,
    *roles: Role,
    at: District | None = None,
    school: School | Callable[[], School] | None = None,
    title: str = "",
) -> Membership:
    """Somebody by first name: "ada" is Ada <ada@juniper.example>, without a password.

    A school that is still to be made is given as what makes it.
    """
    code = at.code if at else HOME
    email = f"{name.split()[0].lower()}@{code}.example"
    people = Membership.objects.select_related("user", "district__tenant", "school")
    found = people.filter(user__email=email, district__tenant__code=code).first()
    if found:
        return found
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
    made = Membership.objects.create(
        user=user,
        district=at or district(),
        school=school() if callable(school) else school,
        title=title,
    )
    RoleGrant.objects.bulk_create(RoleGrant(membership=made, role=role) for role in roles)
    return people.get(pk=made.pk)


def ada() -> Membership:
    return person("Ada Park", Role.PRIVACY_LEAD)


def pat() -> Membership:
    """The second member of the privacy team: screens what ada then approves."""
    return person("Pat Quill", Role.PRIVACY)


def ben() -> Membership:
    return person("Ben Ortiz", Role.REQUESTER, school=school)


def cora() -> Membership:
    return person("Cora Lind", Role.LEGAL)


def sol() -> Membership:
    return person("Sol Reyes", Role.SOURCING)


def gwen() -> Membership:
    return person("Gwen Hart", Role.SIGNATORY, title="Chief Financial Officer")


def lee() -> Membership:
    return person("Lee Moreno", Role.SCHOOL_LEADER, school=school)


def ivy() -> Membership:
    return person("Ivy Chen", Role.IT_SECURITY)


def max() -> Membership:
    return person("Max Webb", Role.ADMIN)


def eve() -> Membership:
    """Holds every role in another district: she must see nothing of juniper's."""
    roles = [Role.REQUESTER, Role.SOURCING, Role.PRIVACY_LEAD, Role.LEGAL, Role.ADMIN]
    return person("Eve Stone", *roles, at=district("mesa"))
