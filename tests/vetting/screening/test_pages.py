"""The screening's pages: who may read, who may write, and what they show."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import people, requests, screening
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Answer, Finding, Questionnaire
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
FORM = '<form id="screening"'
QUERIES = 18


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


@pytest.fixture
def case(questions: None) -> ToolRequest:
    return requests.in_screening()


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def address(request: ToolRequest, *parts: object) -> str:
    return "/".join([f"/requests/{request.code}/screening", *map(str, parts), ""])


def every_answer(request: ToolRequest, value: str = "yes") -> dict[str, str]:
    names = screening.question_ids(request)
    answers = {f"{name}-value": value for name in names}
    return answers | {f"{name}-evidence": "Terms, section 3" for name in names}


BASIS = {"basis-basis": "school_official", "basis-reason": "It replaces a service of our staff."}
HTMX = {"HX-Request": "true"}


def test_the_page_opens_before_anybody_has_opened_the_screening(case: ToolRequest) -> None:
    page = signed_in(people.pat()).get(address(case))
    assert page.status_code == 200
    assert "0 of 16" in page.text
    assert "Do the terms forbid selling student data?" in page.text
    assert "C.R.S. 22-16-109" in page.text
    assert "16 questions are not answered yet." in page.text
    assert not queries.screenings_of(case).exists()


def test_a_request_without_a_screening_says_when_it_starts() -> None:
    page = signed_in(people.pat()).get(address(requests.in_triage()))
    assert page.status_code == 200
    assert "There is no screening yet." in page.text


def test_the_whole_page_is_saved_and_concluded_in_one_press(case: ToolRequest) -> None:
    client = signed_in(people.pat())
    typed = every_answer(case) | BASIS | {"conclude": "1"}
    answer = client.post(address(case), typed)
    assert (answer.status_code, answer["Location"]) == (302, case.get_absolute_url())
    assert ToolRequest.objects.get(pk=case.pk).state == "awaiting_agreement"
    page = client.get(address(case))
    assert "Concluded by Pat Quill" in page.text
    assert "version 1</a>, frozen with this case" in page.text
    assert FORM not in page.text


def test_concluding_too_early_keeps_what_was_typed_and_gives_every_reason(
    case: ToolRequest,
) -> None:
    typed = {"no_sale-value": "no", "no_sale-evidence": "Section 9", "conclude": "1"}
    page = signed_in(people.pat()).post(address(case), typed)
    assert page.status_code == 409
    for reason in (
        "15 questions are not answered yet.",
        "The finding “Selling student data is not forbidden” is not settled.",
        "The legal basis is not recorded.",
    ):
        assert reason in page.text
    assert "Section 9" in page.text
    assert ToolRequest.objects.get(pk=case.pk).state == "screening"


def test_the_second_to_conclude_reads_who_was_first() -> None:
    done = screening.concluded()
    page = signed_in(people.ada()).post(address(done), {"conclude": "1"})
    assert page.status_code == 409
    assert "Pat Quill was first: since" in page.text
    assert Entry.objects.filter(case=done.case, name="clear").count() == 1


def test_evidence_without_an_answer_is_kept_and_asked_about(case: ToolRequest) -> None:
    typed = {"no_sale-evidence": "Section 9", "deletion-value": "yes"} | BASIS
    page = signed_in(people.pat()).post(address(case), typed)
    assert page.status_code == 422
    assert "Choose an answer, so that the evidence can be saved." in page.text
    assert "Section 9" in page.text
    assert [a.question for a in Answer.objects.all()] == ["deletion"]
    assert screening.screening_of(case).legal_basis == "school_official"


def test_a_forged_answer_is_refused(case: ToolRequest) -> None:
    page = signed_in(people.pat()).post(address(case), {"no_sale-value": "maybe"})
    assert page.status_code == 422
    assert Answer.objects.count() == 0


def test_an_answer_saves_itself_and_brings_its_finding_along(case: ToolRequest) -> None:
    page = signed_in(people.pat()).post(
        address(case, "answer", "no_sale"),
        {"no_sale-value": "no", "no_sale-seen": "0", "round": "1"},
        headers=HTMX,
    )
    assert page.status_code == 200
    assert "Saved at" in page.text
    assert "Selling student data is not forbidden" in page.text
    assert "1 of 16" in page.text
    assert Answer.objects.get().value == "no"


def test_an_answer_from_a_page_of_an_earlier_round_is_refused(case: ToolRequest) -> None:
    page = signed_in(people.pat()).post(
        address(case, "answer", "no_sale"), {"no_sale-value": "no", "round": "7"}, headers=HTMX
    )
    assert page.status_code == 409
    assert "Another round of the screening has begun since." in page.text
    assert Answer.objects.count() == 0


def test_without_htmx_one_answer_is_saved_too(case: ToolRequest) -> None:
    where = address(case, "answer", "no_sale")
    answer = signed_in(people.pat()).post(where, {"no_sale-value": "no"})
    assert (answer.status_code, answer["Location"]) == (302, address(case))


def test_a_question_that_is_not_asked_is_no_page(case: ToolRequest) -> None:
    where = address(case, "answer", "protected_areas")
    assert signed_in(people.pat()).post(where, {}).status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_second_reviewer_reads_who_answered_meanwhile(
    case: ToolRequest, headers: dict[str, str]
) -> None:
    commands.save_answer(case, question="no_sale", value="no", by=actor_of(people.pat()))
    client = signed_in(people.ada())
    typed = {"no_sale-value": "yes", "no_sale-evidence": "Section 9", "no_sale-seen": "0"}
    where = address(case, "answer", "no_sale") if headers else address(case)
    page = client.post(where, typed, headers=headers)
    assert page.status_code == (422 if headers else 409)
    assert "Pat Quill answered this with “No” on" in page.text
    assert 'name="no_sale-seen" value="1"' in page.text
    assert Answer.objects.get().value == "no"
    client.post(where, typed | {"no_sale-seen": "1"}, headers=headers)
    assert Answer.objects.get().value == "yes"


def test_the_legal_basis_saves_itself_when_both_parts_are_there(case: ToolRequest) -> None:
    client = signed_in(people.pat())
    half = client.post(address(case, "basis"), {"basis-basis": "studies"}, headers=HTMX)
    assert half.status_code == 200
    assert "Say in a sentence why this basis applies." in half.text
    full = client.post(address(case, "basis"), BASIS, headers=HTMX)
    assert full.status_code == 200
    assert screening.screening_of(case).legal_basis == "school_official"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_finding_is_settled_from_the_rail(case: ToolRequest, headers: dict[str, str]) -> None:
    commands.save_answer(case, question="no_sale", value="no", by=actor_of(people.pat()))
    finding = Finding.objects.get()
    where, name = address(case, "findings", finding.pk), f"finding-{finding.pk}"
    client = signed_in(people.pat())
    refused = client.post(where, {f"{name}-status": "excepted"}, headers=headers)
    assert refused.status_code == (422 if headers else 409)
    assert "Write what was done, or why an exception is right." in refused.text
    assert "An exception needs a date in the future on which it ends." in refused.text
    settled = {f"{name}-status": "mitigated", f"{name}-resolution": "DPA, article 4"}
    client.post(where, settled, headers=headers)
    assert Finding.objects.get().status == "mitigated"
    again = {f"{name}-status": "open", f"{name}-resolution": "Article 4 was struck"}
    client.post(where, again, headers=headers)
    assert Finding.objects.get().status == "open"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_finding_is_added_by_hand(case: ToolRequest, headers: dict[str, str]) -> None:
    client = signed_in(people.pat())
    where = address(case, "findings")
    refused = client.post(where, {"new-severity": "low"}, headers=headers)
    assert refused.status_code == (422 if headers else 409)
    assert "Say in a few words what was found." in refused.text
    client.post(
        where, {"new-title": "No accessible sign-in", "new-severity": "low"}, headers=headers
    )
    finding = Finding.objects.get()
    assert (finding.title, finding.severity, finding.question) == (
        "No accessible sign-in",
        "low",
        "",
    )


def test_a_finding_of_another_case_is_no_page(case: ToolRequest) -> None:
    commands.save_answer(case, question="no_sale", value="no", by=actor_of(people.pat()))
    other = requests.in_screening(
        by=people.lee(), tool_name="Otter", website="https://otter.example", vendor_name="Otter Co"
    )
    where = address(other, "findings", Finding.objects.get().pk)
    assert signed_in(people.pat()).post(where, {}).status_code == 404


def test_an_earlier_round_is_read_by_its_number() -> None:
    done = screening.concluded()
    client = signed_in(people.pat())
    assert "Concluded by Pat Quill" in client.get(address(done, 1)).text
    assert client.get(address(done, 2)).status_code == 404


def test_whoever_only_reads_is_not_told_to_answer(case: ToolRequest) -> None:
    page = signed_in(people.ivy()).get(address(case))
    assert "The privacy team is answering the questions." in page.text
    assert FORM not in page.text
    assert "Add a finding" not in page.text


def test_the_panel_shows_tier_points_open_findings_and_the_way_there(case: ToolRequest) -> None:
    commands.save_answer(case, question="no_sale", value="no", by=actor_of(people.pat()))
    page = signed_in(people.pat()).get(case.get_absolute_url())
    assert "Medium risk" in page.text
    assert "37 points (37 before the answers)" in page.text
    assert "Selling student data is not forbidden" in page.text
    assert address(case) in page.text


def test_sixteen_answers_are_one_line_of_the_history() -> None:
    done = screening.concluded()
    page = signed_in(people.pat()).get(done.get_absolute_url())
    assert "Pat Quill answered a question of the questionnaire (16 times)." in page.text
    assert "Pat Quill answered a question of the questionnaire." not in page.text


def test_a_requester_sees_no_findings_on_the_request(case: ToolRequest) -> None:
    commands.save_answer(case, question="no_sale", value="no", by=actor_of(people.pat()))
    page = signed_in(people.ben()).get(case.get_absolute_url())
    assert "Selling student data is not forbidden" not in page.text
    assert address(case) not in page.text


def test_the_questionnaires_show_their_use_and_their_fingerprint() -> None:
    done = screening.concluded()
    used = queries.active_questionnaire()
    page = signed_in(people.max()).get("/settings/questionnaires/")
    assert used.sha256 in page.text
    assert "In use" in page.text
    read = signed_in(people.pat()).get("/settings/questionnaires/core/1/")
    assert "Screenings with this version</dt><dd>1, 0 still open" in read.text
    assert "Are the surveys free of the eight protected areas?" in read.text
    assert "People and roles" not in read.text
    assert done.screenings.count() == 1


def test_another_districts_screenings_are_not_counted() -> None:
    screening.concluded()
    page = signed_in(people.eve()).get("/settings/questionnaires/core/1/")
    assert "Screenings with this version</dt><dd>0, 0 still open" in page.text


def test_a_version_that_is_not_there_is_no_page() -> None:
    assert signed_in(people.max()).get("/settings/questionnaires/core/9/").status_code == 404


def queries_of(client: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


def test_the_page_asks_the_database_the_same_for_one_finding_and_for_three(
    case: ToolRequest,
) -> None:
    client, pat, ada = signed_in(people.pat()), actor_of(people.pat()), actor_of(people.ada())
    commands.save_answer(case, question="no_sale", value="no", by=pat)
    one = queries_of(client, address(case))
    commands.save_answer(case, question="deletion", value="no", by=ada)
    commands.add_finding(case, title="No accessible sign-in", severity="low", by=ada)
    assert (one, queries_of(client, address(case))) == (QUERIES, QUERIES)


def test_the_questionnaires_ask_the_database_the_same_for_one_version_and_for_three() -> None:
    client = signed_in(people.pat())
    one = queries_of(client, "/settings/questionnaires/")
    known = queries.active_questionnaire()
    for version in (2, 3):
        Questionnaire.objects.create(
            slug="core",
            version=version,
            title=known.title,
            questions=known.questions,
            sha256=str(version) * 64,
            loaded_at=known.loaded_at,
        )
    assert queries_of(client, "/settings/questionnaires/") == one
