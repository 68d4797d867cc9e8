"""Giving an agreement up is told to everybody who would go on waiting for it."""

import pytest

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly, screening
from vetting.people.queries import actor_of
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def give_up(agreement: Agreement) -> None:
    commands.abandon(agreement, by=actor_of(people.cora()), note="The vendor was sold.")
    drain()


def told(topic: str) -> dict[str, str]:
    rows = Message.objects.filter(channel=Message.MAIL, topic=topic)
    return dict(rows.values_list("to", "body"))


def test_whoever_signed_or_had_the_text_hears_that_it_does_not_go_on() -> None:
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    drain()
    give_up(plainly.signed_by_vendor(agreements.fresh(agreement)))
    mails = told("agreement_given_up")
    assert set(mails) == {"dee@quillwork.example", "gwen@juniper.example"}
    for body in mails.values():
        assert "There is nothing to read, answer or sign any more" in body
        assert "The vendor was sold." not in body


def test_a_vendor_who_never_had_a_text_hears_nothing() -> None:
    give_up(plainly.in_review())
    assert told("agreement_given_up") == {}


def test_the_request_that_waited_for_it_says_so_by_mail() -> None:
    agreement = plainly.with_vendor()
    request = screening.concluded(queries.requests_served(agreement).get())
    assert request.state == "awaiting_agreement"
    give_up(agreement)
    mails = told("wait_is_over")
    assert set(mails) == {f"{who}@juniper.example" for who in ("ben", "cora", "pat")}
    assert "You need not do anything" in mails["ben@juniper.example"]
    assert "The vendor was sold." not in mails["ben@juniper.example"]
    assert "Have another agreement prepared" in mails["cora@juniper.example"]
    assert "Cora Lind gave up the agreement" in mails["cora@juniper.example"]


def test_a_request_that_is_still_reviewed_reads_it_in_its_history_only() -> None:
    give_up(plainly.in_review())
    assert told("wait_is_over") == {}
