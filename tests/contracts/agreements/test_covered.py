"""Already covered: what an agreement in effect covers is approved at triage, by rule."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contracts.agreements import queries
from contracts.agreements.models import ScheduledElement
from tests.factories import agreements, people, plainly
from tests.factories import requests as make
from vetting.people.queries import actor_of, today_in
from vetting.requests import commands, rules
from vetting.requests import queries as reads
from vetting.requests.models import ToolRequest
from workflows.clock.models import Deadline
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def covered() -> ToolRequest:
    """A second request at triage for the tool of an agreement in effect: low tier, all covered."""
    agreement, username = plainly.executed(), make.element("username")
    ScheduledElement.objects.create(product=agreement.products.get(), element=username)
    (first,) = queries.requests_served(agreement)
    commands.withdraw_request(first, by=actor_of(people.ben()))
    draft = make.draft(under_13=False)
    draft.schedule.update(element=username)
    request = make.submit(draft)
    drain()
    return request


def trace(request: ToolRequest) -> tuple[Any, ...]:
    row = ToolRequest.objects.filter(pk=request.pk).values().get()
    return row, Entry.objects.count(), Message.objects.count(), Deadline.objects.count()


def test_a_decision_that_is_not_written_approves_nothing() -> None:
    request, sol = covered(), people.sol()
    client, before = Client(), trace(request)
    client.force_login(sol.user)
    missing = {
        "pilot": [
            "Give the day on which this approval ends.",
            "Name the person who looks after it until it ends.",
        ],
        "": ["Choose what kind of approval this is."],
    }
    unwritten = ["Say for which purpose it is approved.", "Say how it is paid for."]
    for kind, reasons in missing.items():
        approval = commands.Approval(kind=kind, purpose=" ", license="")
        with pytest.raises(Refused) as refused:
            commands.approve_covered(request, approval=approval, by=actor_of(sol))
        assert sorted(refused.value.reasons) == sorted(unwritten + reasons)
        page = client.post(f"/requests/{request.code}/cover/", {"kind": kind})
        assert page.status_code == 422
        assert all(reason in page.text for reason in unwritten + reasons)
    assert trace(request) == before


def test_sourcing_approves_what_is_covered_with_its_dates() -> None:
    request, sol = covered(), people.sol()
    today = today_in(people.district())
    until = today + timedelta(days=30)
    approval = make.approval(kind="pilot", until=until, owner=sol.pk)
    done = commands.approve_covered(request, approval=approval, by=actor_of(sol))
    assert (done.state, done.approval_kind) == ("approved", "pilot")
    assert (done.approved_on, done.approved_until) == (today, until)
    last = Entry.objects.filter(case_id=done.pk).latest("seq")
    assert (last.name, last.source, last.target) == ("approve_covered", "triage", "approved")
    kinds = Deadline.objects.filter(case_id=done.pk, met_at=None).values_list("kind", flat=True)
    assert sorted(kinds) == ["approval_ends"]


def test_sensitive_data_and_children_are_not_approved_in_passing() -> None:
    request, sol = covered(), actor_of(people.sol())
    ToolRequest.objects.filter(pk=request.pk).update(under_13=True)
    request.schedule.update(element=make.element())
    before = trace(request)
    with pytest.raises(Refused) as refused:
        commands.approve_covered(request, approval=make.approval(), by=sol)
    assert refused.value.reasons == [
        "It takes sensitive data, so a person must decide.",
        "Children under 13 may use it, so a person must decide.",
    ]
    assert trace(request) == before


def test_what_the_law_forbids_is_not_covered_by_any_agreement() -> None:
    request, sol = covered(), actor_of(people.sol())
    facts = {"student_data": True}
    commands.classify(request, facts=facts, relationship="prohibited", note="Banned.", by=sol)
    before = trace(request)
    with pytest.raises(Refused, match="no agreement can cover that"):
        commands.route(request, path="covered", by=sol)
    with pytest.raises(Refused, match="no agreement can cover that"):
        commands.approve_covered(request, approval=make.approval(), by=sol)
    assert trace(request) == before


def test_whoever_decides_hears_that_an_agreement_covers_it() -> None:
    request, sol = covered(), actor_of(people.sol())
    ada = people.ada().user.email
    commands.route(request, path="covered", by=sol)
    mail = Message.objects.get(case_id=request.pk, topic="decision_due", to=ada)
    assert "An agreement in effect covers “Reading Ladder”, and it waits for your" in mail.body


def test_what_an_agreement_covers_does_not_make_the_long_way_look_short() -> None:
    request, sol = covered(), actor_of(people.sol())
    commands.classify(request, facts={"student_data": True}, by=sol)
    commands.approve_covered(request, approval=make.approval(), by=sol)
    now = timezone.now() + timedelta(days=1)
    assert reads.usual_time(people.district(), "contract", now) == rules.Usual(None)


def test_a_request_for_which_another_tool_is_meant_gets_an_agreement_of_its_own() -> None:
    request, first = agreements.drafted()
    sol, pat = actor_of(people.sol()), actor_of(people.pat())
    other = make.tool("Math Ladder", "https://mathladder.com")
    commands.reroute_request(request, note="It is the other one.", by=pat)
    commands.settle_match(request, tool=other, by=sol)
    commands.classify(request, facts={"student_data": True}, by=sol)
    commands.route(request, path="contract", by=sol)
    drain()
    second = queries.agreement_of(request)
    assert second is not None
    assert second.pk != first.pk
    assert [row.tool for row in second.products.all()] == [other]
