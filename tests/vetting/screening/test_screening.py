"""The privacy team answers, settles and concludes; every point of the score can be read."""

from datetime import date

import pytest

from tests.factories import people, requests
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Answer, Finding
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


def answer_all(
    request: ToolRequest, value: str = "yes", evidence: str = "Terms, section 3"
) -> None:
    pat = actor_of(people.pat())
    screening = queries.open_screening_of(request) or commands.open_screening(
        request, at=request.case.opened_at
    )
    for question in queries.sheet_of(screening).questions:
        commands.save_answer(
            request, question=question["id"], value=value, evidence=evidence, by=pat
        )


def concluded(request: ToolRequest) -> ToolRequest:
    pat = actor_of(people.pat())
    answer_all(request)
    commands.record_legal_basis(
        request, basis="school_official", reason="It replaces a service of our staff.", by=pat
    )
    return commands.conclude_screening(request, by=pat)


def test_a_complete_screening_clears_the_request_and_ends_the_work() -> None:
    request = concluded(requests.in_screening())

    assert request.state == "awaiting_agreement"
    screening = queries.latest_screening_of(request)
    assert screening is not None
    assert (screening.outcome, screening.tier) == ("clear", "low")
    assert open_tasks_of(request.case) == []
    entry = Entry.objects.filter(case=request.case).latest("seq")
    assert (entry.name, entry.facts["tier"]) == ("clear", "low")


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


def test_a_bad_answer_opens_a_finding_and_a_better_one_settles_it() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())

    commands.save_answer(request, question="no_sale", value="no", by=pat)
    assert Finding.objects.get().title == "Selling student data is not forbidden"

    commands.save_answer(request, question="no_sale", value="yes", by=pat)
    assert (Finding.objects.get().status, Answer.objects.get().value) == ("mitigated", "yes")


def test_an_exception_needs_an_end_in_the_future() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_sale", value="no", by=pat)
    finding = Finding.objects.get()

    with pytest.raises(Refused, match="An exception needs a date in the future"):
        commands.settle_finding(
            request,
            finding=finding.pk,
            status="excepted",
            resolution="The board accepts it",
            excepted_until=date(2020, 1, 1),
            by=pat,
        )

    assert Finding.objects.get().status == "open"


def test_every_point_of_the_score_has_its_reason() -> None:
    request = requests.in_screening()
    answer_all(request)

    screening = queries.open_screening_of(request)
    assert screening is not None
    score = queries.sheet_of(screening).score
    assert score.inherent == sum(p.points for p in score.added)
    assert score.residual == sum(p.points for p in score.arithmetic)
    assert "Children under 13 use it" in [p.because for p in score.arithmetic]


def test_whoever_asked_for_the_tool_does_not_screen_it() -> None:
    pat = people.pat()
    request = requests.in_screening(by=pat)
    answer_all(request)
    commands.record_legal_basis(
        request, basis="school_official", reason="Staff would do it.", by=actor_of(pat)
    )

    with pytest.raises(Refused, match="You asked for this tool, so somebody else must screen it"):
        commands.conclude_screening(request, by=actor_of(pat))


def test_a_person_of_another_district_cannot_answer() -> None:
    request = requests.in_screening()

    with pytest.raises(Refused):
        commands.save_answer(request, question="no_sale", value="yes", by=actor_of(people.eve()))

    assert Answer.objects.count() == 0


def test_a_released_questionnaire_cannot_change_its_words(tmp_path: object) -> None:
    from vetting.screening.models import Questionnaire

    Questionnaire.objects.update(sha256="0" * 64)

    with pytest.raises(Refused, match=r"core-1\.yaml was changed after its release"):
        commands.load_questionnaires()
