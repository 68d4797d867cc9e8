"""Who may open and press what: role by view, in one table."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from tests.factories import people
from tests.factories import requests as make
from vetting.people.models import Membership
from vetting.requests.models import ToolRequest
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db

EVERYBODY = ("ben", "nia", "lee", "sol", "pat", "ada", "cora", "max", "eve", "nobody")
OK, FORBIDDEN, NOTHING, SIGN_IN, WRONG_METHOD = 200, 403, 404, 302, 405


def nia() -> Membership:
    """A teacher who does not ask for this tool."""
    return people.person("Nia Fox", people.Role.REQUESTER, school=people.school("birch"))


PEOPLE = {name: getattr(people, name, None) or nia for name in EVERYBODY if name != "nobody"}


@dataclass(frozen=True, slots=True)
class Line:
    """`sees` may open the view; the others get what `else_` says (by default, no such page)."""

    view: str
    sees: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


STAFF = ("sol", "pat", "ada", "cora", "max")
READERS = ("ben", "lee", *STAFF)
EVERYBODY_HERE = ("ben", "nia", "lee", *STAFF, "eve")
TRIAGERS = ("sol", "pat", "ada")
# eve leads privacy in her own district: these views find nothing there for her.
NO_TRIAGERS = ("ben", "nia", "lee", "cora", "max")

GETS = [
    Line("/", EVERYBODY_HERE),
    Line("/requests/", EVERYBODY_HERE),
    Line("/requests/new/", EVERYBODY_HERE),
    Line("/may-i-use/", EVERYBODY_HERE),
    Line("/search/", EVERYBODY_HERE),
    Line("/requests/{code}/", READERS),
    Line("/requests/{code}/answer/", READERS),
    Line("/requests/{code}/triage/", TRIAGERS, NO_TRIAGERS),
    Line("/requests/{code}/ask/", TRIAGERS, NO_TRIAGERS),
    Line("/requests/{code}/cover/", TRIAGERS, NO_TRIAGERS),
    Line("/requests/{code}/decline/", ("pat", "ada"), (*NO_TRIAGERS, "sol")),
    Line("/requests/{code}/suspend/", ("pat", "ada"), (*NO_TRIAGERS, "sol")),
    Line("/requests/{code}/decide/", ("ada",), (*NO_TRIAGERS, "sol", "pat")),
    Line("/requests/{code}/reinstate/", ("ada",), (*NO_TRIAGERS, "sol", "pat")),
]


def answer(name: str, address: str, method: str = "get", **data: str) -> int:
    client = Client()
    if name != "nobody":
        client.force_login(PEOPLE[name]().user)
    return getattr(client, method)(address, data).status_code


def expected(line: Line, name: str) -> int:
    if name == "nobody":
        return SIGN_IN
    if name in line.sees:
        return OK
    return FORBIDDEN if name in line.forbidden else NOTHING


@pytest.mark.parametrize("name", EVERYBODY)
def test_each_page_opens_for_its_roles_only(name: str) -> None:
    code = make.in_triage().code
    people.eve()
    got = {line.view: answer(name, line.view.format(code=code)) for line in GETS}
    assert got == {line.view: expected(line, name) for line in GETS}


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_its_requester_edits_a_draft(name: str) -> None:
    code = make.draft().code
    got = {answer(name, f"/requests/{code}/edit/{part}/") for part in ("tool", "who", "data")}
    assert got == {{"ben": OK, "nobody": SIGN_IN}.get(name, NOTHING)}


# What a press by each person in triage answers; 409 is a refusal with its reasons.
CONFLICT, INVALID = 409, 422
POSTS: dict[str, dict[str, int]] = {
    "settle/": {"sol": NOTHING, "pat": NOTHING, "ada": NOTHING},
    "route/": {"sol": CONFLICT, "pat": CONFLICT, "ada": CONFLICT},
    "endorse/": dict.fromkeys(READERS, CONFLICT),
    "send-back/": dict.fromkeys(READERS, CONFLICT),
    "reroute/": dict.fromkeys(READERS, CONFLICT),
    "retire/": dict.fromkeys(READERS, CONFLICT),
    "reopen/": dict.fromkeys(READERS, CONFLICT),
    "withdraw/": {**dict.fromkeys(READERS, CONFLICT), "ben": SIGN_IN, "sol": SIGN_IN},
    "nudge/": dict.fromkeys(READERS, SIGN_IN),
    "ask/": dict.fromkeys(TRIAGERS, INVALID),
    "answer/": dict.fromkeys(READERS, INVALID),
    "decline/": {"pat": INVALID, "ada": INVALID},
    "suspend/": {"pat": INVALID, "ada": INVALID},
    "decide/": {"ada": INVALID},
    "reinstate/": {"ada": INVALID},
    "triage/": dict.fromkeys(TRIAGERS, SIGN_IN),
}
ROLE_GATED = (
    "settle/",
    "route/",
    "triage/",
    "ask/",
    "decline/",
    "suspend/",
    "decide/",
    "reinstate/",
)


def press(request: ToolRequest, name: str, part: str) -> tuple[int, int]:
    """The answer and the number of ledger rows written; everything is taken back afterwards."""
    before = Entry.objects.count()
    with transaction.atomic():
        status = answer(name, f"/requests/{request.code}/{part}", "post", path="nowhere")
        written = Entry.objects.count() - before
        transaction.set_rollback(True)
    return status, written


def allowed(name: str, part: str) -> tuple[int, int]:
    if name == "nobody":
        return SIGN_IN, 0
    if name in POSTS[part]:
        status = POSTS[part][name]
        return status, int(status == SIGN_IN)
    return (FORBIDDEN if part in ROLE_GATED and name != "eve" else NOTHING), 0


@pytest.mark.parametrize("name", EVERYBODY)
def test_each_button_works_for_its_people_only(name: str) -> None:
    request = make.in_triage()
    got = {part: press(request, name, part) for part in POSTS}
    assert got == {part: allowed(name, part) for part in POSTS}


@pytest.mark.parametrize("part", ["", "answer/", "triage/", "decide/", "decline/", "suspend/"])
def test_a_person_of_another_district_reads_the_same_404_as_for_nothing(part: str) -> None:
    code = make.in_triage().code
    client = Client()
    client.force_login(people.eve().user)
    theirs = client.get(f"/requests/{code}/{part}")
    nothing = client.get(f"/requests/bcdfghjkmnpq/{part}")
    assert (theirs.status_code, nothing.status_code) == (NOTHING, NOTHING)
    assert theirs.text.replace(code, "") == nothing.text.replace("bcdfghjkmnpq", "")


def test_a_get_never_presses_a_button() -> None:
    request = make.in_triage()
    for part in ("endorse/", "withdraw/", "retire/", "route/", "settle/", "reopen/"):
        assert answer("ada", f"/requests/{request.code}/{part}") == WRONG_METHOD
    assert ToolRequest.objects.get(pk=request.pk).state == "triage"
