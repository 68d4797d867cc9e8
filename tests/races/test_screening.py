"""The privacy review on its page and by its commands: two reviewers, and a requester who leaves."""

from collections.abc import Sequence
from functools import partial

import pytest
from django.utils import timezone

from tests.factories import people, requests, screening
from tests.factories.remembered import remembered
from tests.races.copying import copies_of
from tests.races.harness import Race, Round
from tests.races.pages import press, signed_in
from tests.races.test_requests import own_tool
from vetting.catalog.models import Tool
from vetting.people.queries import actor_of
from vetting.requests.commands import triage
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Answer
from workflows.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
CHANGE = {"question": "framework", "value": "partly", "evidence": "NIST, in part"}


@remembered
def in_screening() -> ToolRequest:
    commands.load_questionnaires()
    sol, sent = actor_of(people.sol()), requests.in_triage()
    assert sent.tool is not None
    settled = triage.settle_match(sent, tool=sent.tool, by=sol)
    return triage.route(settled, path="contract", by=sol)


@remembered
def prepared() -> ToolRequest:
    """Ready to be concluded; the answers are written in one go, they are not what is raced."""
    request = ToolRequest.objects.select_related("case__tenant").get(pk=in_screening().pk)
    opened = commands.open_screening(request, at=timezone.now())
    by = people.pat().ref
    common = {"value": "yes", "evidence": "Terms", "answered_by": by, "answered_at": timezone.now()}
    names = screening.question_ids(request)
    Answer.objects.bulk_create(Answer(screening=opened, question=q, **common) for q in names)
    opened.legal_basis, opened.basis_reason = "school_official", "It replaces our staff."
    opened.save()
    return request


def copied(pattern: ToolRequest, times: int) -> Sequence[ToolRequest]:
    assert pattern.tool is not None
    return copies_of([pattern, pattern.tool], times, {Tool: own_tool}).of(pattern)


def pat_and_ada() -> dict[str, Actor]:
    return {"Pat": actor_of(people.pat()), "Ada": actor_of(people.ada())}


def test_two_people_conclude_and_it_is_concluded_once() -> None:
    subjects = partial(copied, prepared())
    Race(
        "two people conclude one review",
        subjects,
        {
            name: lambda request, by=by: commands.conclude_screening(request, by=by)
            for name, by in pat_and_ada().items()
        },
        # The review's clock ends, the agreement's begins, and two rooms are told.
        once=(
            "Entry clear", "ToolRequest awaiting_agreement", "Screening",
            "Deadline privacy_review .*with-met.*", "Deadline agreement 0 without-met .*",
        ),
        in_tests=30,
    ).run()  # fmt: skip


def test_the_requester_withdraws_while_the_review_is_concluded() -> None:
    subjects = partial(copied, prepared())
    ben, pat = signed_in(people.ben()), signed_in(people.pat())
    Race(
        "cancel against complete (pages)",
        subjects,
        {
            "Ben": lambda r: press(ben, f"/requests/{r.code}/withdraw/", {"note": "Not now"}),
            "Pat": lambda r: press(pat, f"/requests/{r.code}/screening/", {"conclude": "1"}),
        },
        # Waiting for its agreement it can still be withdrawn: then both went through.
        in_tests=20,
        once=("Entry withdraw", "ToolRequest withdrawn"),
    ).run()


def test_two_people_take_the_review_on() -> None:
    subjects = partial(copied, in_screening())
    typed, htmx = {"act": "take"}, {"HX-Request": "true"}
    Race(
        "one task taken by two people (pages)",
        subjects,
        {
            name: lambda r, c=client: press(
                c, f"/requests/{r.code}/work/answer_questions/", typed, headers=htmx
            )
            for name, client in {
                "Pat": signed_in(people.pat()), "Ada": signed_in(people.ada()),
            }.items()
        },
        says=r"(Pat Quill|Ada Park) has this since \w{3}, \w{3} \d+, .+\. Take it back first\.",
        once=("Entry work_taken",),
        in_tests=30,
    ).run()  # fmt: skip


def test_two_people_answer_one_question_and_one_of_them_is_told() -> None:
    subjects = partial(copied, in_screening())

    def answered(value: str, by: Actor, request: ToolRequest) -> object:
        save = partial(commands.save_answer, question="no_sale", seen=0)
        return save(request, value=value, by=by)

    def kept(subjects: Sequence[ToolRequest], rounds: Sequence[Round]) -> list[str]:
        rows = Answer.objects.filter(screening__request__in=[s.pk for s in subjects])
        by = dict(rows.values_list("screening__request", "value"))
        winners = ["no" if calls[0].went else "yes" for calls in rounds]
        pairs = zip(subjects, winners, strict=True)
        return [f"{won} was kept as {by[s.pk]}" for s, won in pairs if by[s.pk] != won]

    actors = pat_and_ada()
    Race(
        "two people answer one question",
        subjects,
        {
            "Pat": partial(answered, "no", actors["Pat"]),
            "Ada": partial(answered, "yes", actors["Ada"]),
        },
        says="answered this with",
        once=("Entry answer_saved", "Answer", "Screening"),
        also=kept,
        in_tests=30,
    ).run()


def test_an_answer_that_comes_in_while_it_is_concluded_is_in_the_score_or_refused() -> None:
    subjects, actors = partial(copied, prepared()), pat_and_ada()

    def scored(subjects: Sequence[ToolRequest], rounds: Sequence[Round]) -> list[str]:
        return [wrong for pair in zip(subjects, rounds, strict=True) if (wrong := _score(*pair))]

    Race(
        "an answer against the conclusion",
        subjects,
        {
            "conclude": lambda r: commands.conclude_screening(r, by=actors["Pat"]),
            "answer": lambda r: commands.save_answer(r, by=actors["Ada"], **CHANGE),
        },
        once=("Entry clear", "Screening"),
        also=scored,
        in_tests=30,
    ).run()


def _score(request: ToolRequest, calls: Round) -> str:
    (closed,) = queries.screenings_of(request)
    value = closed.answers.get(question="framework").value
    said = [point.because for point in queries.sheet_of(closed).score.taken]
    words = {"yes": "framework? Yes", "partly": "framework? Partly"}[value]
    right = value == ("partly" if calls[1].went else "yes") and any(words in one for one in said)
    return "" if right else f"{value}, but the score says {said}"
