"""Who may open and press what: every role, everybody, and a person of another district."""

import pytest
from django.test import Client

from tests.factories import people, requests
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.screening import commands
from vetting.screening.models import Answer, Finding, Screening
from workflows.actors import Role
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
OK, SIGN_IN, FORBIDDEN, NOTHING, METHOD = 200, 302, 403, 404, 405

READS = {
    *(Role.PRIVACY, Role.PRIVACY_LEAD, Role.IT_SECURITY, Role.LEGAL, Role.SOURCING),
    *(Role.ACADEMICS, Role.ADMIN, Role.SUPERINTENDENT),
}
WRITES = {Role.PRIVACY, Role.PRIVACY_LEAD}
SETS = WRITES | {Role.ADMIN}
PERSONS = [role for role in Role if role not in (Role.VENDOR, Role.PUBLIC, Role.SYSTEM)]

GETS = {
    "/requests/{code}/screening/": READS,
    "/requests/{code}/screening/1/": READS,
    "/settings/questionnaires/": SETS,
    "/settings/questionnaires/core/1/": SETS,
}
POSTS = [
    "/requests/{code}/screening/",
    "/requests/{code}/screening/answer/no_sale/",
    "/requests/{code}/screening/basis/",
    "/requests/{code}/screening/findings/",
    "/requests/{code}/screening/findings/{finding}/",
]


@pytest.fixture
def case() -> ToolRequest:
    """With a screening and a finding; whoever asks holds no other role."""
    commands.load_questionnaires()
    request = requests.in_screening()
    commands.add_finding(request, title="Odd", severity="low", by=actor_of(people.pat()))
    return request


def holder(role: Role) -> Membership:
    return people.person(f"{role.value.replace('_', '')} Holder", role)


def filled(where: str, request: ToolRequest) -> str:
    return where.format(code=request.code, finding=Finding.objects.get().pk)


def as_(person: Membership | None) -> Client:
    client = Client()
    if person:
        client.force_login(person.user)
    return client


def written() -> tuple[int, int, int]:
    return Entry.objects.count(), Answer.objects.count(), Screening.objects.count()


@pytest.mark.parametrize("role", PERSONS)
def test_every_role_reads_what_it_may_and_nothing_else(case: ToolRequest, role: Role) -> None:
    client, before = as_(holder(role)), written()
    for where, may in GETS.items():
        expected = OK if role in may else FORBIDDEN
        assert (where, client.get(filled(where, case)).status_code) == (where, expected)
    assert written() == before


@pytest.mark.parametrize("role", [role for role in PERSONS if role not in WRITES])
def test_no_other_role_writes_anything(case: ToolRequest, role: Role) -> None:
    client, before = as_(holder(role)), written()
    for where in POSTS:
        answer = client.post(filled(where, case), {"no_sale-value": "yes"})
        assert (where, answer.status_code) == (where, FORBIDDEN)
    assert written() == before


def test_nobody_signed_in_is_sent_to_the_sign_in(case: ToolRequest) -> None:
    client, before = as_(None), written()
    for where in GETS:
        answer = client.get(filled(where, case))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (SIGN_IN, "/sign-in/")
    for where in POSTS:
        assert client.post(filled(where, case)).status_code == SIGN_IN
    assert written() == before


def test_somebody_of_another_district_finds_nothing_and_learns_nothing(case: ToolRequest) -> None:
    client, before = as_(people.eve()), written()
    for where in [one for one in GETS if one.startswith("/requests")]:
        answer = client.get(filled(where, case))
        missing = client.get(filled(where, case).replace(case.code, "zzzzzzzzzzzz"))
        assert (answer.status_code, answer.text) == (NOTHING, missing.text)
    for where in POSTS:
        answer = client.post(filled(where, case), {"no_sale-value": "yes"})
        assert (where, answer.status_code) == (where, NOTHING)
    assert written() == before


@pytest.mark.parametrize("where", POSTS[1:])
def test_what_writes_is_never_a_get(case: ToolRequest, where: str) -> None:
    assert as_(people.pat()).get(filled(where, case)).status_code == METHOD
