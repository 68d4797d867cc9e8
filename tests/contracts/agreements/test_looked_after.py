"""Whoever looks after an agreement hears what becomes of it, and what waits for somebody else."""

from datetime import timedelta

import pytest
import time_machine

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly, screening
from vetting.people.queries import actor_of
from vetting.requests import commands as requests
from vetting.requests.models import ToolRequest
from workflows.clock.models import Deadline
from workflows.clock.sweep import sweep
from workflows.engine import Refused
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
PAT, ADA = "pat@juniper.example", "ada@juniper.example"
CORA, BEN = "cora@juniper.example", "ben@juniper.example"


def told(topic: str) -> dict[str, str]:
    rows = Message.objects.filter(channel=Message.MAIL, topic=topic)
    return dict(rows.values_list("to", "body"))


def waiting() -> tuple[ToolRequest, Agreement]:
    agreement = plainly.with_vendor()
    request = screening.concluded(agreement.serves.get().request)
    drain()
    return request, agreements.fresh(agreement)


def test_giving_it_up_is_told_to_the_team_and_the_owner_with_the_reason() -> None:
    _, agreement = waiting()
    people.ada()
    Agreement.objects.filter(pk=agreement.pk).update(owner=people.max())
    commands.abandon(agreement, by=actor_of(people.cora()), note="The vendor was sold.")
    drain()
    mails = told("wait_is_over")
    assert set(mails) == {PAT, ADA, CORA, BEN, "max@juniper.example"}
    for to in (PAT, ADA, CORA, "max@juniper.example"):
        assert "The vendor was sold." in mails[to]
    assert told("given_up") == {}


def test_the_owner_hears_of_one_that_no_request_waits_for() -> None:
    agreement = plainly.in_review()
    Agreement.objects.filter(pk=agreement.pk).update(owner=people.pat())
    commands.abandon(agreement, by=actor_of(people.cora()), note="The vendor was sold.")
    drain()
    mails = told("given_up")
    assert set(mails) == {PAT}
    assert "Cora Lind gave up the agreement" in mails[PAT]
    assert "The vendor was sold." in mails[PAT]


def test_who_gives_it_up_needs_no_mail_about_it() -> None:
    agreement, pat = plainly.in_review(), people.pat()
    Agreement.objects.filter(pk=agreement.pk).update(owner=pat)
    commands.abandon(agreement, by=actor_of(pat), note="The vendor was sold.")
    drain()
    assert told("given_up") == {}


def test_a_change_of_owner_is_told_to_both_but_not_to_whoever_made_it() -> None:
    agreement, pat, ada = plainly.in_review(), people.pat(), people.ada()
    agreement = commands.name_owner(agreement, owner=pat, by=actor_of(people.cora()))
    assert set(told("owner_named")) == {PAT}
    assert "Cora Lind said that you look after the agreement" in told("owner_named")[PAT]
    agreement = commands.name_owner(agreement, owner=ada, by=actor_of(people.cora()))
    assert set(told("owner_released")) == {PAT}
    assert "said that Ada Park looks after the agreement" in told("owner_released")[PAT]
    commands.name_owner(agreement, owner=None, by=actor_of(ada))
    assert set(told("owner_released")) == {PAT}
    assert set(told("owner_named")) == {PAT, ADA}


def test_the_exhibits_tell_a_new_owner_too() -> None:
    agreement = agreements.settled()
    commands.settle_exhibits(
        agreement, by=actor_of(people.pat()), services="Reading", frameworks=["nist-csf"],
        vendor_signer=agreement.vendor_signer, district_signer=agreement.district_signer,
        owner=people.ada(),
    )  # fmt: skip
    assert set(told("owner_named")) == {ADA}


def test_a_reminder_does_not_go_to_its_own_sender() -> None:
    request, agreement = waiting()
    commands.take_back(agreement, by=actor_of(people.cora()), note="Another text.")
    drain()
    people.ada()
    requests.nudge(ToolRequest.objects.get(pk=request.pk), by=actor_of(people.pat()))
    assert set(told("nudge")) == {ADA}


def test_who_is_the_only_one_asked_cannot_remind_themself() -> None:
    request, agreement = waiting()
    commands.take_back(agreement, by=actor_of(people.cora()), note="Another text.")
    drain()
    with pytest.raises(Refused, match="It waits for you, and nobody else is there"):
        requests.nudge(ToolRequest.objects.get(pk=request.pk), by=actor_of(people.pat()))


def test_a_date_of_the_request_says_that_it_waits_for_the_vendor_and_tells_the_owner() -> None:
    request, agreement = waiting()
    Agreement.objects.filter(pk=agreement.pk).update(owner=people.pat())
    due = Deadline.objects.get(case_id=request.pk, kind="agreement").due_at
    with time_machine.travel(due - timedelta(days=5), tick=False):
        sweep()
        drain()
    rows = Message.objects.filter(case_id=request.pk, topic="deadline_remind")
    mails = dict(rows.values_list("to", "body"))
    assert set(mails) == {PAT}
    assert "is waiting for the vendor, Ladder Labs." in mails[PAT]
    assert (
        "Whose turn: the vendor, Ladder Labs. Ask them how it is going: you look after it."
        in (mails[PAT])
    )
