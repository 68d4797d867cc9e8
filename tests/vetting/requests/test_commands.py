from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from tests.factories import catalog, people
from tests.factories import requests as make
from vetting.catalog.models import Tool
from vetting.people.models import School
from vetting.people.queries import actor_of, today_in
from vetting.policy.queries import last_evaluated
from vetting.requests import commands, queries, rules
from vetting.requests.models import Requester, ToolRequest
from vetting.requests.reactions import suspension_ends_the_approval_clocks
from workflows import engine
from workflows.actors import Role, system
from workflows.clock.models import Deadline
from workflows.clock.queries import business_days_since
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.outbox.reactions import Event

pytestmark = pytest.mark.django_db


def nia() -> people.Membership:
    """A teacher of another school."""
    return people.person("Nia Fox", Role.REQUESTER, school=people.school("birch"))


def schools_of(request: ToolRequest) -> list[str]:
    return [school.code for school in request.schools_concerned().order_by("code")]


def mails(topic: str) -> list[str]:
    return sorted(Message.objects.filter(topic=topic).values_list("to", flat=True))


def test_a_new_tool_comes_into_the_catalog_when_it_is_asked_for() -> None:
    request = make.submit(make.draft())
    assert request.tool is not None
    assert (request.tool.name, request.tool.domain) == ("Reading Ladder", "readingladder.com")
    assert request.matches_settled


def test_sending_proposes_a_class_with_its_reasons() -> None:
    request = make.submit(make.draft())
    assert request.relationship == "contract"
    by_law, by_terms = request.class_reasons
    assert "(C.R.S. 22-16-103; not yet verified against the statute). Not known: Is it" in by_law
    assert by_terms == (
        "It is not known whether its terms are negotiated: the strictest path is taken."
    )


def test_sending_tells_the_requester_and_sourcing() -> None:
    people.sol()
    make.submit(make.draft())
    assert mails("request_received") == ["ben@juniper.example"]
    assert mails("request_to_triage") == ["sol@juniper.example"]


def test_a_second_request_joins_the_open_one() -> None:
    first = make.in_triage()
    second = make.draft(by=nia(), grades=["5"], website="https://www.readingladder.com/app")
    sent = commands.submit_request(second, by=actor_of(nia()))
    assert sent.joined
    assert sent.request.pk == first.pk
    assert schools_of(sent.request) == ["aspen", "birch"]
    assert sent.request.grades == ["3", "4", "5"]
    assert ToolRequest.objects.get(pk=second.pk).state == "withdrawn"
    assert ToolRequest.objects.get(pk=second.pk).joined_into_id == first.pk
    here = Entry.objects.filter(case_id=first.pk, name="requester_joined").get()
    assert here.facts == {"from": second.code}


def test_whoever_joined_reads_the_open_request() -> None:
    first = make.in_triage()
    commands.submit_request(make.draft(by=nia()), by=actor_of(nia()))
    assert queries.request_for(actor_of(nia()), first.code).pk == first.pk


def test_asking_too_joins_with_ones_own_school() -> None:
    first = make.in_triage()
    assert first.tool is not None
    joined = commands.ask_too(first.tool, by=actor_of(nia()))
    assert joined.pk == first.pk
    assert schools_of(joined) == ["aspen", "birch"]


def test_another_district_may_ask_for_the_same_tool() -> None:
    make.in_triage()
    theirs = make.draft(by=people.eve())
    assert not commands.submit_request(theirs, by=actor_of(people.eve())).joined


def test_one_of_two_requesters_withdraws_alone() -> None:
    first = make.in_triage()
    commands.ask_too(first.tool, by=actor_of(nia()))  # type: ignore[arg-type]
    left = commands.withdraw_request(first, by=actor_of(people.ben()))
    assert left.state == "triage"
    assert schools_of(left) == ["birch"]
    assert Role.REQUESTER not in left.roles_of(actor_of(people.ben()))
    last = commands.withdraw_request(first, by=actor_of(nia()))
    assert last.state == "withdrawn"


def test_whoever_left_and_joins_again_asks_for_the_schools_of_now() -> None:
    first = make.in_triage()
    commands.ask_too(first.tool, by=actor_of(nia()))  # type: ignore[arg-type]
    commands.withdraw_request(first, by=actor_of(nia()))
    assert schools_of(first) == ["aspen"]
    moved = nia()
    moved.school = people.school("cedar")
    moved.save()
    again = commands.ask_too(first.tool, by=actor_of(moved))  # type: ignore[arg-type]
    assert schools_of(again) == ["aspen", "cedar"]
    assert first.requesters.get(membership=moved).left_at is None


def test_who_asks_already_and_joins_once_more_keeps_every_school() -> None:
    first = make.in_triage()
    ben = people.ben()
    ben.school = people.school("cedar")
    ben.save()
    commands.ask_too(first.tool, by=actor_of(ben))  # type: ignore[arg-type]
    assert schools_of(first) == ["aspen", "cedar"]


def test_sourcing_withdraws_for_everybody() -> None:
    first = make.in_triage()
    commands.ask_too(first.tool, by=actor_of(nia()))  # type: ignore[arg-type]
    sol = actor_of(people.sol())
    assert commands.withdraw_request(first, by=sol, note="Closed").state == "withdrawn"


def test_the_colleague_for_whom_sourcing_typed_withdraws_it_whole() -> None:
    draft = commands.start_draft(by=actor_of(people.sol()), behalf=people.ben())
    assert schools_of(draft) == ["aspen"]
    assert commands.withdraw_request(draft, by=actor_of(people.ben())).state == "withdrawn"


def test_saving_a_draft_writes_what_was_typed_and_no_ledger_row() -> None:
    ben = actor_of(people.ben())
    draft = commands.start_draft(by=ben, tool_name="Math Garden")
    aspen = School.objects.get(code="aspen")
    name = make.element()
    saved = commands.save_draft(
        draft,
        by=ben,
        fields={"purpose": "Fractions", "state": "approved", "approval_kind": "full"},
        schools=[aspen.pk],
        elements={name.pk: "To sign in"},
    )
    assert (saved.purpose, saved.state, saved.approval_kind) == ("Fractions", "draft", "")
    assert [row.purpose for row in saved.schedule.all()] == ["To sign in"]
    assert Entry.objects.filter(case_id=draft.pk).count() == 1


def test_a_question_returns_the_request_and_the_answer_brings_it_back() -> None:
    ben, pat = actor_of(people.ben()), actor_of(people.pat())
    request = make.in_screening()
    asked = commands.ask_question(request, text="Do students sign in by name?", by=pat)
    assert (asked.state, asked.left_state) == ("returned", "screening")
    assert mails("question_asked") == ["ben@juniper.example"]
    body = Message.objects.get(topic="question_asked").body
    assert "Do students sign in by name?" in body
    answered = commands.answer_question(request, answer="No, by a class code.", by=ben)
    assert answered.state == "screening"
    assert queries.open_question(answered) is None


def test_the_clock_stands_still_while_the_requester_has_the_question() -> None:
    request = make.in_triage()
    commands.ask_question(request, text="For which class?", by=actor_of(people.sol()))
    paused = Deadline.objects.filter(case_id=request.pk, paused_at__isnull=False, met_at=None)
    assert sorted(d.kind for d in paused) == ["privacy_review", "triage"]


def test_a_near_match_is_settled_at_triage() -> None:
    known = make.tool("Reading Ladder")
    request = make.submit(
        make.draft(tool_name="Reading Laddr", website="https://other.com", vendor_name="Other")
    )
    settled = commands.settle_match(request, tool=known, by=actor_of(people.sol()))
    assert settled.tool == known
    assert settled.matches_settled
    assert not Tool.objects.filter(name="Reading Laddr").exists()


def test_settling_on_a_tool_somebody_asks_for_merges_the_two() -> None:
    first = make.in_triage()
    other = make.submit(
        make.draft(
            by=nia(), tool_name="Reading Laddr", website="https://other.com", vendor_name="Other"
        )
    )
    kept = commands.settle_match(other, tool=first.tool, by=actor_of(people.sol()))  # type: ignore[arg-type]
    assert kept.pk == first.pk
    assert schools_of(kept) == ["aspen", "birch"]
    closed = ToolRequest.objects.get(pk=other.pk)
    assert (closed.state, closed.tool) == ("withdrawn", first.tool)
    assert not Tool.objects.filter(name="Reading Laddr").exists()


def test_another_class_than_the_rules_is_kept_with_its_note() -> None:
    request = commands.classify(
        make.in_triage(),
        facts={"student_data": True, "terms": "click_wrap"},
        relationship="contract",
        note="The vendor has just agreed to negotiate.",
        by=actor_of(people.sol()),
    )
    assert request.relationship == "contract"
    assert request.class_note == "The vendor has just agreed to negotiate."
    entry = Entry.objects.get(case_id=request.pk, name="classified")
    assert entry.facts == {"class": "contract", "rule": "click_wrap"}


def test_the_path_without_student_data_ends_approved() -> None:
    request = make.approved()
    today = today_in(people.district())
    assert request.shown_state == "Approved"
    assert (request.approved_on, request.review_on) == (today, rules.review_due_on(today))
    assert [e.name for e in Entry.objects.filter(case_id=request.pk)] == [
        "opened", "submit", "no_student_data_attested", "route_exempt", "approve",
    ]  # fmt: skip
    assert mails("request_approved") == ["ben@juniper.example"]
    open_ones = Deadline.objects.filter(case_id=request.pk, met_at=None)
    # The yearly review is a plain date: nobody can do it in this release.
    assert [deadline.kind for deadline in open_ones] == []


def pilot() -> ToolRequest:
    ada = people.ada()
    until = today_in(people.district()) + timedelta(days=30)
    approval = make.approval(kind="pilot", until=until, owner=ada.pk, conditions=["Ask first."])
    return commands.decide_approve(make.deciding(), approval=approval, by=actor_of(ada))


def test_a_pilot_ends_by_itself() -> None:
    request = pilot()
    end = Deadline.objects.get(case_id=request.pk, kind="approval_ends")
    assert end.ladder[-1]["act"] == "suspend"
    assert end.due_at.astimezone(ZoneInfo("America/Denver")).date() == today_in(
        people.district()
    ) + timedelta(days=30)
    yesterday = today_in(people.district()) - timedelta(days=1)
    ToolRequest.objects.filter(pk=request.pk).update(
        approved_until=yesterday, approval_owner=people.ada()
    )
    stopped = engine.perform(request, "suspend", by=system("clock"))
    assert stopped.state == "suspended"
    assert stopped.suspend_reason == rules.end_in_words(yesterday)


def test_the_clock_cannot_suspend_a_pilot_early() -> None:
    with pytest.raises(engine.Refused):
        engine.perform(pilot(), "suspend", by=system("clock"))


def test_a_suspension_ends_the_clocks_of_the_approval_and_reinstating_arms_them() -> None:
    ada = actor_of(people.ada())
    request = commands.suspend_tool(pilot(), reason="The vendor was sold.", by=ada)
    suspension_ends_the_approval_clocks(_event(request))
    kinds = Deadline.objects.filter(case_id=request.pk, met_at=None).values_list("kind", flat=True)
    assert list(kinds) == ["suspension"]
    commands.reinstate_tool(request, note="The new owner signed.", by=ada)
    assert sorted(kinds.all()) == ["approval_ends"]


def _event(request: ToolRequest) -> Event:
    entry = Entry.objects.filter(case_id=request.pk).latest("seq")
    return Event(
        case_id=request.pk,
        machine="request",
        move=entry.name,
        source=entry.source,
        target=entry.target,
        seq=entry.seq,
        at=entry.at,
        by_ref=entry.actor_ref,
        facts={},
    )


def test_approving_without_some_data_strikes_it() -> None:
    ada = actor_of(people.ada())
    request = make.deciding()
    staff = catalog.elements()["staff-email"]
    request.schedule.create(element=staff)
    done = commands.approve_without(request, approval=make.approval(), strike=[staff.pk], by=ada)
    assert done.state == "approved"
    assert done.schedule.get().struck
    assert Entry.objects.get(case_id=done.pk, name="approve_without").facts == {
        "kind": "full",
        "evaluation": last_evaluated(done.pk).pk,
        "struck": ["staff-email"],
    }


def test_declining_tells_why_and_what_instead() -> None:
    request = commands.decline_request(
        make.in_triage(),
        reason="sells_data",
        words="Its terms allow advertising.",
        alternatives="Word Well",
        by=actor_of(people.ada()),
    )
    assert request.state == "declined"
    body = Message.objects.get(topic="request_declined").body
    assert "It sells data or uses it for advertising" in body
    assert "What you can use instead: Word Well" in body


def test_reopening_makes_a_new_draft_and_leaves_the_old_record() -> None:
    ben = actor_of(people.ben())
    old = commands.withdraw_request(make.in_triage(), by=ben)
    draft = commands.reopen_request(old, by=ben)
    assert (draft.state, draft.reopened_from_id) == ("draft", old.pk)
    assert (draft.tool_name, schools_of(draft)) == ("Reading Ladder", ["aspen"])
    assert draft.schedule.count() == 1
    assert ToolRequest.objects.get(pk=old.pk).state == "withdrawn"


def test_the_usual_time_is_the_median_of_what_was_approved_on_that_path() -> None:
    now = timezone.now()
    assert queries.usual_time(people.district(), "exempt", now) == rules.Usual(None)
    make.approved()
    assert queries.usual_time(people.district(), "exempt", now + timedelta(days=1)).days == 1
    assert queries.usual_time(people.district(), "contract", now) == rules.Usual(None)


def test_the_usual_time_counts_those_that_still_wait_as_home_does() -> None:
    with time_machine.travel("2026-10-05 16:00Z", tick=False):
        request = make.in_screening()
    monday = datetime(2026, 11, 23, 16, tzinfo=UTC)
    usual = queries.usual_time(people.district(), "contract", monday)
    told = business_days_since(datetime(2026, 10, 5, 16, tzinfo=UTC), request.case.tenant, monday)
    assert usual == rules.Usual(None, 1, told)
    words = rules.usual_time_in_words(usual)
    assert words.endswith(f"One more has been under way for {told} business days.")


def test_an_answer_at_the_end_is_a_decision_to_make() -> None:
    request, ada = make.deciding(), people.ada()
    commands.ask_question(request, text="Which grades?", by=actor_of(ada))
    Message.objects.filter(channel=Message.MAIL).delete()
    commands.answer_question(request, answer="Three.", by=actor_of(people.ben()))
    mail = Message.objects.get(to=ada.user.email)
    assert mail.topic == "decision_due"
    assert "answered the question about “Reading Ladder”, and it waits for your" in mail.body


def test_the_principal_is_asked_where_the_district_wants_it() -> None:
    people.lee()
    home = people.district()
    home.school_gate = True
    home.save()
    request = make.submit(make.draft())
    assert request.shown_state == "With the principal"
    assert commands.endorse_request(request, by=actor_of(people.lee())).state == "triage"


def test_a_principal_of_another_school_is_not_asked() -> None:
    people.lee()
    home = people.district()
    home.school_gate = True
    home.save()
    request = make.submit(make.draft())
    kim = people.person("Kim Vale", Role.SCHOOL_LEADER, school=people.school("birch"))
    with pytest.raises(engine.Refused, match="is for: School leader"):
        commands.endorse_request(request, by=actor_of(kim))


def test_a_requester_row_is_never_lost() -> None:
    first = make.in_triage()
    commands.withdraw_request(first, by=actor_of(people.ben()))
    assert Requester.objects.filter(request=first).count() == 1


def test_those_whose_turn_it_is_are_asked_once_a_day() -> None:
    people.sol()
    request = make.in_triage()
    ben = actor_of(people.ben())
    commands.nudge(request, by=ben)
    assert mails("nudge") == ["sol@juniper.example"]
    with pytest.raises(engine.Refused, match="within the last day already"):
        commands.nudge(request, by=ben)
    assert mails("nudge") == ["sol@juniper.example"]


def test_the_answer_is_told_to_whose_turn_it_is_again() -> None:
    sol, ben = actor_of(people.sol()), actor_of(people.ben())
    request = commands.ask_question(make.in_triage(), text="For which class?", by=sol)
    commands.answer_question(request, answer="Mine.", by=ben)
    assert mails("question_answered") == ["sol@juniper.example"]
