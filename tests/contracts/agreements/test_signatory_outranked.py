"""A new line of the authority table may take a named signatory's authority away: counsel hears."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.agreements import commands, queries
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly
from tests.factories.remembered import remembered
from vetting.people.commands import add_signing_authority
from vetting.people.queries import actor_of
from workflows.actors import Role
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def of(amount: int, agreement: Agreement) -> Agreement:
    Agreement.objects.filter(pk=agreement.pk).update(amount=Decimal(amount))
    return agreements.fresh(agreement)


def hugo_signs_above(amount: int) -> None:
    hugo = people.person("Hugo Signs", Role.SIGNATORY)
    today, boss = timezone.localdate(), actor_of(people.max())
    add_signing_authority(membership=hugo, delegated_on=today, amount_over=amount, by=boss)
    drain()


def told() -> list[tuple[int, str]]:
    rows = Message.objects.filter(topic="signatory_gone", channel=Message.MAIL).order_by("case_id")
    return [(row.case_id or 0, row.to) for row in rows]


@remembered
def out_for_signature() -> Agreement:
    agreement = plainly.with_vendor()
    assert agreement.current is not None
    by = agreements.vendor_actor(agreement)
    commands.accept_text(agreement, by=by, sha256=agreement.current.sha256)
    drain()
    return agreements.fresh(agreement)


def test_counsel_hears_of_each_agreement_that_the_new_line_decides_for() -> None:
    first = out_for_signature()
    cheap, dear = (agreements.another_in_review(first, f"Star {n}") for n in ("Steps", "Songs"))
    of(500, cheap)
    of(5000, first)
    of(5000, dear)

    hugo_signs_above(1000)

    assert queries.authority_of(agreements.fresh(first), timezone.now()) is None
    assert queries.authority_of(agreements.fresh(cheap), timezone.now()) is not None
    assert told() == [(first.pk, "cora@juniper.example"), (dear.pk, "cora@juniper.example")]
    mail = Message.objects.get(topic="signatory_gone", case_id=first.pk)
    assert mail.subject == "Name another signatory: Reading Ladder by Ladder Labs"
    assert 'Gwen Hart is named to sign "Reading Ladder by Ladder Labs"' in mail.body


def test_a_line_that_decides_for_nothing_waiting_tells_nobody() -> None:
    of(5000, out_for_signature())
    hugo_signs_above(10_000)
    assert told() == []


def test_a_line_of_another_district_tells_nobody_here() -> None:
    of(5000, out_for_signature())
    mesa = people.district("mesa")
    hugo = people.person("Hugo Signs", Role.SIGNATORY, at=mesa)
    boss = actor_of(people.person("Mia Webb", Role.ADMIN, at=mesa))
    add_signing_authority(membership=hugo, delegated_on=timezone.localdate(), by=boss)
    drain()
    assert told() == []


def test_who_has_signed_stays_the_signatory() -> None:
    of(5000, plainly.executed())
    hugo_signs_above(1000)
    assert told() == []


def test_three_agreements_are_asked_as_fast_as_one() -> None:
    first = of(500, out_for_signature())
    district = first.district_id

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert commands.tell_counsel_of_all(district=district) == 0
        return len(asked)

    alone = cost()
    for name in ("Star Steps", "Star Songs"):
        of(500, agreements.another_in_review(first, name))
    assert cost() == alone
