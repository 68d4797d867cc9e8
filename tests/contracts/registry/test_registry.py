"""The public list follows from the records: nothing is copied, nothing outlives its dates."""

import csv
import hashlib
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from contracts.registry import queries, rules
from tests.factories import agreements, people, requests
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from vetting.screening import commands as screening
from vetting.screening import queries as screenings
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db


def approved_by_agreement() -> ToolRequest:
    """Screened, agreed, signed and approved: the main job, by five different people."""
    agreement = agreements.executed()
    request = ToolRequest.objects.select_related("case__tenant").get(served_by__agreement=agreement)
    pat = actor_of(people.pat())
    opened = screenings.open_screening_of(request)
    assert opened is not None
    for question in screenings.sheet_of(opened).questions:
        screening.save_answer(
            request, question=question["id"], value="yes", evidence="Terms, section 3", by=pat
        )
    screening.record_legal_basis(
        request, basis="school_official", reason="It replaces a service of our staff.", by=pat
    )
    screening.conclude_screening(request, by=pat)
    drain()
    waiting = ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)
    assert waiting.state == "deciding"
    decided = requests.approval(conditions=("Staff accounts only",))
    return commands.decide_approve(waiting, approval=decided, by=actor_of(people.ada()))


def test_an_approved_tool_stands_on_the_list_with_the_signed_file(client: Client) -> None:
    request = approved_by_agreement()

    body = client.get("/registry/tools.json").json()

    (tool,) = body["tools"]
    assert tool["name"] == "Reading Ladder"
    assert tool["vendor"] == "Ladder Labs"
    assert tool["domain"] == "readingladder.com"
    assert tool["data_elements"] == ["Student name: Student name (first and last)"]
    assert tool["conditions"] == ["Staff accounts only"]
    assert tool["approved_on"] == request.approved_on.isoformat()
    pdf = client.get(tool["agreement_url"].partition("8000")[2] or tool["agreement_url"])
    assert pdf.status_code == 200
    assert hashlib.sha256(pdf.content).hexdigest() == tool["agreement_sha256"]


def test_csv_says_the_same_as_json(client: Client) -> None:
    approved_by_agreement()

    rows = list(csv.DictReader(StringIO(client.get("/registry/tools.csv").text)))
    (tool,) = client.get("/registry/tools.json").json()["tools"]

    assert tuple(rows[0]) == rules.COLUMNS
    assert rows[0]["agreement_sha256"] == tool["agreement_sha256"]
    assert rows[0]["code"] == tool["code"]


def test_the_public_pages_set_no_cookie_and_read_no_session(client: Client) -> None:
    approved_by_agreement()
    (line,) = queries.tools_you_may_use(people.district(), datetime.now(UTC))

    for path in ("/registry/", "/registry/contracts/", f"/registry/tools/{line.code}/"):
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_contract_that_has_ended_is_gone_before_any_sweep() -> None:
    approved_by_agreement()
    later = datetime.now(UTC) + timedelta(days=3 * 366)

    assert queries.tools_you_may_use(people.district(), later) == []
    assert queries.contracts_we_hold(people.district(), later) == []


def test_a_suspended_tool_leaves_the_list_and_its_contract_stays() -> None:
    request = approved_by_agreement()
    now = datetime.now(UTC)

    commands.suspend_tool(
        request, reason="The vendor changed its policy.", by=actor_of(people.ada())
    )

    assert queries.tools_you_may_use(people.district(), now) == []
    assert [held.vendor for held in queries.contracts_we_hold(people.district(), now)] == [
        "Ladder Labs"
    ]


def test_a_tool_without_student_data_is_listed_without_a_contract(client: Client) -> None:
    requests.approved()

    (tool,) = client.get("/registry/tools.json").json()["tools"]

    assert (tool["data_elements"], tool["agreement_url"]) == ([], None)


def test_an_unknown_tool_and_an_unknown_district_say_so(client: Client) -> None:
    people.district()

    missing = client.get("/registry/tools/nothing/")
    assert missing.status_code == 404
    assert "This tool is not on the list" in missing.text
    other = client.get("/registry/?district=atlantis")
    assert other.status_code == 404
    assert "There is no such district here" in other.text
    assert client.get("/registry/tools.json?district=atlantis").status_code == 404


def test_a_file_of_an_agreement_that_is_not_public_is_not_given(client: Client) -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())

    answer = client.get(f"/registry/contracts/{agreement.case.code}/agreement.pdf")

    assert answer.status_code == 404


def test_no_cell_of_the_csv_can_start_a_formula() -> None:
    assert rules._cell("=1+1") == "'=1+1"
    assert rules._cell(["@sum", "b"]) == "'@sum; b"
    assert rules._cell("plain") == "plain"


def test_the_list_asks_as_many_questions_for_three_tools_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    requests.approved()
    district = people.district()
    with django_assert_num_queries(3):
        assert len(queries.tools_you_may_use(district, datetime.now(UTC))) == 1

    for number in (2, 3):
        requests.approved(tool_name=f"Map {number}", vendor_name="Maps", website="")
    with django_assert_num_queries(3):
        assert len(queries.tools_you_may_use(district, datetime.now(UTC))) == 3


@time_machine.travel("2026-11-21 18:00:00 +0000")
def test_an_approval_with_an_end_date_is_gone_on_the_day_after() -> None:
    today = datetime.now(UTC).date()
    line = {"kind": "pilot", "exempt": False, "contract": None, "today": today}

    assert rules.still_stands(until=today, **line)
    assert not rules.still_stands(until=today - timedelta(days=1), **line)
    assert not rules.still_stands(until=None, **line)


def test_conditions_stand_with_the_schools_they_bind() -> None:
    def approval(school: str, *conditions: str) -> rules.Approval:
        return rules.Approval(
            tool="Ember", scope=rules.Scope("full", (school,), (), "", None), conditions=conditions,
            license="free", approved_on=date(2026, 3, 1), elements=(), contract=None,
        )  # fmt: skip

    one, other = approval("Aspen", "Staff only"), approval("Bluestem", "Class account")
    line = rules.Line("c", "Ember", "Ember Inc.", "", "", (one, other))
    assert line.conditions == [
        "Aspen, all grades: Staff only",
        "Bluestem, all grades: Class account",
    ]
    same = rules.Line("c", "Ember", "Ember Inc.", "", "", (one, approval("Bluestem", "Staff only")))
    assert same.conditions == ["Staff only"]
    half = rules.Line("c", "Ember", "Ember Inc.", "", "", (one, approval("Bluestem")))
    assert half.conditions == ["Aspen, all grades: Staff only"]
