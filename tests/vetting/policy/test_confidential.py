"""A police hold and how a breach is known are for the privacy team, not for whoever asked for the
tool; and what was told of a breach outlives every new look at the request."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.factories import people
from tests.factories import requests as make
from tests.factories.people import ada, ben
from tests.vetting.policy.test_dates_of_a_case import (
    BREACH,
    NOW,
    by,
    case,
    dates,
    day,
    happened,
    tell,
)
from vetting.policy import reckoning
from vetting.policy.commands.telling import Hold
from vetting.requests import commands
from vetting.requests.commands.correcting import AskedData, correct_data
from vetting.requests.commands.joining import move_requesters
from vetting.requests.models import ToolRequest
from workflows.actors import Actor
from workflows.clock.commands import meet_duty
from workflows.clock.models import Deadline

__all__ = ["by", "case"]
pytestmark = pytest.mark.django_db
HOLD = Hold("State police", day(3, 11).date(), day(5, 15).date())
SECRET = ("State police", "Their letter", "law enforcement", "hold_", "Hold review", "the hold")
FAMILIES = "ny.121_10_e"


def on_hold(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_notice_received", day(3, 10))
    tell(case, by, hold=HOLD, on_hold=True)


def pages(case: ToolRequest, who: Client) -> dict[str, str]:
    names = (f"/requests/{case.code}/", f"/dates/{case.code}/", f"/dates/{case.code}.json")
    read = {name: who.get(name) for name in (*names, "/", "/due/", "/agenda/")}
    assert {page.status_code for page in read.values()} == {200}
    return {name: page.text for name, page in read.items()}


def read_by_ben(case: ToolRequest) -> dict[str, str]:
    client = Client()
    client.force_login(ben().user)
    return pages(case, client)


def test_whoever_asked_for_the_tool_reads_of_no_hold(case: ToolRequest, by: Actor) -> None:
    on_hold(case, by)

    read = read_by_ben(case)

    assert "recorded something for the privacy team" in read[f"/requests/{case.code}/"]
    assert [(name, word) for name, text in read.items() for word in SECRET if word in text] == []


def test_nor_of_one_that_was_lifted(case: ToolRequest, by: Actor) -> None:
    on_hold(case, by)
    happened(case, by, "hold_lifted", day(4, 2, 15))

    read = read_by_ben(case)

    assert f"{FAMILIES}.delay" in dates(case)
    assert [(name, word) for name, text in read.items() for word in SECRET if word in text] == []
    assert not any(f"{FAMILIES}.delay" in text for text in read.values())


def test_what_somebody_wrote_of_a_duty_is_not_theirs_either(case: ToolRequest, by: Actor) -> None:
    tell(case, by)
    happened(case, by, "vendor_notice_received", day(3, 10))
    meet_duty(case, kind=FAMILIES, by=by, note="Letters to 520 families, by the insurer")

    page = read_by_ben(case)[f"/requests/{case.code}/"]

    assert "noted that it was done" in page
    assert "by the insurer" not in page


def test_the_privacy_team_reads_all_of_it(case: ToolRequest, by: Actor) -> None:
    on_hold(case, by)
    client = Client()
    client.force_login(ada().user)

    read = pages(case, client)

    assert "Their letter" in read[f"/requests/{case.code}/"]
    assert "State police" in read[f"/requests/{case.code}/"]
    assert "law enforcement asked to wait" in read[f"/dates/{case.code}.json"]
    assert "hold_review" in read[f"/dates/{case.code}.json"]


def test_corrected_data_leaves_the_breach_and_its_dates(case: ToolRequest, by: Actor) -> None:
    on_hold(case, by)
    before = dates(case)
    work = make.element("student-work")

    correct_data(case, data=AskedData(True, {work.pk: "To mark essays"}), by=by, at=NOW)

    facts = reckoning.facts_of(case)
    assert {name: facts.get(name) for name in BREACH} == BREACH
    assert facts["on_hold"] is True
    assert dates(case) == before
    happened(case, by, "occurred", day(3, 1))
    assert dates(case).keys() >= before.keys()


def test_a_request_that_is_joined_keeps_it_too(case: ToolRequest, by: Actor) -> None:
    on_hold(case, by)
    before = dates(case)
    other = make.draft()
    other.schedule.create(element=make.element("student-work"), purpose="To mark essays")

    joined = move_requesters(other, case, by=by, at=NOW)

    assert joined.brought
    assert reckoning.facts_of(case).get("on_hold") is True
    assert dates(case) == before


def test_and_one_that_is_classed_again(by: Actor) -> None:
    request = make.in_triage()
    on_hold(request, by)
    before = dates(request)

    commands.classify(request, facts={"student_data": True}, by=by, at=NOW)

    assert reckoning.facts_of(request).get("on_hold") is True
    assert dates(request) == before
    assert before


def test_dates_follow_new_facts_at_once(by: Actor) -> None:
    """A yearly notice about tools of curriculum, until it is known that this is none."""
    district = people.district()
    district.state = "OH"
    district.save()
    request = make.in_triage()
    happened(request, by, "agreement_executed", NOW - timedelta(days=30))
    assert "oh.annual" in dates(request)

    commands.classify(
        request, facts={"student_data": True, "curriculum_or_assessment": False}, by=by, at=NOW
    )

    assert "oh.annual" not in dates(request)


def test_nothing_was_released_stays_said(case: ToolRequest, by: Actor) -> None:
    on_hold(case, by)
    tell(case, by, breach=False)
    work = make.element("student-work")

    correct_data(case, data=AskedData(True, {work.pk: "To mark essays"}), by=by, at=NOW)

    assert reckoning.facts_of(case)["breach"] is False
    assert not Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None).exclude(
        layer=""
    )
