"""One longest note: said beside the field, refused with a sentence, and kept where it was typed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly
from vetting.people.models import Membership
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def as_(client: Client) -> SignIn:
    def sign_in(person: Membership) -> Client:
        client.force_login(person.user)
        return client

    return sign_in


def url(name: str, agreement: Agreement) -> str:
    return reverse(f"agreements:{name}", args=[agreement.code])


@pytest.mark.parametrize("name", ["take_back", "abandon"])
def test_a_note_that_is_too_long_is_refused_and_stays_in_its_field(as_: SignIn, name: str) -> None:
    agreement, before = plainly.in_review(), Entry.objects.count()
    client = as_(people.cora())
    said = "At most 5,000 characters."
    assert said in client.get(agreement.get_absolute_url()).text
    long = "A long story. " * 400
    page = client.post(url(name, agreement), {"note": long})
    assert page.status_code == 409
    assert "The note has 5,599 characters; write at most 5,000." in page.text
    assert page.text.count(long.strip()) == 1
    assert '<details class="confirm" open>' in page.text
    assert (agreements.fresh(agreement).state, Entry.objects.count()) == ("legal_review", before)


def test_a_recall_has_the_same_longest_note(as_: SignIn) -> None:
    agreement = agreements.out_for_signature()
    before = Entry.objects.count()
    page = as_(people.cora()).post(url("take_back", agreement), {"note": "x" * 5001})
    assert "The note has 5,001 characters; write at most 5,000." in page.text
    assert Entry.objects.count() == before
    assert agreements.fresh(agreement).state == "out_for_signature"
