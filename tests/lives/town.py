"""The real thing beside the story: people, two tools, a vendor, and what every step must leave.

Papers and seals are stand-ins (their own tests make real ones): a document takes a second here.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core import mail
from django.db import connection
from django.db.models import F
from django.utils import timezone

from contracts.agreements import queries as agreements_read
from contracts.agreements.models import Agreement, AgreementVersion, VendorLink
from contracts.agreements.rules import token_hash
from contracts.signing import commands as signing
from contracts.signing.models import SignatureRequest
from tests.emptying import STAY
from tests.factories import agreements, catalog, people, plainly
from tests.lives.story import Person
from vetting.catalog.models import Contact, DataElement, Tool
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.reference import load_all
from vetting.requests.models import ToolRequest
from vetting.screening.models import Questionnaire
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.desk.models import Process
from workflows.ledger.models import Entry
from workflows.outbox import jobs
from workflows.outbox.models import Message

QUESTIONS = {
    "slug": "core", "version": 99, "title": "Two questions",
    "groups": [{"id": "all", "title": "All", "questions": [
        {"id": "sells", "text": "Is selling forbidden?", "weight": 5,
         "answers": {"yes": 1, "no": 0},
         "finding": {"below": 1, "severity": "high", "title": "Selling is not forbidden"}},
        {"id": "tells", "text": "Is the district told?", "weight": 3,
         "answers": {"yes": 1, "no": 0}},
    ]}],
}  # fmt: skip
TOOLS = {"Reading Ladder": "https://readingladder.com", "Star Steps": "https://steps.example.com"}
SERVICES = "The reading practice service"


@dataclass
class Town:
    persons: list[Person]
    members: dict[Person, Membership]
    actors: dict[Person, Actor]
    tools: dict[str, Tool]
    contact: Contact
    element: DataElement

    def named(self, name: str) -> Person:
        return next(person for person in self.persons if person.name == name)

    def vendor(self, link: VendorLink) -> Actor:
        return agreements_read.actor_of_link(link)

    def link_of(self, agreement: int) -> VendorLink | None:
        """The newest personal link that was mailed for this agreement and still opens."""
        tokens = re.findall(r"/vendor/([\w-]+)/", "".join(str(m.body) for m in mail.outbox))
        now, hashes = timezone.now(), {token_hash(token): token for token in tokens}
        rows = VendorLink.objects.filter(agreement=agreement, token_hash__in=hashes)
        for row in rows.order_by("-pk"):
            if link := agreements_read.link_by_token(hashes[row.token_hash], now):
                return link
        return None

    def turn(self, agreement: int, slot: str) -> SignatureRequest | None:
        rows = SignatureRequest.objects.filter(slot=slot, version__agreement=agreement)
        rows = rows.filter(version=F("agreement__current")).exclude(status="revoked")
        return rows.select_related("agreement__case__tenant", "version__pdf").first()


def build() -> Town:
    load_all()
    Questionnaire.objects.filter(slug="core").update(active=False)
    Questionnaire.objects.create(
        slug="core", version=99, title="Two questions", questions=QUESTIONS, active=True,
        sha256=hashlib.sha256(b"two questions").hexdigest(), loaded_at=timezone.now(),
    )  # fmt: skip
    agreements.district_with_letterhead()
    birch = people.school("birch")
    members = {
        "ada": people.ada(), "pat": people.pat(), "ben": people.ben(), "cora": people.cora(),
        "sol": people.sol(), "lee": people.lee(), "ivy": people.ivy(), "max": people.max(),
        "nia": people.person("Nia Fox", Role.REQUESTER, school=birch),
        "rosa": people.person("Rosa Diaz", Role.BOARD_CLERK), "gwen": agreements.signer(),
        "eve": people.eve(),
    }  # fmt: skip
    persons = {name: _person(name, member) for name, member in members.items()}
    maker = catalog.vendor("Ladder Labs")
    maker.address = "2 Ladder Lane, Denver, CO 80200"
    maker.save()
    return Town(
        persons=list(persons.values()),
        members={persons[name]: member for name, member in members.items()},
        actors={persons[name]: actor_of(member) for name, member in members.items()},
        tools={name: catalog.tool(name, of=maker, website=url) for name, url in TOOLS.items()},
        contact=catalog.dee(maker),
        element=DataElement.objects.get(slug="student-name"),
    )


def _person(name: str, member: Membership) -> Person:
    roles = frozenset(str(grant.role) for grant in member.grants.all())
    school = member.school.code if member.school else "aspen"
    leads = school if "school_leader" in roles else ""
    return Person(name, roles, member.district.tenant.code, leads, school)


# --- stand-ins ------------------------------------------------------------------------------------


def written(agreement: Agreement) -> AgreementVersion:
    number = agreement.versions.count() + 1
    file = plainly.stand_in(f"document {agreement.pk} {number}")
    return AgreementVersion.objects.create(
        agreement=agreement, number=number, document=file, pdf=file, pages=1, template="by hand",
        made_at=timezone.now(),
    )  # fmt: skip


def seal(message: Message) -> Callable[[], None]:
    turn = SignatureRequest.objects.select_related("agreement__case__tenant", "version").get(
        pk=message.payload["request"]
    )
    sealed = plainly.stand_in(f"sealed {turn.pk}")
    return lambda: signing.keep_seal(turn, sealed, as_of=None)


def certify(message: Message) -> Callable[[], None]:
    version = AgreementVersion.objects.get(pk=message.payload["version"])
    paper = plainly.stand_in(f"certificate {version.pk}")
    return lambda: signing.keep_certificate(version, paper)


def with_stand_ins(patch: Any) -> None:
    for topic, run in (("seal_signature", seal), ("make_certificate", certify)):
        patch.setitem(jobs._jobs, topic, replace(jobs._jobs[topic], run=run))


# --- what is in the database ----------------------------------------------------------------------


def rows() -> dict[str, int]:
    """How many rows every table holds: what a refused move must not change."""
    tables = [t for t in connection.introspection.django_table_names() if t not in STAY]
    parts = (f"SELECT '{t}', COUNT(*) FROM {connection.ops.quote_name(t)}" for t in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def states() -> dict[int, str]:
    found = dict(ToolRequest.objects.values_list("pk", "state"))
    return found | dict(Agreement.objects.values_list("pk", "state"))


def folded() -> dict[int, str]:
    """Every case's state as its ledger tells it."""
    moves = Entry.objects.filter(kind=Entry.MOVE).order_by("case_id", "seq")
    at: dict[int, str] = {}
    for case, source, target in moves.values_list("case_id", "source", "target"):
        assert at.get(case, "") == source, f"case {case} left {source} but was at {at.get(case)}"
        at[case] = target
    return at


def open_processes() -> dict[int, int]:
    found: dict[int, int] = {}
    for case in Process.objects.filter(finished=None).values_list("case_id", flat=True):
        found[case] = found.get(case, 0) + 1
    return found


def open_deadlines() -> set[int]:
    running = Deadline.objects.filter(met_at=None, waived_at=None)
    return set(running.values_list("case_id", flat=True))
