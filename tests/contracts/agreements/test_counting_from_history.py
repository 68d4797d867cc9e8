"""Agreements that were signed or ended before anything counted from that: the night makes it up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from contracts.signing.commands import sign_document
from tests.contracts.agreements.test_dates_by_law import executed_in, law_dates
from tests.factories import agreements, people
from vetting.people.queries import actor_of
from vetting.policy.commands.anchoring import withdraw_anchor
from vetting.policy.commands.following import follow_by_night
from vetting.policy.models import Anchor, Evaluated
from workflows import rounds
from workflows.clock.models import Deadline
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db


def forget() -> None:
    """As a district has it that upgrades from a release without dates by law; what its ledger says
    of them stays, for a chain cannot lose a line."""
    drop_triggers(connection)
    for model in (Anchor, Evaluated):
        model.objects.all().delete()
    Deadline.objects.exclude(layer="").delete()
    install_triggers(connection)


def a_night() -> None:
    rounds.reconcile_round()
    drain()


def also_executed(like: Agreement, name: str) -> Agreement:
    second = agreements.another_with_vendor(like, name)
    assert second.current is not None
    dee, gwen = agreements.vendor_actor(second), actor_of(agreements.signer())
    commands.accept_text(second, by=dee, sha256=second.current.sha256)
    drain()
    second = agreements.vendor_signs(agreements.fresh(second))
    turn = agreements.turn(second, "district")
    sign_document(turn, by=gwen, act=agreements.act(second, gwen.name))
    drain()
    return agreements.fresh(second)


def told() -> list[Message]:
    return list(Message.objects.filter(topic="law_followed", channel=Message.MAIL))


def test_an_old_agreement_gets_its_dates_from_its_own_history() -> None:
    agreement = executed_in("CT")
    forget()
    a_night()
    anchor = Anchor.objects.get()
    line = Entry.objects.get(case=agreement.pk, name="execute")
    assert (anchor.event, anchor.at) == ("agreement_executed", agreement.executed_at)
    assert anchor.source == f"The history of the case, line {line.seq}"
    assert anchor.recorded_by == "system:agreements"
    assert "ct.bb_post" in law_dates(agreement)
    assert registry.faults() == []
    before = [model.objects.count() for model in (Anchor, Entry, Deadline, Message, Evaluated)]
    assert follow_by_night() == 0
    drain()
    assert before == [m.objects.count() for m in (Anchor, Entry, Deadline, Message, Evaluated)]


def test_one_that_has_ended_since_gets_its_end_too() -> None:
    agreement = executed_in("MN")
    today = agreement.case.tenant.day_of(timezone.now())
    cora = actor_of(people.cora())
    commands.terminate(agreement, by=cora, grounds="cause", ended_on=today, note="A breach.")
    drain()
    forget()
    a_night()
    line = Entry.objects.get(case=agreement.pk, name="terminate")
    end = Anchor.objects.get(event="contract_ended")
    assert (end.at, end.source) == (line.at, f"The history of the case, line {line.seq}")
    assert Anchor.objects.count() == 2
    due = law_dates(agreement)["mn.delete"].due_at
    assert agreement.case.tenant.day_of(due) == today + timedelta(days=90)


def test_days_long_past_are_one_mail_to_each_and_ring_no_ladder() -> None:
    first = executed_in("CT")
    second = also_executed(first, "Slate")
    forget()
    old = timezone.now() - timedelta(days=300)
    Agreement.objects.filter(pk__in=[first.pk, second.pk]).update(executed_at=old)
    Message.objects.filter(channel=Message.MAIL).delete()
    a_night()
    rows = [law_dates(one)["ct.bb_post"] for one in (first, second)]
    assert [row.next_at for row in rows] == [None, None]
    rounds.sweep_round()
    drain()
    mails = told()
    assert len(mails) == len({mail.to for mail in mails}) > 0
    assert {mail.topic for mail in Message.objects.filter(channel=Message.MAIL)} == {"law_followed"}
    for said in ("before an upgrade", first.title, second.title, "That day had passed"):
        assert said in mails[0].body


def test_what_somebody_took_back_is_not_recorded_again() -> None:
    agreement = executed_in("CT")
    ada = actor_of(people.ada())
    withdraw_anchor(agreement, event="agreement_executed", by=ada, reason="Another paper.")
    assert follow_by_night() == 0
