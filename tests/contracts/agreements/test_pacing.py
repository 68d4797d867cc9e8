"""Our five days for a draft count while the draft can be finished, and the date says so."""

import pytest
import time_machine
from django.test import Client

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, screening
from tests.factories import requests as make
from tests.workflows.toy.story import denver
from vetting.people.queries import actor_of
from vetting.requests import commands as asking
from vetting.requests.commands import triage
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.clock.models import Deadline
from workflows.clock.sweep import sweep
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox import commands as outbox
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def clock(agreement: Agreement) -> Deadline:
    return Deadline.objects.get(case_id=agreement.pk, kind="drafting", met_at=None)


def clocked(agreement: Agreement) -> list[str]:
    rows = Entry.objects.filter(case_id=agreement.pk, name__startswith="clock_")
    return list(rows.order_by("seq").values_list("name", flat=True))


def on(text: str) -> time_machine.travel:
    return time_machine.travel(denver(text), tick=False)


def drafted_on_monday() -> tuple[ToolRequest, Agreement]:
    with on("2026-11-09 10:00"):
        return agreements.drafted()


def cleared_on(text: str, request: ToolRequest) -> ToolRequest:
    with on(text):
        done = screening.concluded(request)
        drain()
        return done


def test_a_draft_stands_still_while_the_privacy_team_reviews() -> None:
    _, agreement = drafted_on_monday()
    row = clock(agreement)
    assert (row.paused_at, row.left, row.next_at) == (denver("2026-11-09 10:00"), 5, None)
    assert row.explanation["sentence"] == (
        "5 business days from Mon, Nov 9; "
        "the clock stood still from Mon, Nov 9 (waiting for the privacy review)"
    )
    assert clocked(agreement) == ["clock_stopped"]
    assert registry.faults() == []


def test_nobody_is_told_that_a_draft_is_late_that_nobody_may_finish() -> None:
    _, agreement = drafted_on_monday()
    sweep(denver("2026-12-01 12:00"))
    assert clock(agreement).rung == 0


def test_the_days_run_from_the_moment_the_review_is_over() -> None:
    request, agreement = drafted_on_monday()
    cleared_on("2026-12-01 15:00", request)
    row = clock(agreement)
    assert (row.paused_at, row.due_at) == (None, denver("2026-12-08 23:59:59"))
    assert row.explanation["sentence"] == (
        "5 business days from Mon, Nov 9; the clock stood still from Mon, Nov 9 to Tue, Dec 1"
        " (waiting for the privacy review)"
    )
    assert clocked(agreement) == ["clock_stopped", "clock_started"]
    assert registry.faults() == []


def test_a_late_drain_starts_the_clock_when_the_review_ended() -> None:
    request, agreement = drafted_on_monday()
    with on("2026-12-01 15:00"):
        screening.concluded(request)
    with on("2026-12-02 09:00"):
        drain()
    assert clock(agreement).due_at == denver("2026-12-08 23:59:59")


def test_saying_it_twice_changes_nothing() -> None:
    request, agreement = drafted_on_monday()
    cleared_on("2026-12-01 15:00", request)
    before = (agreements.fresh(agreement).version, clock(agreement).explanation)
    commands.pace_drafting(agreement, by=actor_of(people.pat()))
    assert (agreements.fresh(agreement).version, clock(agreement).explanation) == before


def test_another_path_stops_it_again_with_the_days_that_were_left() -> None:
    request, agreement = drafted_on_monday()
    done = cleared_on("2026-12-01 15:00", request)
    with on("2026-12-03 09:00"):
        triage.reroute_request(done, note="They give it away now", by=actor_of(people.pat()))
        drain()
    row = clock(agreement)
    assert (row.left, row.paused_at) == (3, denver("2026-12-03 09:00"))
    assert clocked(agreement) == ["clock_stopped", "clock_started", "clock_stopped"]


def test_what_comes_later_than_the_next_stop_does_not_start_it_before_that() -> None:
    """The first clearing is followed up a second time, days after the path was chosen anew."""
    request, agreement = drafted_on_monday()
    done = cleared_on("2026-12-01 15:00", request)
    late = Message.objects.filter(topic="agreements.start_the_drafting_clock")
    pat = actor_of(people.pat())
    with on("2026-12-03 09:00"):
        triage.reroute_request(done, note="They give it away now", by=pat)
        drain()
    with on("2026-12-10 15:00"):
        asking.decline_request(
            ToolRequest.objects.get(pk=done.pk),
            reason="vendor_will_not_sign", words="", alternatives="", by=pat,
        )  # fmt: skip
    with on("2026-12-11 09:00"):
        assert late.update(status=Message.FAILED, done_at=None) == 1
        Message.objects.filter(topic="agreements.pace_after_declining").update(
            send_after=denver("2026-12-11 12:00")
        )
        assert outbox.retry(late.get().pk)
        drain()
    row = clock(agreement)
    assert row.explanation["sentence"] == (
        "5 business days from Mon, Nov 9; the clock stood still from Mon, Nov 9 to Tue, Dec 1"
        " (waiting for the privacy review) and from Thu, Dec 3 to Fri, Dec 11"
        " (waiting for the privacy review)"
    )
    assert (row.paused_at, row.due_at) == (None, denver("2026-12-16 23:59:59"))


def test_a_question_during_the_review_keeps_it_still_and_one_after_it_does_not() -> None:
    request, agreement = drafted_on_monday()
    pat, ben = actor_of(people.pat()), actor_of(people.ben())
    with on("2026-11-12 09:00"):
        asked = triage.ask_question(request, text="For which grades?", by=pat)
        commands.pace_drafting(agreement, by=pat)
        triage.answer_question(asked, answer="Grade 3", by=ben)
        drain()
    assert clocked(agreement) == ["clock_stopped"]


def test_one_cleared_request_is_enough() -> None:
    request, agreement = drafted_on_monday()
    cleared_on("2026-12-01 15:00", request)
    with on("2026-12-02 10:00"):
        second = agreements.another(agreement, "Word Ladder")
        agreement.serves.model.objects.create(agreement=second, request=request)
        commands.pace_drafting(second, by=actor_of(people.pat()))
    assert clocked(second) == []


def test_a_declined_request_holds_no_clock_still() -> None:
    request, agreement = drafted_on_monday()
    with on("2026-11-17 10:00"):
        asking.decline_request(
            request,
            reason="vendor_will_not_sign",
            words="",
            alternatives="",
            by=actor_of(people.pat()),
        )
        drain()
    assert clock(agreement).due_at == denver("2026-11-24 23:59:59")


def test_the_page_says_why_the_clock_stands_still() -> None:
    _, agreement = drafted_on_monday()
    client = Client()
    client.force_login(people.pat().user)
    page = client.get(f"/agreements/{agreement.code}/").text
    assert "Preparing the DPA: the clock stands still, waiting for the privacy review." in page
    assert "stopped a clock: Preparing the DPA, waiting for the privacy review." in page
    assert "overdue" not in client.get("/agreements/").text


def test_what_leaves_drafting_closes_its_clock_while_it_stands_still() -> None:
    _, agreement = drafted_on_monday()
    commands.abandon(agreement, by=actor_of(people.pat()), note="Not needed.")
    assert not Deadline.objects.filter(case_id=agreement.pk, met_at=None).exists()


def test_a_draft_asked_for_after_the_review_runs_at_once() -> None:
    request, agreement = drafted_on_monday()
    done = cleared_on("2026-12-01 15:00", request)
    pat = actor_of(people.pat())
    with on("2026-12-02 10:00"):
        commands.abandon(agreement, by=pat, note="Another text.")
        again = commands.draft_another(ToolRequest.objects.get(pk=done.pk), by=pat)
    assert clock(again).due_at == denver("2026-12-09 23:59:59")
    assert engine.lock(again).state == "drafting"


def test_without_requests_nothing_is_waited_for() -> None:
    make.tool()
    from contracts.agreements.rules import waits_for_review

    assert not waits_for_review([])
    assert not waits_for_review([("declined", "")])
    assert waits_for_review([("screening", ""), ("withdrawn", "")])
    assert waits_for_review([("returned", "triage")])
    assert not waits_for_review([("returned", "deciding"), ("screening", "")])
