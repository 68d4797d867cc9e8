"""Reactions may come late and in any order. The model check of the two machines as one found these
ways in which something was then left undone (tests/workflows/test_product.py)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from contracts.agreements import commands as contracts
from contracts.agreements import queries
from contracts.agreements.models import Agreement
from tests.contracts.agreements.test_term import denver, running, starting_on, today
from tests.factories import agreements, people, plainly, requests, screening
from vetting.catalog.models import Tool
from vetting.people.queries import actor_of
from vetting.requests import commands, rules
from vetting.requests.models import RequestedElement, ToolRequest
from workflows.clock.sweep import sweep
from workflows.outbox import commands as outbox
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
DRAFT = "agreements.draft_the_agreement"


def drain_all_but(topic: str) -> None:
    """This message failed at first, so it comes an hour later."""
    later = timezone.now() + timedelta(hours=1)
    Message.objects.filter(topic=topic, status=Message.QUEUED).update(send_after=later)
    drain()


def drain_what_is_late() -> None:
    Message.objects.filter(status=Message.QUEUED).update(send_after=timezone.now())
    drain()


def state_of(request: ToolRequest) -> str:
    return ToolRequest.objects.get(pk=request.pk).state


def alone_with_an_agreement_in_effect() -> Tool:
    """The agreement stays in effect; the request that brought it is gone."""
    agreement = plainly.executed()
    first = queries.requests_served(agreement).get()
    commands.withdraw_request(first, by=actor_of(people.ben()))
    drain()
    return agreement.products.get().tool


def test_a_draft_that_comes_late_joins_what_is_in_effect_and_lets_the_request_go_on() -> None:
    alone_with_an_agreement_in_effect()
    waiting = requests.submit(requests.draft())
    waiting = commands.route(waiting, path="contract", by=actor_of(people.sol()))
    drain_all_but(DRAFT)
    waiting = screening.concluded(waiting)
    assert waiting.state == "awaiting_agreement"

    drain_what_is_late()

    assert state_of(waiting) == "deciding"


def test_no_agreement_is_drafted_for_a_request_that_has_ended() -> None:
    request = requests.in_screening()
    commands.withdraw_request(request, by=actor_of(people.ben()))

    drain()

    assert queries.agreement_of(request) is None


def test_a_tie_to_an_agreement_for_another_tool_keeps_no_request_waiting() -> None:
    """First it was meant to be another tool, and an agreement was drafted for that one."""
    covered = alone_with_an_agreement_in_effect()
    privacy, sourcing = actor_of(people.pat()), actor_of(people.sol())
    named = {"tool_name": "Star Steps", "website": "https://steps.example.com"}
    request = requests.in_screening(**named)
    drain()
    drafted = queries.agreement_of(request)
    request = commands.reroute_request(request, note="It is the other one.", by=privacy)
    request = commands.settle_match(request, tool=covered, by=sourcing)
    facts = {
        "student_data": True,
        "primarily_k12": True,
        "staff_directed": True,
        "terms": "negotiated",
    }
    commands.classify(request, facts=facts, by=sourcing)
    request = commands.route(request, path="contract", by=sourcing)
    drain()
    # The newest that serves it is not for its tool.
    assert queries.agreement_of(request) == drafted

    request = screening.concluded(request)
    drain()

    assert state_of(request) == "deciding"


def test_a_second_draft_waits_for_nobody_where_the_signed_agreement_holds_all() -> None:
    alone_with_an_agreement_in_effect()
    request = requests.submit(requests.draft())
    request = commands.route(request, path="contract", by=actor_of(people.sol()))
    drain()
    assert Agreement.objects.get().state == "in_force"

    request = screening.concluded(request)
    drain()

    assert state_of(request) == "deciding"


def test_what_goes_beyond_the_signed_agreement_waits_for_one_of_its_own() -> None:
    alone_with_an_agreement_in_effect()
    draft = requests.draft()
    RequestedElement.objects.create(request=draft, element=requests.element("conduct"))
    request = commands.route(requests.submit(draft), path="contract", by=actor_of(people.sol()))
    drain()
    request = screening.concluded(request)
    drain()

    signed, own = Agreement.objects.order_by("pk")
    assert (signed.state, own.state) == ("in_force", "drafting")
    assert state_of(request) == "awaiting_agreement"


def test_what_an_agreement_in_effect_covers_needs_no_word_that_no_data_is_taken() -> None:
    """Approved as covered and suspended with its agreement, it can come back with the next one."""
    assert rules.reasons_without_basis(
        agreement_first="", relationship="exempt", exempt_attested=False, agreement_in_force=True,
        kind="",
    ) == []  # fmt: skip


def give_up(topic: str) -> Message:
    """Drain all but this message, which has failed too often: somebody has to try it again."""
    drain_all_but(topic)
    dead = Message.objects.get(topic=topic)
    Message.objects.filter(pk=dead.pk).update(status=Message.FAILED, send_after=None)
    return dead


def signed_anew(day: date) -> Agreement:
    """The next agreement for the same product, asked for and signed that morning."""
    with time_machine.travel(denver(day, 9), tick=False):
        again = requests.submit(requests.draft(by=people.pat()))
        again = commands.route(again, path="contract", by=actor_of(people.sol()))
        drain()
        text = plainly.issue(agreements.settle(agreements.draft_of(again)))
        return plainly.executed(agreements.release(text, people.pat(), people.cora()))


def ended_with_a_dead_suspension() -> tuple[ToolRequest, date, Message]:
    """(approved request, the day after the last one, the reaction that was given up)."""
    agreement = plainly.executed()
    assert agreement.ends_on is not None
    request = plainly.approved_under(agreement)
    drain()
    after = agreement.ends_on + timedelta(days=1)
    with time_machine.travel(denver(after, 0, 0, 1), tick=False):
        sweep()
        drain(limit=1)
        dead = give_up("agreements.suspend_after_expiry")
    assert agreements.fresh(agreement).state == "expired"
    assert state_of(request) == "approved"
    return request, after, dead


def test_a_late_suspension_spares_what_a_newer_agreement_covers_by_now() -> None:
    request, after, dead = ended_with_a_dead_suspension()
    renewed = signed_anew(after + timedelta(days=3))
    assert (renewed.state, renewed.effective_from) == ("in_force", after + timedelta(days=3))

    with time_machine.travel(denver(after + timedelta(days=4), 9), tick=False):
        assert outbox.retry(dead.pk)
        drain()

    assert Message.objects.get(pk=dead.pk).status == Message.DONE
    assert state_of(request) == "approved"


def test_a_late_suspension_still_stops_what_nothing_covers() -> None:
    request, after, dead = ended_with_a_dead_suspension()

    with time_machine.travel(denver(after + timedelta(days=4), 9), tick=False):
        assert outbox.retry(dead.pk)
        drain()

    assert state_of(request) == "suspended"


def test_no_start_is_expected_of_an_agreement_that_was_ended_before_it_began() -> None:
    """What follows the last signature runs once more after counsel has ended the contract."""
    agreement = starting_on(today() + timedelta(days=10))
    said = {"grounds": "notice", "ended_on": today(), "note": "The school closes."}
    contracts.terminate(agreement, by=actor_of(people.cora()), **said)
    drain()
    late = Message.objects.filter(topic="agreements.start_when_due")
    assert late.update(status=Message.FAILED, done_at=None) == 1

    assert outbox.retry(late.get().pk)
    drain()

    assert agreements.fresh(agreement).state == "terminated"
    assert running(agreement) == []
