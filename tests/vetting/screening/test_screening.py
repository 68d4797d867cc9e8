"""The privacy team answers, settles and concludes; every point of the score can be read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import people, requests, screening
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.guards import approver_is_independent
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Answer
from workflows.actors import Role
from workflows.desk.models import Task
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.providers import Ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


def test_a_complete_screening_clears_the_request_and_ends_the_work() -> None:
    request = screening.concluded()

    assert request.state == "awaiting_agreement"
    last = queries.latest_screening_of(request)
    assert last is not None
    assert (last.outcome, last.tier, last.screened_by) == ("clear", "low", people.pat().ref)
    assert open_tasks_of(request.case) == []
    entry = Entry.objects.filter(case=request.case).latest("seq")
    assert (entry.name, entry.facts["tier"]) == ("clear", "low")


def test_the_last_answer_ends_the_answering_and_leaves_the_conclusion() -> None:
    request = requests.in_screening()
    screening.answer_all(request)

    assert [task.node for task in open_tasks_of(request.case)] == ["confirm_outcome"]
    done = Task.objects.get(process__case=request.case, status="DONE", done_by=people.pat().ref)
    assert done.flow_task.name == "answer_questions"
    assert registry.faults("overtaken_work") == []


def test_an_unanswered_question_stops_it_and_nothing_is_written() -> None:
    request = requests.in_screening()
    before = Entry.objects.count()

    with pytest.raises(Refused) as refused:
        commands.conclude_screening(request, by=actor_of(people.pat()))

    assert "16 questions are not answered yet." in refused.value.reasons
    assert "The legal basis is not recorded." in refused.value.reasons
    assert Entry.objects.count() == before
    assert ToolRequest.objects.get(pk=request.pk).state == "screening"
    assert len(open_tasks_of(request.case)) == 1


def test_every_point_of_the_score_has_its_reason() -> None:
    request = requests.in_screening()
    screening.answer_all(request)

    score = queries.sheet_of(screening.screening_of(request)).score
    assert score.inherent == sum(p.points for p in score.added)
    assert score.residual == sum(p.points for p in score.arithmetic)
    assert "Children under 13 use it" in [p.because for p in score.arithmetic]


def test_whoever_asked_for_the_tool_does_not_screen_it() -> None:
    pat = people.pat()
    request = screening.ready(requests.in_screening(by=pat))

    with pytest.raises(Refused, match="You asked for this tool, so somebody else must screen it"):
        commands.conclude_screening(request, by=actor_of(pat))


def test_a_person_of_another_district_cannot_answer() -> None:
    request = requests.in_screening()

    with pytest.raises(Refused):
        commands.save_answer(request, question="no_sale", value="yes", by=actor_of(people.eve()))

    assert Answer.objects.count() == 0


def test_after_the_end_nothing_can_be_answered_and_the_reason_names_who_ended_it() -> None:
    done = screening.concluded()
    rows = Entry.objects.count()

    with pytest.raises(Refused, match=r"Pat Quill was first: since .* “Waiting for the DPA”"):
        commands.save_answer(done, question="no_sale", value="no", by=actor_of(people.ada()))

    assert Entry.objects.count() == rows
    assert Answer.objects.get(question="no_sale").value == "yes"


def test_only_the_privacy_team_writes() -> None:
    request = requests.in_screening()
    for person in (people.sol(), people.ivy(), people.ben(), people.cora()):
        with pytest.raises(Refused, match="Screening is for the privacy team"):
            commands.save_answer(request, question="no_sale", value="yes", by=actor_of(person))
    assert Answer.objects.count() == 0


def test_the_flow_being_gone_does_not_stop_the_conclusion() -> None:
    request = screening.ready()
    Task.objects.filter(finished=None).update(finished=timezone.now(), status="CANCELED")
    done = commands.conclude_screening(request, by=actor_of(people.pat()))
    assert done.state == "awaiting_agreement"
    assert Entry.objects.filter(case=request.case, name="clear").count() == 1


def approval_reasons(request: ToolRequest, person: Membership) -> list[str]:
    """What stands against this person's approval, once the agreement is in effect."""
    ask = Ask(actor_of(person), timezone.now())
    return approver_is_independent(request, ask)


def test_whoever_screened_alone_cannot_approve_also_when_they_stand_in_for_the_lead() -> None:
    pat, ada = people.pat(), people.ada()
    done = screening.concluded(by=pat)
    today = timezone.localdate()
    Membership.objects.filter(pk=ada.pk).update(
        delegate=pat, away_from=today - timedelta(days=2), away_until=today + timedelta(days=2)
    )

    assert actor_of(pat).has(Role.PRIVACY_LEAD)
    assert approval_reasons(done, pat) == ["You alone screened it: somebody else must decide."]
    assert approval_reasons(done, ada) == []


def test_the_lead_who_screened_alone_cannot_approve() -> None:
    ada = people.ada()
    done = screening.concluded(by=ada)
    assert approval_reasons(done, ada) == ["You alone screened it: somebody else must decide."]
