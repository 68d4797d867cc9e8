"""Two reviewers at the same instant: one effect, and the other reads who was first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import people, requests, screening
from tests.factories.remembered import remembered
from vetting.people.queries import actor_of
from vetting.requests.commands import triage
from vetting.requests.models import ToolRequest
from vetting.screening import commands, queries
from vetting.screening.models import Answer, Finding
from workflows.clock.models import Deadline
from workflows.desk.models import Process, Task
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.models import Message

# In one group, so that one worker makes the beginnings and not two.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("screening races"),
]
ROUNDS = 30

CHANGE = {"question": "framework", "value": "partly", "evidence": "NIST, in part"}
Act = Callable[[], object]


def both(first: Act, second: Act) -> list[str]:
    """Runs both at once; "" for the one that went through, the reasons for the one refused."""
    barrier = Barrier(2)

    def run(act: Act) -> str:
        try:
            barrier.wait()
            act()
        except Refused as refused:
            return " ".join(refused.reasons)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        return [job.result() for job in [pool.submit(run, first), pool.submit(run, second)]]


def case(number: int) -> ToolRequest:
    """In screening, for a tool of its own."""
    sol = actor_of(people.sol())
    sent = requests.in_triage(tool_name=f"Race {number}", website=f"https://race{number}.com")
    assert sent.tool is not None
    settled = triage.settle_match(sent, tool=sent.tool, by=sol)
    return triage.route(settled, path="contract", by=sol)


@remembered
def cases() -> list[ToolRequest]:
    commands.load_questionnaires()
    return [case(number) for number in range(ROUNDS)]


@remembered
def all_prepared() -> list[ToolRequest]:
    return [prepared(request) for request in cases()]


def prepared(request: ToolRequest) -> ToolRequest:
    """Ready to be concluded; the answers are written in one go, they are not what is raced."""
    opened = commands.open_screening(fresh(request), at=timezone.now())
    by = people.pat().ref
    common = {"value": "yes", "evidence": "Terms", "answered_by": by, "answered_at": timezone.now()}
    names = screening.question_ids(request)
    Answer.objects.bulk_create(Answer(screening=opened, question=q, **common) for q in names)
    opened.legal_basis, opened.basis_reason = "school_official", "It replaces our staff."
    opened.save()
    return request


def fresh(request: ToolRequest) -> ToolRequest:
    return ToolRequest.objects.select_related("case__tenant").get(pk=request.pk)


def test_two_people_conclude_and_it_is_concluded_once() -> None:
    ready = all_prepared()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    for request in ready:
        before = counted(request)
        refusals = both(
            partial(commands.conclude_screening, request, by=pat),
            partial(commands.conclude_screening, request, by=ada),
        )
        assert sorted(map(bool, refusals)) == [False, True]
        assert "was first: since" in "".join(refusals)
        assert_concluded_once(request, before)


def counted(request: ToolRequest) -> dict[str, int]:
    case = request.case
    return {
        "ledger": Entry.objects.filter(case=case).count(),
        "messages": Message.objects.filter(case=case).count(),
        "open tasks": Task.objects.filter(process__case=case, finished=None).count(),
        "acts done": Task.objects.filter(
            process__case=case, flow_task_type="HUMAN", status="DONE"
        ).count(),
        "work": Process.objects.filter(case=case).count(),
        "running": Deadline.objects.filter(case=case, met_at=None, waived_at=None).count(),
        "deadlines": Deadline.objects.filter(case=case).count(),
    }


def assert_concluded_once(request: ToolRequest, before: dict[str, int]) -> None:
    after = counted(request)
    assert ToolRequest.objects.get(pk=request.pk).state == "awaiting_agreement"
    assert {name: after[name] - before[name] for name in after} == {
        "ledger": 1,
        # The two things that the agreement's room does when the request waits for it.
        "messages": 2,
        "open tasks": -1,
        "acts done": 2,
        "work": 0,
        # The review's clock ends and the agreement's begins.
        "running": 0,
        "deadlines": 1,
    }
    (closed,) = queries.screenings_of(request)
    assert (closed.outcome, bool(closed.screened_by)) == ("clear", True)


def test_two_people_answer_one_question_and_one_of_them_is_told() -> None:
    ready = cases()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    for request in ready:
        answer = partial(commands.save_answer, request, question="no_sale", seen=0)
        refusals = both(partial(answer, value="no", by=pat), partial(answer, value="yes", by=ada))
        assert sorted(map(bool, refusals)) == [False, True]
        assert "answered this with" in "".join(refusals)
        (kept,) = Answer.objects.filter(screening__request=request)
        assert kept.answered_by == (ada.ref if refusals[0] else pat.ref)
        assert queries.screenings_of(request).count() == 1
        assert Entry.objects.filter(case=request.case, name="answer_saved").count() == 1
        assert Finding.objects.filter(screening__request=request).count() == (kept.value == "no")


def test_an_answer_that_comes_in_while_it_is_concluded_is_in_the_score_or_refused() -> None:
    ready = all_prepared()
    pat, ada = actor_of(people.pat()), actor_of(people.ada())
    for request in ready:
        refusals = both(
            partial(commands.conclude_screening, request, by=pat),
            partial(commands.save_answer, request, by=ada, **CHANGE),
        )
        assert refusals[0] == ""
        (closed,) = queries.screenings_of(request)
        value = closed.answers.get(question="framework").value
        assert value == ("yes" if refusals[1] else "partly")
        said = [p.because for p in queries.sheet_of(closed).score.taken]
        words = {"yes": "framework? Yes", "partly": "framework? Partly"}[value]
        assert any(words in one for one in said)
