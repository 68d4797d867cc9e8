"""Confirming the exhibits: all that is missing is said at once, beside its field."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils.html import strip_tags

from contracts.agreements.models import Agreement
from tests.factories import agreements, catalog, people
from vetting.catalog.models import Contact
from vetting.people.models import SigningAuthority
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
COST = "Write the amount (0 where it costs nothing): who may sign depends on it."


def page_of(agreement: Agreement, typed: dict[str, object] | None = None) -> tuple[int, str]:
    browser, address = Client(), f"/agreements/{agreement.code}/exhibits/"
    browser.force_login(people.pat().user)
    answer = browser.get(address) if typed is None else browser.post(address, typed)
    return answer.status_code, " ".join(strip_tags(answer.content.decode()).split())


def typed(agreement: Agreement, **changes: object) -> dict[str, object]:
    product = agreement.products.get()
    whole: dict[str, object] = {
        "services": "Reading Ladder",
        "frameworks": ["nist-csf"],
        "no_subprocessors": "on",
        "vendor_address": "2 Ladder Lane, Denver, CO 80200",
        "district_signer": agreements.signer().pk,
        "term_months": "36",
        "amount": "3600",
        "breach_notice_hours": "72",
        "destruction_days": "60",
        "audit_notice_days": "10",
        f"p{product.pk}-student-name": "1",
        f"p{product.pk}-student-name-why": "To greet the child",
        "confirm": "1",
    }
    return whole | changes


def amount_matters() -> None:
    gwen = agreements.signer()
    SigningAuthority.objects.create(
        district=gwen.district, membership=gwen, amount_over=5000, delegated_on="2020-01-01"
    )


def untitled(agreement: Agreement) -> Contact:
    contact = catalog.dee(agreement.vendor)
    Contact.objects.filter(pk=contact.pk).update(title="")
    return Contact.objects.get(pk=contact.pk)


def test_all_that_is_missing_is_said_at_once_and_nothing_is_kept() -> None:
    _, agreement = agreements.drafted()
    amount_matters()
    product, dee = agreement.products.get(), untitled(agreement)
    status, page = page_of(
        agreement,
        {
            "vendor_signer": dee.pk,
            f"p{product.pk}-student-name": "1",
            "term_months": "36",
            "confirm": "1",
        },
    )
    assert status == 422
    for sentence in (
        "Exhibit A is empty: say which services the agreement covers.",
        "Exhibit A: name the other companies that handle student data for the vendor, or say that "
        "it states there are none.",
        "Exhibit F is empty: name the security framework the vendor works to.",
        "Write the postal address of Ladder Labs.",
        "Write the title of Dee Vance.",
        "Name the district&#x27;s signatory.",
        "Exhibit B: say what “Student name (first and last)” is for.",
        COST,
    ):
        assert sentence in page
    assert agreements.fresh(agreement).exhibit_services == ""


def test_what_is_missing_may_wait_while_nothing_is_confirmed() -> None:
    _, agreement = agreements.drafted()
    amount_matters()
    unfinished = {"services": "Reading Ladder", "term_months": "36"}
    assert page_of(agreement, unfinished)[0] == 302
    assert agreements.fresh(agreement).exhibit_services == "Reading Ladder"


def test_the_title_of_a_signer_who_has_none_is_typed_beside_the_choice() -> None:
    _, agreement = agreements.drafted()
    dee = untitled(agreement)
    assert "Title of Dee Vance" in page_of(agreement)[1]
    whole = typed(agreement, vendor_signer=dee.pk)
    assert "Write the title of Dee Vance." in page_of(agreement, whole)[1]
    assert page_of(agreement, whole | {f"title_{dee.pk}": "Privacy counsel"})[0] == 302
    assert Contact.objects.get(pk=dee.pk).title == "Privacy counsel"
    assert agreements.fresh(agreement).exhibits_settled is True
    assert "Title of Dee Vance" not in page_of(agreement)[1]


@pytest.mark.parametrize("confirm", [{"confirm": "1"}, {}])
def test_half_of_somebody_is_refused(confirm: dict[str, str]) -> None:
    _, agreement = agreements.drafted()
    whole = typed(agreement, vendor_signer=catalog.dee(agreement.vendor).pk, new_title="Counsel")
    del whole["confirm"]
    status, page = page_of(agreement, whole | confirm)
    assert status == 422
    assert "Give the name too, or leave that person empty." in page
    assert "Give the e-mail address too, or leave that person empty." in page
    whole |= {"new_name": "Vera Quill", "new_email": "vera@quill.example", "new_title": ""}
    needed = "Write the title of Vera Quill." in page_of(agreement, whole | confirm)[1]
    assert needed is bool(confirm)


def test_the_labels_say_optional_only_of_what_the_document_can_do_without() -> None:
    _, agreement = agreements.drafted()
    page = page_of(agreement)[1]
    assert "Amount over the term, in dollars (optional)" in page
    for name in ("Name", "Title", "E-mail address"):
        assert f"{name} (optional)" not in page
    assert "Starts on (optional)" in page
    amount_matters()
    assert "Amount over the term, in dollars (optional)" not in page_of(agreement)[1]


def test_the_cost_of_the_request_is_offered_over_the_term() -> None:
    request, agreement = agreements.drafted()
    type(request).objects.filter(pk=request.pk).update(cost=Decimal(1200))
    browser = Client()
    browser.force_login(people.pat().user)
    page = browser.get(f"/agreements/{agreement.code}/exhibits/").content.decode()
    assert 'value="3600.00"' in page
    assert "The request says $1,200 a year. 0 where it costs nothing" in page


def test_saving_the_same_again_is_no_line_in_the_history() -> None:
    _, agreement = agreements.drafted()
    whole = typed(agreement, vendor_signer=catalog.dee(agreement.vendor).pk)
    for _ in range(3):
        assert page_of(agreement, whole)[0] == 302
    rows = Entry.objects.filter(case_id=agreement.pk, name="exhibits_settled")
    assert rows.count() == 1
    assert page_of(agreement, whole | {"amount": "4000"})[0] == 302
    assert page_of(agreement, whole | {"amount": "4000", "services": "Two"})[0] == 302
    assert rows.count() == 3
