"""The privacy team answers, settles and concludes; every point of the score can be read."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from tests.factories import people, requests, screening
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.commands import triage
from vetting.requests.guards import approver_is_independent
from vetting.requests.models import ToolRequest
from vetting.requests.rules import Facts
from vetting.screening import commands, queries
from vetting.screening.commands.loading import FILES
from vetting.screening.models import Answer, Finding, Questionnaire
from workflows import engine
from workflows.actors import Role
from workflows.desk.models import Task
from workflows.desk.queries import open_tasks_of
from workflows.engine import Refused
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
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


def test_a_released_questionnaire_cannot_change_its_words() -> None:
    Questionnaire.objects.update(sha256="0" * 64)

    with pytest.raises(Refused, match=r"core-1\.yaml was changed after its release"):
        commands.load_questionnaires()


def released(folder: Path, version: int) -> Path:
    """A folder with the shipped file and a next version that drops the first question."""
    (file,) = FILES.glob("core-1.yaml")
    (folder / file.name).write_text(file.read_text())
    data = yaml.safe_load(file.read_text()) | {"version": version}
    data["groups"][0]["questions"].pop(0)
    (folder / f"core-{version}.yaml").write_text(yaml.safe_dump(data))
    return folder


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
    triage.classify(request, facts=Facts(state="CO", negotiated=True, student_data=True), by=pat)
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
    with pytest.raises(Refused, match=r"Pat Quill was first: since .* “Waiting for your answer”"):
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


def test_evidence_alone_does_not_open_a_settled_finding_again() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_sale", value="no", by=pat)
    commands.settle_finding(
        request,
        finding=Finding.objects.get().pk,
        status="mitigated",
        resolution="DPA, article 4",
        by=pat,
    )
    commands.save_answer(request, question="no_sale", value="no", evidence="Section 9", by=pat)
    assert [f.status for f in Finding.objects.all()] == ["mitigated"]


def test_an_exception_ends_with_its_cause_and_its_words_stay() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_targeted_ads", value="partly", by=pat)
    commands.settle_finding(
        request,
        finding=Finding.objects.get().pk,
        status="excepted",
        resolution="The board accepts it.",
        excepted_until=timezone.localdate() + timedelta(days=30),
        by=pat,
    )
    commands.save_answer(request, question="no_targeted_ads", value="yes", by=pat)
    finding = Finding.objects.get()
    assert (finding.status, finding.excepted_until, finding.resolution) == (
        "mitigated",
        None,
        "The board accepts it. A better answer settled it.",
    )


def test_the_second_to_settle_reads_who_was_first() -> None:
    request = requests.in_screening()
    finding = commands.add_finding(
        request, title="No accessible sign-in", severity="low", by=actor_of(people.pat())
    )
    settle = {"finding": finding.pk, "status": "mitigated", "resolution": "Fixed"}
    commands.settle_finding(request, by=actor_of(people.pat()), **settle)
    rows = Entry.objects.count()

    with pytest.raises(Refused, match=r"Pat Quill settled this finding on .* Take it up again"):
        commands.settle_finding(request, by=actor_of(people.ada()), **settle)

    assert Entry.objects.count() == rows
    again = {"finding": finding.pk, "status": "open", "resolution": "It came back"}
    commands.settle_finding(request, by=actor_of(people.ada()), **again)
    assert Finding.objects.get().status == "open"


def test_saving_what_stands_there_already_writes_nothing() -> None:
    request = requests.in_screening()
    pat = actor_of(people.pat())
    commands.save_answer(request, question="no_sale", value="yes", evidence="Section 9", by=pat)
    rows = Entry.objects.count()
    again = commands.save_answer(
        request, question="no_sale", value="yes", evidence=" Section 9 ", by=actor_of(people.ada())
    )
    assert (again.version, again.answered_by, Entry.objects.count()) == (1, pat.ref, rows)


def test_nobody_overwrites_an_answer_they_have_not_seen() -> None:
    request = requests.in_screening()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    commands.save_answer(request, question="no_sale", value="no", by=pat, seen=0)
    rows = Entry.objects.count()

    with pytest.raises(Refused, match="Pat Quill answered this with “No” on"):
        commands.save_answer(request, question="no_sale", value="yes", by=ada, seen=0)

    assert (Answer.objects.get().value, Entry.objects.count()) == ("no", rows)
    commands.save_answer(request, question="no_sale", value="yes", by=ada, seen=1)
    assert (Answer.objects.get().value, Answer.objects.get().version) == ("yes", 2)
    # One's own answer may be typed over from a page that is a moment old.
    commands.save_answer(request, question="no_sale", value="no", by=ada, seen=1)
    assert Answer.objects.get().value == "no"


def test_nobody_overwrites_a_legal_basis_they_have_not_seen() -> None:
    request = requests.in_screening()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    commands.record_legal_basis(request, basis="studies", reason="A study.", by=pat, seen="")

    with pytest.raises(Refused, match="Pat Quill recorded the legal basis “Studies"):
        commands.record_legal_basis(request, basis="audit", reason="Audit.", by=ada, seen="")

    assert screening.screening_of(request).legal_basis == "studies"


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


def test_without_a_questionnaire_it_says_what_to_do() -> None:
    Questionnaire.objects.all().delete()
    request = requests.in_screening()
    with pytest.raises(Refused, match="No questionnaire is loaded"):
        commands.save_answer(request, question="no_sale", value="no", by=actor_of(people.pat()))
