"""What a page of dates by law says before a breach is told, and what a request says after it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracts.agreements.models import Agreement
from tests.contracts.agreements.test_dates_page import BREACH, browser, page, posted, typed
from tests.factories import agreements, people
from vetting.policy.models import Anchor

pytestmark = pytest.mark.django_db
NO_BREACH = "No breach is described yet: its clocks wait for “Something happened to data”."


@pytest.fixture
def agreement() -> Agreement:
    return agreements.executed()


def test_a_breach_that_nobody_described_is_asked_for(agreement: Agreement) -> None:
    ada = browser(people.ada())
    said = posted(ada, page(agreement, "record_event"), typed("district_determined", timedelta(2)))
    assert NO_BREACH in said
    assert page(agreement, "breach") in said
    assert "Not counted yet: no breach is described" in said
    ada.post(page(agreement, "breach"), BREACH)
    assert NO_BREACH not in ada.get(page(agreement)).content.decode()


def test_a_request_says_that_its_agreement_has_a_breach(agreement: Agreement) -> None:
    request = agreement.serves.get().request
    ada, url = browser(people.ada()), reverse("requests:detail", args=[request.code])
    assert "none known" in ada.get(url).content.decode()
    ada.post(page(agreement, "breach"), BREACH)
    assert "none known" not in ada.get(url).content.decode()
    ada.post(page(agreement, "breach"), {"breach": "no", "note": "A false alarm"})
    assert "none known" in ada.get(url).content.decode()


def test_an_hour_that_does_not_exist_is_refused(agreement: Agreement) -> None:
    ada = browser(people.ada())
    when = {"day": "2026-03-08", "time": "02:30"}
    typed_at = typed("occurred", timedelta(0)) | when
    answer = ada.post(page(agreement, "record_event"), typed_at)
    assert answer.status_code == 422
    assert "02:30 did not exist on that day" in answer.content.decode()
    assert not Anchor.objects.filter(event="occurred").exists()


def test_what_is_late_at_once_is_asked_first(agreement: Agreement) -> None:
    ada = browser(people.ada())
    ada.post(page(agreement, "breach"), BREACH)
    said = posted(
        ada, page(agreement, "record_event"), typed("district_determined", timedelta(200))
    )
    assert "would be overdue" in said
    assert "not yet verified" in said
    assert not Anchor.objects.filter(event="district_determined").exists()
