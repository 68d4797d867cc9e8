"""Versions of a questionnaire, rounds of a screening, and facts that change under it."""

from pathlib import Path

import pytest
import yaml

from tests.factories import people, requests, screening
from vetting.people.queries import actor_of
from vetting.requests.commands import triage
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.commands.loading import FILES
from vetting.screening.models import Finding, Questionnaire
from workflows import engine
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.outbox.drain import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


def released(folder: Path, version: int) -> Path:
    """A folder with the shipped file and a next version that drops the first question."""
    (file,) = FILES.glob("core-1.yaml")
    (folder / file.name).write_text(file.read_text())
    data = yaml.safe_load(file.read_text()) | {"version": version}
    data["groups"][0]["questions"].pop(0)
    (folder / f"core-{version}.yaml").write_text(yaml.safe_dump(data))
    return folder


def test_a_released_questionnaire_cannot_change_its_words() -> None:
    Questionnaire.objects.update(sha256="0" * 64)

    with pytest.raises(Refused, match=r"core-1\.yaml was changed after its release"):
        commands.load_questionnaires()


def test_a_new_version_is_used_by_screenings_that_start_after_it(tmp_path: Path) -> None:
    request = requests.in_screening()
    commands.save_answer(request, question="no_sale", value="yes", by=actor_of(people.pat()))

    loaded = commands.load_questionnaires(released(tmp_path, 2))

    assert (loaded.new, loaded.same) == (1, 1)
    assert screening.screening_of(request).questionnaire.version == 1
    assert len(screening.question_ids(request)) == 16
    assert queries.active_questionnaire().version == 2


def test_another_path_is_another_round_and_the_old_one_stays(tmp_path: Path) -> None:
    request = screening.ready()
    commands.load_questionnaires(released(tmp_path, 2))
    pat = actor_of(people.pat())
    triage.reroute_request(request, note="They give it away now", by=pat)
    triage.classify(request, facts={"terms": "negotiated", "student_data": True}, by=pat)
    again = triage.route(request, path="contract", by=pat)

    assert [task.node for task in open_tasks_of(again.case)] == ["answer_questions"]
    commands.save_answer(again, question="no_sale", value="no", by=pat)

    first, second = queries.screenings_of(again)
    assert (first.number, first.questionnaire.version, first.outcome) == (1, 1, "set_aside")
    assert first.answers.count() == 16
    assert (second.number, second.questionnaire.version, second.closed_at) == (2, 2, None)
    assert [(a.question, a.value) for a in second.answers.all()] == [("no_sale", "no")]
    assert second.legal_basis == ""


def test_a_question_to_the_requester_does_not_start_another_round() -> None:
    request = screening.ready()
    pat, ben = actor_of(people.pat()), actor_of(people.ben())
    asked = triage.ask_question(request, text="For which grades?", by=pat)
    with pytest.raises(
        Refused, match=r"You have already done this: since .* “Waiting for your answer”"
    ):
        commands.save_answer(asked, question="no_sale", value="no", by=pat)
    back = triage.answer_question(asked, answer="Grade 3", by=ben)

    assert [task.node for task in open_tasks_of(back.case)] == ["confirm_outcome"]
    assert screening.screening_of(back).number == 1
    assert commands.conclude_screening(back, by=pat).state == "awaiting_agreement"


def test_the_reaction_may_come_late_or_twice() -> None:
    request = screening.ready()
    drain()
    open_screening = screening.screening_of(request)
    assert open_screening.number == 1
    assert queries.screenings_of(request).count() == 1


def under_13(request: ToolRequest, value: bool) -> ToolRequest:
    """What a later room may do when it learns better."""
    by = actor_of(people.sol())

    def change(row: ToolRequest) -> None:
        row.under_13 = value

    return engine.record(request, "facts_corrected", by=by, change=change)


def test_when_the_facts_change_questions_come_and_go_with_their_findings() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="coppa_notice", value="no", by=pat)
    before = queries.sheet_of(screening.screening_of(request))
    assert (len(before.questions), before.answered) == (16, 1)
    assert [f.question for f in before.open_findings] == ["coppa_notice"]

    grown = under_13(request, value=False)

    after = queries.sheet_of(screening.screening_of(grown))
    assert (len(after.questions), after.answered) == (14, 0)
    assert after.open_findings == []
    assert [f.question for f in after.unneeded] == ["coppa_notice"]
    with pytest.raises(Refused, match="This question is not part of the screening"):
        commands.save_answer(grown, question="coppa_notice", value="yes", by=pat)

    back = queries.sheet_of(screening.screening_of(under_13(grown, value=True)))
    assert (len(back.questions), back.answered) == (16, 1)


def test_a_finding_that_no_longer_applies_does_not_block_and_is_closed_with_the_rest() -> None:
    request = requests.in_screening()
    commands.save_answer(request, question="coppa_notice", value="no", by=actor_of(people.pat()))

    done = screening.concluded(under_13(request, value=False))

    assert done.state == "awaiting_agreement"
    finding = Finding.objects.get()
    assert (finding.status, finding.resolution) == (
        "mitigated",
        "The question no longer applies.",
    )


def test_what_was_concluded_stays_when_facts_change_later() -> None:
    done = screening.concluded()
    sheet = queries.sheet_of(screening.screening_of(done))
    assert (sheet.score.inherent, sheet.score.residual) == (37, 0)

    done.schedule.update(struck=True)
    later = queries.sheet_of(screening.screening_of(under_13(done, value=False)))

    assert later.score == sheet.score
    assert [q["id"] for q in later.questions] == [q["id"] for q in sheet.questions]
    assert sum(p.points for p in later.score.arithmetic) == 0


def test_a_struck_element_does_not_count() -> None:
    request = requests.in_screening()
    request.schedule.update(struck=True)
    score = queries.sheet_of(screening.screening_of(request)).score
    assert [p.because for p in score.added] == ["Children under 13 use it"]


def test_without_a_questionnaire_it_says_what_to_do() -> None:
    Questionnaire.objects.all().delete()
    request = requests.in_screening()
    with pytest.raises(Refused, match="No questionnaire is loaded"):
        commands.save_answer(request, question="no_sale", value="no", by=actor_of(people.pat()))
