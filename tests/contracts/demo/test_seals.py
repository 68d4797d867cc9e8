"""Where a visitor of the demo sees a seal of tonight beside a signature of last spring."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from contracts.agreements.models import Agreement
from tests.factories import agreements, people
from tests.factories.visits import signed_in
from vetting.vault.queries import read

pytestmark = pytest.mark.django_db
SAYS = "each seal carries the true time at which it was made, long after the day of signing."


def pages(agreement: Agreement) -> list[str]:
    """The agreement's own page, and the public check of its signed file."""
    assert agreement.current is not None
    assert agreement.current.sealed is not None
    own = signed_in(people.cora()).get(agreement.get_absolute_url()).text
    file = SimpleUploadedFile("a.pdf", read(agreement.current.sealed), "application/pdf")
    return [own, Client().post("/verify/", {"file": file}).text]


def test_only_the_demo_says_why_seals_are_younger_than_signatures(settings: Settings) -> None:
    agreement = agreements.fresh(agreements.executed())
    assert [SAYS in page for page in pages(agreement)] == [False, False]
    settings.DEMO = True
    assert [SAYS in page for page in pages(agreement)] == [True, True]
    assert all("Sealed " in page for page in pages(agreement))
