"""An agreement starts on its day, ends at the district's midnight, and takes its tools along."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from contracts.agreements import commands, queries
from contracts.agreements.commands import term
from contracts.agreements.models import Agreement, CoveredTool, ServedRequest
from tests.factories import agreements, people, plainly
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.clock.models import Deadline
from workflows.clock.queries import OPEN
from workflows.clock.sweep import sweep
from workflows.clock.words import day_words
from workflows.engine import Refused
from workflows.grammar import Lifecycle
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers

pytestmark = pytest.mark.django_db
DENVER = ZoneInfo("America/Denver")


def denver(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), tzinfo=DENVER)


def today() -> date:
    return timezone.now().astimezone(DENVER).date()


def tick() -> None:
    sweep()
    drain()


def running(agreement: Agreement) -> list[str]:
    rows = Deadline.objects.filter(OPEN, case_id=agreement.pk).order_by("kind")
    return list(rows.values_list("kind", flat=True))


def test_it_ends_at_the_districts_midnight_and_not_a_second_sooner() -> None:
    agreement = plainly.executed()
    assert agreement.ends_on is not None
    request = plainly.approved_under(agreement)
    drain()

    with time_machine.travel(denver(agreement.ends_on, 23, 59, 59), tick=False):
        tick()
        assert agreements.fresh(agreement).state == "in_force"
    with time_machine.travel(denver(agreement.ends_on + timedelta(days=1), 0, 0, 1), tick=False):
        tick()
        tick()

    ended = agreements.fresh(agreement)
    assert (ended.state, ended.ended_on) == ("expired", agreement.ends_on)
    assert Entry.objects.filter(case_id=agreement.pk, name="expire").count() == 1
    assert not CoveredTool.objects.filter(live=True).exists()
    assert running(ended) == []
    assert ended.links.filter(revoked_at=None).count() == 0
    stopped = ToolRequest.objects.get(pk=request.pk)
    assert (stopped.state, stopped.suspend_reason) == (
        "suspended",
        "The agreement with the vendor has ended.",
    )
    assert Message.objects.filter(topic="agreement_ended").count() == 2  # ada and pat
    assert registry.faults() == []


def test_a_request_that_an_agreement_covers_is_tied_to_it() -> None:
    agreement = plainly.executed()

    request = plainly.approved_under(agreement)

    assert ServedRequest.objects.filter(agreement=agreement, request=request).count() == 1
    assert Entry.objects.filter(case_id=agreement.pk, name="request_attached").count() == 2


def test_an_end_that_has_moved_is_waited_for() -> None:
    agreement = plainly.executed()
    assert agreement.ends_on is not None
    later = agreement.ends_on + timedelta(days=90)
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=later)

    with time_machine.travel(denver(agreement.ends_on + timedelta(days=1), 9), tick=False):
        tick()

    assert agreements.fresh(agreement).state == "in_force"
    due = Deadline.objects.get(OPEN, case_id=agreement.pk, kind="agreement_ends").due_at
    assert due.astimezone(DENVER).date() == later
    with time_machine.travel(denver(later + timedelta(days=1), 0, 0, 1), tick=False):
        tick()
    assert agreements.fresh(agreement).state == "expired"


def starting_on(day: date) -> Agreement:
    offered = plainly.with_vendor()
    Agreement.objects.filter(pk=offered.pk).update(effective_from=day)
    return plainly.executed(agreements.fresh(offered))


def test_it_starts_on_its_day_and_not_before() -> None:
    start = today() + timedelta(days=10)
    agreement = starting_on(start)
    assert (agreement.state, running(agreement)) == ("signed", ["agreement_starts"])

    with time_machine.travel(denver(start - timedelta(days=1), 23, 59, 59), tick=False):
        tick()
        assert agreements.fresh(agreement).state == "signed"
    with time_machine.travel(denver(start), tick=False):
        tick()

    started = agreements.fresh(agreement)
    assert (started.state, running(started)) == ("in_force", ["agreement_ends"])
    assert CoveredTool.objects.get(agreement=agreement).live is True
    assert registry.faults() == []


def in_its_way(agreement: Agreement) -> CoveredTool:
    """Another agreement of the same vendor says that it is live for the same tool."""
    other = agreements.another(agreement, "Other")
    product = agreement.products.get()
    return CoveredTool.objects.create(
        agreement=other, tool=product.tool, district=agreement.district, live=True
    )


def test_two_agreements_for_one_tool_are_a_sentence_and_tried_again() -> None:
    start = today() + timedelta(days=1)
    agreement = starting_on(start)
    other = in_its_way(agreement)

    with time_machine.travel(denver(start, 6), tick=False):
        tick()
        held = agreements.fresh(agreement)
        assert (held.state, running(held)) == ("signed", ["agreement_starts"])
        note = next(line.note for line in history_of(held) if line.name == "start_held")
        assert note == "Another agreement for one of these products has just started."
    CoveredTool.objects.filter(pk=other.pk).update(live=False)
    with time_machine.travel(denver(start + timedelta(days=1), 6, 1), tick=False):
        tick()

    assert agreements.fresh(agreement).state == "in_force"


def test_the_one_in_effect_is_named_before_the_index_has_to() -> None:
    agreement = starting_on(today() + timedelta(days=1))
    other = in_its_way(agreement)
    CoveredTool.objects.filter(pk=other.pk).update(live=False)
    drop_triggers(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contracts_agreement SET state = 'in_force' WHERE case_id = %s",
            [other.agreement_id],
        )

    with (
        time_machine.travel(denver(today() + timedelta(days=2)), tick=False),
        pytest.raises(Refused) as refused,
    ):
        commands.start_agreement(agreement)

    code = other.agreement.case.code
    says = f"Agreement {code} is in effect for Reading Ladder: it has to end first."
    assert refused.value.reasons == [says]


def test_ending_it_early_closes_everything_that_rests_on_it() -> None:
    agreement = plainly.executed()
    request = plainly.approved_under(agreement)

    commands.terminate(
        agreement,
        by=actor_of(people.cora()),
        grounds="cause",
        ended_on=today(),
        note="Data was sold.",
    )
    drain()

    ended = agreements.fresh(agreement)
    assert (ended.state, ended.ended_on, running(ended)) == ("terminated", today(), [])
    assert not CoveredTool.objects.filter(live=True).exists()
    assert ended.links.filter(revoked_at=None).count() == 0
    assert ToolRequest.objects.get(pk=request.pk).state == "suspended"
    assert registry.faults() == []


def test_a_termination_before_its_start_cancels_the_start() -> None:
    start = today() + timedelta(days=10)
    agreement = starting_on(start)
    cora = actor_of(people.cora())

    commands.terminate(agreement, by=cora, grounds="notice", ended_on=today(), note="No need.")
    with time_machine.travel(denver(start, 9), tick=False):
        tick()

    assert agreements.fresh(agreement).state == "terminated"


def test_a_tool_that_rests_on_itself_is_not_stopped() -> None:
    agreement = plainly.executed()
    request = plainly.approved_under(agreement)
    ToolRequest.objects.filter(pk=request.pk).update(
        approval_kind="pilot",
        approved_until=today() + timedelta(days=30),
        approval_owner=people.ada(),
    )

    cora = actor_of(people.cora())
    commands.terminate(agreement, by=cora, grounds="notice", ended_on=today(), note="Done.")
    drain()

    assert ToolRequest.objects.get(pk=request.pk).state == "approved"


def test_giving_it_up_shuts_the_links_and_later_mails_open_nothing() -> None:
    agreement = plainly.with_vendor()
    commands.abandon(agreement, by=actor_of(people.cora()), note="The vendor was bought.")
    message = Message.objects.get(topic="text_offered")

    path = commands.mint_link(message)

    token = path.rstrip("/").rpartition("/")[2]
    assert queries.link_by_token(token, timezone.now()) is None
    assert agreement.links.filter(revoked_at=None).count() == 0


def test_the_board_acts_first_where_the_authority_table_asks_for_it() -> None:
    signer = agreements.signer()
    signer.authorities.update(board_first=True)
    agreement = plainly.with_vendor()
    assert agreement.board_acts_first is True
    assert agreement.current is not None
    dee = agreements.vendor_actor(agreement)
    accepted = commands.accept_text(agreement, by=dee, sha256=agreement.current.sha256)
    assert accepted.state == "awaiting_board"
    ada, before = actor_of(people.ada()), Entry.objects.count()

    with pytest.raises(Refused) as refused:
        commands.record_board_action(
            agreement, by=ada, item=" ", acted_on=today() + timedelta(days=1)
        )
    assert refused.value.reasons == [
        "Name the agenda item.",
        "Give the day on which the board acted; it cannot be in the future.",
    ]
    assert Entry.objects.count() == before
    moved = commands.record_board_action(agreement, by=ada, item="7.2", acted_on=today())
    assert (moved.state, moved.board_item) == ("out_for_signature", "7.2")


def test_an_early_end_lies_in_the_life_of_the_agreement() -> None:
    agreement, cora = plainly.executed(), actor_of(people.cora())
    before = agreement.version
    for last, says in (
        (date(1999, 1, 1), "The agreement cannot have ended before"),
        (today() - timedelta(days=1), "that is the day it started"),
        (today() + timedelta(days=1), "today or a day before"),
        (None, "today or a day before"),
    ):
        with pytest.raises(Refused, match=says):
            commands.terminate(agreement, by=cora, grounds="cause", ended_on=last, note="Breach.")
    left = agreements.fresh(agreement)
    assert (left.state, left.version, left.ended_on) == ("in_force", before, None)
    assert not Message.objects.filter(topic="agreement_terminated").exists()


def test_a_last_day_in_the_past_is_said_in_the_confirmation(client: Client) -> None:
    agreement = plainly.executed()
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        last = today() - timedelta(days=4)
        client.force_login(people.cora().user)
        page = client.post(
            f"{agreement.get_absolute_url()}terminate/",
            {"grounds": "cause", "ended_on": last.isoformat(), "note": "Breach."},
            follow=True,
        )
    assert f"Ended; its last day was {day_words(last)}." in page.text
    assert agreements.fresh(agreement).ended_on == last


def test_reminders_to_sign_go_to_whoever_holds_the_pen() -> None:
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    drain()
    turns = agreement.current.signature_requests
    turns.filter(slot="vendor").update(status="sealed")
    asked = Message.objects.filter(topic__in=("deadline_remind", "deadline_overdue"))
    row = Deadline.objects.get(OPEN, case_id=agreement.pk, kind="signature")
    with time_machine.travel(row.due_at + timedelta(minutes=1), tick=False):
        tick()
    gwen = people.gwen().user.email
    assert set(asked.filter(case_id=agreement.pk).values_list("to", flat=True)) == {gwen}


def reminders(agreement: Agreement) -> dict[str, str]:
    rows = Message.objects.filter(case_id=agreement.pk, topic__startswith="deadline_")
    rows = rows.filter(channel=Message.MAIL)
    return dict(rows.exclude(topic="deadline_escalate").values_list("to", "body"))


def test_a_reminder_of_the_legal_review_goes_to_whoever_has_not_spoken() -> None:
    agreement = plainly.in_review()
    plainly.say(agreement, people.cora(), Role.LEGAL)
    drain()
    row = Deadline.objects.get(OPEN, case_id=agreement.pk, kind="legal_review")
    with time_machine.travel(row.due_at + timedelta(minutes=1), tick=False):
        tick()
    said = reminders(agreement)
    assert people.cora().user.email not in said
    body = said[people.pat().user.email]
    assert f"What to do: Review the agreement for {agreement.title}." in body
    assert "Whose turn: you" in body


def test_before_an_agreement_ends_its_owner_reads_what_is_to_be_decided() -> None:
    agreement = plainly.executed()
    pat = people.pat()
    Agreement.objects.filter(pk=agreement.pk).update(owner=pat)
    with time_machine.travel(denver(agreement.ends_on - timedelta(days=60), 9), tick=False):
        tick()
    body = reminders(agreement)[pat.user.email]
    assert f"What to do: Decide what follows the agreement for {agreement.title}." in body
    assert "Whose turn: you." in body
    assert "In effect" not in body


@pytest.mark.parametrize(
    ("machine", "kind"),
    [(AGREEMENT, term.STARTS), (AGREEMENT, term.ENDS), (REQUEST, "approval_ends")],
)
def test_every_date_beside_the_service_levels_says_what_is_to_be_done(
    machine: Lifecycle, kind: str
) -> None:
    assert "{subject}" in machine.todo[kind].words
