"""The invented district: its schools, people and days without work. Nobody here is real."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from vetting.demo import PASSWORD
from vetting.people import commands
from vetting.people.models import District, Membership, School, User
from vetting.people.queries import actor_of
from workflows.actors import Actor, Role, system

CODE = "juniper-mesa"
MAIL = "junipermesa.example"
BY = system("demo")

DISTRICT = {
    "name": "Juniper Mesa School District 12",
    "state": "CO",
    "zone": "America/Denver",
    "website": "https://www.junipermesa.example",
    "contact_name": "Ada Park, Director of Data Privacy",
    "contact_email": f"privacy@{MAIL}",
    "contact_phone": "303-555-0112",
    "address": "4100 Juniper Mesa Parkway, Juniper Mesa, CO 80199",
}
YOUNG, MIDDLE, HIGH = ("K", "1", "2", "3", "4", "5"), ("6", "7", "8"), ("9", "10", "11", "12")


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    grades: tuple[str, ...]
    students: int


@dataclass(frozen=True, slots=True)
class Person:
    """`trained`: months since the privacy training, None for somebody who has not taken it."""

    key: str
    name: str
    title: str
    roles: tuple[Role, ...]
    school: str = ""
    trained: int | None = 3


SCHOOLS = (
    Place("aspen", "Aspen Grove Elementary", YOUNG, 412),
    Place("bluestem", "Bluestem Elementary", ("PK", *YOUNG), 388),
    Place("cottonwood", "Cottonwood Elementary", YOUNG, 455),
    Place("dry-creek", "Dry Creek Elementary", YOUNG, 347),
    Place("elk-run", "Elk Run Elementary", ("PK", *YOUNG), 501),
    Place("fireweed", "Fireweed Expeditionary School", (*YOUNG, *MIDDLE), 366),
    Place("granite", "Granite Middle School", MIDDLE, 612),
    Place("high-line", "High Line Middle School", MIDDLE, 578),
    Place("mesa-vista", "Mesa Vista High School", HIGH, 1384),
    Place("north-rim", "North Rim High School", HIGH, 1127),
    Place("pinyon", "Pinyon Online Academy", (*MIDDLE, *HIGH), 214),
    Place("switchback", "Switchback Career and Technical Center", ("11", "12"), 329),
)
LEADER, REQUESTER = (Role.SCHOOL_LEADER,), (Role.REQUESTER,)
PEOPLE = (
    Person("ben", "Ben Ortiz", "Grade 4 teacher", REQUESTER, "aspen"),
    Person("ada", "Ada Park", "Director of Data Privacy", (Role.PRIVACY_LEAD,)),
    Person("pat", "Pat Quill", "Privacy analyst", (Role.PRIVACY,)),
    Person("noor", "Noor Haddad", "Privacy analyst", (Role.PRIVACY,), trained=7),
    Person("sol", "Sol Reyes", "Strategic Sourcing manager", (Role.SOURCING,)),
    Person("cora", "Cora Lind", "General counsel", (Role.LEGAL,), trained=10),
    Person("jamal", "Jamal Whitaker", "Associate counsel", (Role.LEGAL,), trained=5),
    Person("gwen", "Gwen Hart", "Chief Financial Officer", (Role.SIGNATORY,), trained=9),
    Person("lee", "Lee Moreno", "Principal", LEADER, "aspen"),
    Person("bea", "Bea Ferrara", "Board clerk", (Role.BOARD_CLERK,), trained=14),
    Person("ivy", "Ivy Chen", "Information security officer", (Role.IT_SECURITY,), trained=2),
    Person("theo", "Theo Brandt", "Director of Academics", (Role.ACADEMICS,), trained=11),
    Person("kofi", "Kofi Mensah", "Communications manager", (Role.COMMUNICATIONS,), trained=8),
    Person("ruth", "Ruth Calloway", "Superintendent", (Role.SUPERINTENDENT,), trained=12),
    Person("max", "Max Webb", "Systems administrator", (Role.ADMIN,), trained=1),
    Person("mina", "Mina Castellano", "Buyer", (Role.SOURCING,), trained=6),
    Person("opal", "Opal Sandoval", "Principal", LEADER, "granite", trained=4),
    Person("hugh", "Hugh Tanaka", "Principal", LEADER, "mesa-vista", trained=13),
    Person("wren", "Wren Adeyemi", "Principal", LEADER, "elk-run"),
    Person("dana", "Dana Whitlock", "Assistant principal", REQUESTER, "aspen"),
    Person("carla", "Carla Nguyen", "Kindergarten teacher", REQUESTER, "bluestem"),
    Person("dev", "Dev Kapoor", "Librarian", REQUESTER, "cottonwood", trained=15),
    Person("ella", "Ella Brooks", "Grade 2 teacher", REQUESTER, "dry-creek"),
    Person("finn", "Finn Gallagher", "Music teacher", REQUESTER, "elk-run", trained=2),
    Person("grace", "Grace Oyelaran", "Grade 5 teacher", REQUESTER, "fireweed", trained=5),
    Person("hana", "Hana Kim", "Science teacher", REQUESTER, "granite"),
    Person("isaac", "Isaac Romero", "Mathematics teacher", REQUESTER, "high-line", trained=9),
    Person("june", "June Petrov", "World languages teacher", REQUESTER, "mesa-vista"),
    Person("kai", "Kai Thompson", "Computer science teacher", REQUESTER, "north-rim"),
    Person("lila", "Lila Begay", "Online learning coach", REQUESTER, "pinyon", trained=4),
    Person("marc", "Marc Dubois", "Welding instructor", REQUESTER, "switchback", trained=None),
)


@dataclass(slots=True)
class Cast:
    """Who there is, by the keys above."""

    district: District
    people: dict[str, Membership] = field(default_factory=dict)
    schools: dict[str, School] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        if key not in self.actors:
            self.actors[key] = actor_of(self.people[key])
        return self.actors[key]


@transaction.atomic
def build(today: date) -> Cast:
    """The district as its administrator sets it up; everybody's password is the demo's."""
    details = {name: value for name, value in DISTRICT.items() if name not in ("name", "state")}
    district = commands.open_district(
        code=CODE, name=DISTRICT["name"], state=DISTRICT["state"], by=BY, **details
    )
    cast = Cast(district)
    for place in SCHOOLS:
        cast.schools[place.code] = commands.add_school(
            district=district,
            name=place.name,
            grades=place.grades,
            students=place.students,
            code=place.code,
            by=BY,
        )
    for person in PEOPLE:
        cast.people[person.key] = _add(person, cast, today)
    members = User.objects.filter(memberships__district=district)
    # One hash for all: thirty slow ones would make up a third of the wait.
    members.update(password=make_password(PASSWORD))
    _let_sign(cast, today)
    _close_days(cast, today)
    return cast


def _add(person: Person, cast: Cast, today: date) -> Membership:
    trained = today - timedelta(days=30 * person.trained) if person.trained else None
    return commands.add_person(
        district=cast.district,
        name=person.name,
        email=f"{person.key}@{MAIL}",
        roles=person.roles,
        title=person.title,
        school=cast.schools.get(person.school),
        trained_on=trained,
        welcome=False,
        by=BY,
    )


def _let_sign(cast: Cast, today: date) -> None:
    """The authority table: the finance officer signs; from 100,000 dollars the board is first."""
    since, admin = today - timedelta(days=900), cast.actor("max")
    sign = commands.add_signing_authority
    sign(membership=cast.people["gwen"], delegated_on=since, by=admin)
    sign(
        membership=cast.people["gwen"],
        delegated_on=since,
        amount_over=100_000,
        board_first=True,
        by=admin,
    )


def send_away(cast: Cast, today: date) -> None:
    """Lee Moreno is at a conference; the assistant principal stands in."""
    commands.set_away(
        membership=cast.people["lee"],
        delegate=cast.people["dana"],
        away_from=today - timedelta(days=1),
        away_until=today + timedelta(days=6),
        by=cast.actor("lee"),
    )


def _close_days(cast: Cast, today: date) -> None:
    """The breaks of last, this and next school year."""
    this = today.year if today.month >= 7 else today.year - 1
    for year in (this - 1, this, this + 1):
        for name, first, last in breaks_of(year):
            commands.add_closure(
                district=cast.district, day=first, until=last, name=name, by=cast.actor("max")
            )


def breaks_of(year: int) -> tuple[tuple[str, date, date], ...]:
    """The breaks of the school year that starts in `year`: name, first and last day."""
    thanksgiving = _nth(date(year, 11, 1), weekday=3, nth=4)
    winter = _nth(date(year, 12, 1), weekday=0, nth=4)
    spring = _nth(date(year + 1, 3, 1), weekday=0, nth=3)
    return (
        ("Thanksgiving week", thanksgiving - timedelta(days=3), thanksgiving + timedelta(days=1)),
        ("Winter break", winter, winter + timedelta(days=11)),
        ("Spring break", spring, spring + timedelta(days=4)),
    )


def _nth(first: date, *, weekday: int, nth: int) -> date:
    """The nth Monday (0) … Sunday (6) of the month that begins on `first`."""
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
