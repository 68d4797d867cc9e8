"""The district's signing page: the named signatory and nobody else."""

import pytest
from django.test import Client

from tests.factories import agreements, people
from tests.factories.visits import counted, good_signature, signed_in
from vetting.people.queries import actor_of
from workflows.outbox.drain import drain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_came_before")]


def test_only_the_named_signatory_may_sign_and_strangers_find_nothing() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    here = f"/agreements/{agreement.code}/sign/"

    counsel = signed_in(people.cora())
    page = counsel.get(here)
    assert page.status_code == 200
    assert "Gwen Hart signs now for Juniper School District." in page.text
    assert "Type your full name" not in page.text
    before = counted()
    refused = counsel.post(here, good_signature(agreement, "Cora Lind"))
    assert "Only the person named as signatory can sign here." in refused.text
    assert counted() == before
    assert signed_in(people.ben()).get(here).status_code == 404
    assert signed_in(people.eve()).get(here).status_code == 404
    assert signed_in(people.eve()).post(here).status_code == 404
    assert Client().get(here).status_code == 302


def test_the_signatory_reads_what_stands_against_signing_before_the_pen_is_offered() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    gwen = agreements.signer()
    gwen.authorities.all().delete()
    here = f"/agreements/{agreement.code}/sign/"

    page = signed_in(gwen).get(here)
    assert "Gwen Hart has no authority to sign this agreement: see the authority table." in (
        page.text
    )
    assert "Type your full name" not in page.text
    before = counted()
    assert signed_in(gwen).post(here, good_signature(agreement, "Gwen Hart")).status_code == 422
    assert counted() == before


def test_a_recalled_document_shows_no_pen() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    from contracts.agreements import commands

    commands.take_back(agreement, by=actor_of(people.cora()), note="Wrong term.")
    drain()

    gwen = signed_in(agreements.signer())
    page = gwen.get(f"/agreements/{agreement.code}/sign/")
    assert "Not out for signature" in page.text
    assert gwen.get(f"/agreements/{agreement.code}/sign/document.pdf").status_code == 404
