"""What each page asks of the database, for everybody who may open it, on a day when all is late.

Session, person, roles and the strip of what is overdue are among them. Twelve are allowed; the
numbers seen stand here, so that one more is noticed.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly, requests, screening
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests import commands as triage
from vetting.requests.models import ToolRequest
from workflows.outbox.drain import drain
from workflows.stateful import Stateful

pytestmark = pytest.mark.django_db

EVERYBODY = (
    *(people.ada, people.pat, people.ben, people.cora, people.sol, people.gwen),
    *(people.lee, people.ivy, people.max),
)
LATER = timedelta(days=80)  # by then everything is late
LISTS = {"/": 8, "/due/": 7, "/requests/": 9, "/requests/?view=all": 9, "/agreements/": 9}
LISTS["/requests/?view=yours"] = 4


def asked(path: str) -> dict[str, int]:
    """How many queries by name, of those who may open the page."""
    # The calendar of a district is read once per process.
    _browser_of(people.ada()).get("/requests/")
    found: dict[str, int] = {}
    for person in [make() for make in EVERYBODY]:
        number = _asked_by(person, path)
        if number:
            found[person.user.name] = number
    return found


def _asked_by(person: Membership, path: str) -> int:
    browser = _browser_of(person)
    with CaptureQueriesContext(connection) as run:
        answer = browser.get(path)
    return len(run) if answer.status_code == 200 else 0


def _browser_of(person: Membership) -> Client:
    browser = Client()
    browser.force_login(person.user)
    return browser


def _worlds(rows: int) -> None:
    """So many requests in screening, each with the draft of its agreement."""
    for number in range(rows):
        name, site = f"Abacus {number}", f"https://abacus{number}.example.com"
        requests.tool(name, site)
        request = requests.submit(requests.draft(tool_name=name, website=site))
        triage.route(request, path="contract", by=actor_of(people.sol()))
    drain()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(rows: int) -> None:
    agreements.drafted()
    _worlds(rows)
    with time_machine.travel(timezone.now() + LATER):
        seen = {path: max(asked(path).values()) for path in LISTS}
    assert seen == LISTS
    assert max(seen.values()) <= 12


def _out() -> Agreement:
    offered = plainly.with_vendor()
    assert offered.current is not None
    by = agreements.vendor_actor(offered)
    commands.accept_text(offered, by=by, sha256=offered.current.sha256)
    drain()
    return agreements.fresh(offered)


def _awaiting() -> Stateful:
    offered = plainly.with_vendor()
    return screening.concluded(ToolRequest.objects.get(served_by__agreement=offered))


CASES: dict[str, tuple[Callable[[], Stateful], int]] = {
    "request: draft": (requests.draft, 8),
    "request: triage": (requests.in_triage, 9),
    "request: screening": (lambda: agreements.drafted()[0], 11),
    "request: awaiting its agreement": (_awaiting, 12),
    "request: deciding": (requests.deciding, 9),
    "request: approved": (requests.approved, 9),
    "agreement: drafting": (lambda: agreements.drafted()[1], 11),
    "agreement: legal review": (plainly.in_review, 11),
    "agreement: with the vendor": (plainly.with_vendor, 10),
    "agreement: out for signature": (_out, 10),
    "agreement: signed by the vendor": (lambda: plainly.signed_by_vendor(_out()), 10),
    "agreement: in force": (plainly.executed, 10),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_case_takes_at_most_twelve_queries_whoever_asks(kind: str) -> None:
    make, expected = CASES[kind]
    case = make()
    with time_machine.travel(timezone.now() + LATER):
        seen = asked(case.get_absolute_url())  # type: ignore[attr-defined]
    assert seen, "nobody may open it"
    assert max(seen.values()) <= expected <= 12, seen
