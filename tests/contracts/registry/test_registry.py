"""The public list follows from the records: nothing is copied, nothing outlives its dates."""

import csv
import hashlib
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from contracts.agreements.models import CoveredTool, ScheduledElement
from contracts.registry import queries, rules
from tests.factories import agreements, people, requests
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import RequestedElement, ToolRequest
from vetting.screening import commands as screening
from vetting.screening import queries as screenings
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db


def waiting_for_the_decision() -> ToolRequest:
    """Screened, agreed and signed."""
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
    return waiting


def approved_by_agreement() -> ToolRequest:
    """Screened, agreed, signed and approved: the main job, by five different people."""
    waiting = waiting_for_the_decision()
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


def said_of_data(client: Client, name: str = "Reading Ladder") -> tuple[list[str], str, str, str]:
    """Every place that tells the public of data: JSON, CSV, the row of the list, the page."""
    tools = client.get("/registry/tools.json").json()["tools"]
    (tool,) = [one for one in tools if one["name"] == name]
    rows = csv.DictReader(StringIO(client.get("/registry/tools.csv").text))
    (row,) = [one["data_elements"] for one in rows if one["name"] == name]
    listed = client.get("/registry/").text.split('data-label="Student data">')[1].split("</td>")[0]
    return tool["data_elements"], row, listed, client.get(f"/registry/tools/{tool['code']}/").text


def test_what_a_tool_knows_is_what_the_signed_agreement_holds_whatever_was_first_said(
    client: Client,
) -> None:
    request = approved_by_agreement()
    RequestedElement.objects.filter(request=request).delete()
    ToolRequest.objects.filter(pk=request.pk).update(takes_student_data=False)
    product = CoveredTool.objects.get(tool=request.tool, live=True)
    work, held = requests.element("student-work"), product.schedule.get()
    ScheduledElement.objects.create(product=product, element=work, purpose="To mark it")

    in_json, in_csv, listed, page = said_of_data(client)

    named = [f"{one.category}: {one.name}" for one in (held.element, work)]
    assert (in_json, in_csv, listed) == (named, "; ".join(named), "2 data elements")
    assert f'data-label="In plain words">{escape(work.lay_words)}</td>' in page
    assert 'data-label="Why it is needed">To mark it</td>' in page
    assert "without any student data" not in page


@pytest.mark.parametrize("path", ["decide/", ""])
def test_no_page_says_none_beside_an_agreement_that_holds_data(client: Client, path: str) -> None:
    request = waiting_for_the_decision()
    RequestedElement.objects.filter(request=request).delete()
    ToolRequest.objects.filter(pk=request.pk).update(takes_student_data=False)
    client.force_login(people.ada().user)

    shown = client.get(f"/requests/{request.code}/{path}").text

    assert "<p>The request named none.</p>" in shown
    assert '<ul class="usa-list"><li>Student name (first and last)</li></ul>' in shown
    assert "<p>None.</p>" not in shown
    assert "No data about students." not in shown


def test_data_that_the_decision_struck_is_not_said_to_be_taken(client: Client) -> None:
    request = approved_by_agreement()
    product = CoveredTool.objects.get(tool=request.tool, live=True)
    work = requests.element("student-work")
    ScheduledElement.objects.create(product=product, element=work)
    RequestedElement.objects.create(request=request, element=work, struck=True)

    in_json, _, listed, _ = said_of_data(client)

    assert (in_json, listed) == (["Student name: Student name (first and last)"], "1 data element")


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
