"""Every refusal of this room's guards: the exact sentence, and nothing written."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories import people
from tests.factories import requests as make
from vetting.people.models import Membership
from vetting.people.queries import actor_of, today_in
from vetting.requests import commands, rules
from vetting.requests.models import Requester, ToolRequest
from workflows import engine
from workflows.cases import Case
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def refusal(request: ToolRequest, act: Callable[[], Any]) -> list[str]:
    """The reasons of a refused act, after making sure that it left no trace."""

    def trace() -> tuple[Any, ...]:
        row = ToolRequest.objects.filter(pk=request.pk).values().get()
        return row, Entry.objects.count(), Message.objects.count()

    before = trace()
    with pytest.raises(Refused) as refused:
        act()
    assert trace() == before
    return refused.value.reasons


def send(request: ToolRequest, by: Membership | None = None) -> Callable[[], Any]:
    return lambda: commands.submit_request(request, by=actor_of(by or people.ben()))


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        (
            {"tool_name": "", "website": " "},
            ["Name the tool or give its web address."],
        ),
        ({"purpose": " "}, ["Say what it will be used for."]),
        ({"grades": []}, ["Choose the grades of the people who would use it."]),
        ({"takes_student_data": None}, ["Say whether it takes any data about students."]),
        (
            {"form": "project", "project_partner": "", "grades": [], "takes_student_data": False},
            [
                "Name the partner who would receive the data.",
                "Say which records would be shared.",
                "Give the first day of the project and the day on which its use ends.",
            ],
        ),
        (
            {
                "form": "project",
                "project_partner": "The museum",
                "project_records": "Names",
                "project_from": date(2027, 2, 1),
                "project_until": date(2027, 1, 1),
                "takes_student_data": False,
            },
            ["The project must end after its first day."],
        ),
    ],
)
def test_an_incomplete_draft_is_not_sent(fields: dict[str, Any], reasons: list[str]) -> None:
    draft = make.draft(**fields)
    assert refusal(draft, send(draft)) == reasons


def test_a_draft_without_a_school_is_not_sent() -> None:
    draft = make.draft()
    draft.requesters.get().schools.clear()
    assert refusal(draft, send(draft)) == [
        "Choose the schools that would use it, or say that every school would."
    ]


def test_a_draft_that_takes_data_names_it() -> None:
    draft = make.draft()
    draft.schedule.all().delete()
    assert refusal(draft, send(draft)) == [
        "Choose the data about students that it takes, or say that it takes none."
    ]


def test_a_draft_that_takes_no_data_names_none() -> None:
    draft = make.draft(takes_student_data=False)
    draft.schedule.create(element=make.element())
    assert refusal(draft, send(draft)) == [
        "You chose data about students and also said that it takes none: correct one."
    ]


def test_a_stranger_does_not_send_somebody_elses_draft() -> None:
    draft = make.draft()
    nia = people.person("Nia Fox", people.Role.REQUESTER)
    assert refusal(draft, send(draft, nia)) == ["Only those who ask may change a request."]


def test_a_second_open_request_is_refused_by_the_engine_itself() -> None:
    first = make.in_triage()
    draft = make.draft(tool=first.tool)
    ben = actor_of(people.ben())
    assert refusal(draft, lambda: engine.perform(draft, "submit", by=ben)) == [
        f"Request {first.code} already asks for this tool: join it."
    ]


def test_the_contract_path_needs_the_contract_class() -> None:
    request = make.in_triage(takes_student_data=False)
    sol = actor_of(people.sol())
    assert refusal(request, lambda: commands.route(request, path="contract", by=sol)) == [
        "Its class is “Exempt: no student data at all”, which goes another way."
    ]


def test_the_path_needs_the_tool_to_be_settled() -> None:
    make.tool("Reading Ladder", "https://readingladder.com")
    request = make.submit(
        make.draft(tool_name="Reading Laddr", website="https://other.com", vendor_name="Other")
    )
    assert not request.matches_settled
    sol = actor_of(people.sol())
    assert refusal(request, lambda: commands.route(request, path="contract", by=sol)) == [
        "Settle first which tool of the catalog this is, or that it is a new one."
    ]


def test_a_project_is_not_sent_to_wait_for_an_agreement_that_cannot_be_drafted() -> None:
    project = {
        "project_partner": "The museum",
        "project_records": "Names",
        "project_from": date(2027, 1, 1),
        "project_until": date(2027, 2, 1),
    }
    draft = make.draft(form="project", tool_name="", **project)
    draft.schedule.create(element=make.element())
    request = make.submit(draft)
    sol = actor_of(people.sol())
    assert request.relationship == "contract"
    assert refusal(request, lambda: commands.route(request, path="contract", by=sol)) == [
        "An agreement for a data-sharing project cannot be drafted here yet. Let counsel prepare "
        "it outside of Countersign, and withdraw this request with a note that says where it is."
    ]


def test_the_exempt_path_needs_an_attestation() -> None:
    request = make.in_triage(takes_student_data=False)
    pat = actor_of(people.pat())
    assert refusal(request, lambda: commands.route(request, path="exempt", by=pat)) == [
        "Confirm that no data about students reaches the vendor: nobody has yet."
    ]


def test_the_exempt_path_is_closed_to_student_data_however_it_is_classed() -> None:
    request = make.in_triage()
    sol, pat = actor_of(people.sol()), actor_of(people.pat())
    facts = {"student_data": False}
    commands.classify(request, facts=facts, by=sol)

    def exempt() -> None:
        commands.route(request, path="exempt", attested=True, by=pat)

    assert refusal(request, exempt) == [
        "The request names data about students, so it cannot go this way."
    ]


def test_another_class_than_the_rules_needs_a_note() -> None:
    request = make.in_triage()
    sol = actor_of(people.sol())

    def override() -> None:
        commands.classify(request, facts={"student_data": True}, relationship="on_demand", by=sol)

    assert refusal(request, override) == ["Write why you choose another class than the rule."]


def test_a_question_is_not_answered_by_nothing() -> None:
    ben, sol = actor_of(people.ben()), actor_of(people.sol())
    request = commands.ask_question(make.in_triage(), text="Who signs in?", by=sol)
    assert refusal(request, lambda: commands.answer_question(request, answer=" ", by=ben)) == [
        "Write the answer to the question."
    ]


def test_a_question_needs_words() -> None:
    request, sol = make.in_triage(), actor_of(people.sol())
    assert refusal(request, lambda: commands.ask_question(request, text="  ", by=sol)) == [
        "Write the question."
    ]


@pytest.mark.parametrize("how", ["pressed", "behalf", "joined"])
def test_whoever_asks_cannot_approve(how: str) -> None:
    request, ada = make.deciding(), people.ada()
    Requester.objects.create(request=request, membership=ada, how=how)

    def approve() -> None:
        commands.decide_approve(request, approval=make.approval(), by=actor_of(ada))

    assert refusal(request, approve) == ["You asked for this tool: somebody else must decide."]


def test_whoever_asked_and_left_cannot_approve_either() -> None:
    request, ada = make.deciding(), people.ada()
    left = Requester.objects.create(request=request, membership=ada, how="joined")
    Requester.objects.filter(pk=left.pk).update(left_at=request.case.opened_at)

    def approve() -> None:
        commands.decide_approve(request, approval=make.approval(), by=actor_of(ada))

    assert refusal(request, approve) == ["You asked for this tool: somebody else must decide."]


def test_whoever_confirmed_that_there_is_no_student_data_cannot_approve() -> None:
    """One privacy lead alone would else take a tool from triage to approved."""
    request, ada = make.in_triage(takes_student_data=False), actor_of(people.ada())
    commands.route(request, path="exempt", attested=True, by=ada)

    def approve() -> None:
        commands.decide_approve(request, approval=make.approval(), by=ada)

    assert refusal(request, approve) == [
        "You confirmed that it takes no data about students: somebody else must decide."
    ]
    kim = actor_of(people.person("Kim Vale", people.Role.PRIVACY_LEAD))
    assert commands.decide_approve(request, approval=make.approval(), by=kim).state == "approved"


def test_a_confirmation_taken_back_bars_nobody() -> None:
    request, ada = make.in_triage(takes_student_data=False), actor_of(people.ada())
    commands.route(request, path="exempt", attested=True, by=ada)
    commands.reroute_request(request, note="Look again.", by=ada)
    commands.classify(request, facts={"student_data": False}, by=ada)
    commands.route(request, path="exempt", attested=True, by=actor_of(people.pat()))
    assert commands.decide_approve(request, approval=make.approval(), by=ada).state == "approved"


def test_a_teacher_cannot_approve() -> None:
    request = make.deciding()
    ben = actor_of(people.ben())
    assert refusal(
        request, lambda: commands.decide_approve(request, approval=make.approval(), by=ben)
    ) == ["“Approve” is for: Privacy lead."]


def test_an_approval_is_written_down() -> None:
    request, ada = make.deciding(), actor_of(people.ada())
    blank = commands.Approval(kind="pilot", purpose=" ", license="")
    assert refusal(request, lambda: commands.decide_approve(request, approval=blank, by=ada)) == [
        "Say for which purpose it is approved.",
        "Say how it is paid for.",
        "Give the day on which this approval ends.",
        "Name the person who looks after it until it ends.",
    ]


def test_an_approval_names_nobody_of_another_district() -> None:
    request, ada = make.deciding(), actor_of(people.ada())
    theirs = people.school("birch", at=people.district("mesa"))
    owner = people.eve()
    cases = [
        (make.approval(schools=[theirs.pk]), "Choose schools of your own district."),
        (make.approval(owner=owner.pk), "Choose an owner of your own district."),
    ]
    for approval, sentence in cases:

        def approve(approval: commands.Approval = approval) -> None:
            commands.decide_approve(request, approval=approval, by=ada)

        assert refusal(request, approve) == [sentence]


def test_approving_without_data_says_which() -> None:
    request, ada = make.deciding(), actor_of(people.ada())

    def approve() -> None:
        commands.approve_without(request, approval=make.approval(), strike=[], by=ada)

    assert refusal(request, approve) == ["Choose the data that may not be used."]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": ""}, "Choose the reason."),
        ({"reason": "made_up"}, "Choose the reason."),
        ({"reason": "other"}, "Write the reason in a sentence."),
    ],
)
def test_declining_needs_a_reason(given: dict[str, str], sentence: str) -> None:
    request, ada = make.in_triage(), actor_of(people.ada())
    assert refusal(request, lambda: commands.decline_request(request, by=ada, **given)) == [
        sentence
    ]


def test_suspending_needs_a_reason() -> None:
    request, ada = make.approved(), actor_of(people.ada())
    assert refusal(request, lambda: commands.suspend_tool(request, reason=" ", by=ada)) == [
        "Write why nobody may use it for now."
    ]


def test_an_approval_that_ran_out_needs_a_new_end() -> None:
    request, ada = make.approved(), actor_of(people.ada())
    commands.suspend_tool(request, reason="The vendor was sold.", by=ada)
    yesterday = today_in(people.district()) - timedelta(days=2)
    ToolRequest.objects.filter(pk=request.pk).update(
        approved_until=yesterday, approval_owner=people.ada()
    )
    reasons = refusal(request, lambda: commands.reinstate_tool(request, note="Sorted", by=ada))
    assert reasons == [f"{rules.end_in_words(yesterday)} Give a new end date."]


@pytest.mark.parametrize(("kind", "days"), [("pilot", 900), ("pilot", 61), ("full", -400)])
def test_reinstating_writes_no_end_that_approving_would_refuse(kind: str, days: int) -> None:
    request, ada = make.deciding(), people.ada()
    today, by = today_in(people.district()), actor_of(ada)
    until = today + timedelta(days=30)
    approval = make.approval(kind=kind, until=until, owner=ada.pk)
    commands.decide_approve(request, approval=approval, by=by)
    commands.suspend_tool(request, reason="The vendor was sold.", by=by)
    late = today + timedelta(days=days)
    limit = rules.in_words(today + timedelta(days=60))
    assert refusal(
        request, lambda: commands.reinstate_tool(request, note="Sorted", until=late, by=by)
    ) == [
        f"Such an approval may last 60 calendar days at most: this one until {limit}. "
        "For a longer time, retire it and ask for the tool again."
        if kind == "pilot"
        else "The new end date must lie after today."
    ]


def test_another_tool_is_named_only_where_the_path_is_chosen() -> None:
    """An agreement for the first tool may be drafted already, and could never be written."""
    other = make.tool("Math Ladder", "https://mathladder.com")
    request, sol = make.in_screening(), actor_of(people.sol())
    assert refusal(request, lambda: commands.settle_match(request, tool=other, by=sol)) == [
        "It was settled already that this is Reading Ladder. “Choose another path” sends it back "
        "to where another tool can be named."
    ]
    commands.reroute_request(request, note="The other one.", by=actor_of(people.pat()))
    assert commands.settle_match(request, tool=other, by=sol).tool == other


def test_only_sourcing_asks_for_a_colleague() -> None:
    """Whoever asks may never approve: naming the only privacy lead would bar her."""
    ben, ada = people.ben(), people.ada()
    with pytest.raises(Refused) as refused:
        commands.start_draft(by=actor_of(ben), behalf=ada, tool_name="Reading Ladder")
    assert refused.value.reasons == ["Only Strategic Sourcing asks for a colleague."]
    with pytest.raises(Refused) as refused:
        commands.start_draft(by=actor_of(people.sol()), behalf=people.eve())
    assert refused.value.reasons == ["Choose a colleague of your own district."]
    assert (Case.objects.count(), Requester.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_sensitive_data_is_not_approved_in_passing() -> None:
    assert rules.reasons_tier_is_not_low(sensitivities=[1, 3], under_13=None) == [
        "It takes sensitive data, so a person must decide.",
        "Children under 13 may use it, so a person must decide.",
    ]


def test_a_contract_tool_is_not_cleared_without_one() -> None:
    request, pat = make.in_screening(), actor_of(people.pat())
    reasons = refusal(request, lambda: engine.perform(request, "clear_without", by=pat))
    assert "This tool needs a DPA of its own." in reasons


def test_only_an_ended_request_is_reopened() -> None:
    request, ben = make.in_triage(), actor_of(people.ben())
    assert refusal(request, lambda: commands.reopen_request(request, by=ben)) == [
        "There is nothing to reopen: it is still “Checking the path”."
    ]
