"""A letter that no document can print: refused where it is typed, mended where it stands."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements import commands, papermaking
from contracts.agreements.models import Agreement
from tests.factories import agreements, people
from tests.factories import requests as make
from tests.factories.visits import signed_in
from vetting.catalog.models import Tool
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows.engine import Refused
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
SMILING = "Fun with vowels 😀"


def test_it_is_refused_at_the_request_where_it_is_typed() -> None:
    draft = make.draft()
    page = signed_in(people.ben()).post(
        reverse("requests:edit", args=[draft.code, "who"]), {"purpose": SMILING}
    )
    assert page.status_code == 422
    assert "Documents cannot print “😀” in “What will it be used for?”: leave it out" in page.text
    assert "😀" not in ToolRequest.objects.get(pk=draft.pk).purpose


def test_who_joins_hears_it_too() -> None:
    request = make.in_triage()
    assert request.tool is not None
    address = reverse("requests:join", args=[request.tool.code])
    page = signed_in(people.ada()).post(address, {"purpose": SMILING, "grades": ["2"]})
    assert page.status_code == 422
    assert "Documents cannot print “😀”" in page.text


def test_what_stands_in_a_request_is_rewritten_in_the_exhibits() -> None:
    agreement = agreements.settled()
    ToolRequest.objects.update(purpose=SMILING)
    with pytest.raises(Refused, match="Documents cannot print “😀” in “Exhibits: What is Reading"):
        commands.issue_document(agreement, by=actor_of(people.pat()))

    rewritten = save(signed_in(people.pat()), agreement.code, use="Fun with vowels")
    assert rewritten.status_code == 302
    agreement = agreements.fresh(agreement)
    assert papermaking.fields_of(agreement).products[0].description == "Fun with vowels"
    assert Entry.objects.filter(name="exhibits_settled").latest("pk").facts["rewritten"] == 1
    assert (
        "rewrote what the tool is used for"
        in signed_in(people.pat()).get(agreement.get_absolute_url()).text
    )
    commands.issue_document(agreement, by=actor_of(people.pat()))


def test_the_exhibits_refuse_it_too() -> None:
    page = save(signed_in(people.pat()), agreements.settled().code, use=SMILING)
    assert page.status_code == 422
    assert "Documents cannot print “😀” in “What is Reading Ladder used for?”" in page.text


def test_untouched_words_stay_those_of_the_requests() -> None:
    agreement = agreements.settled()
    ToolRequest.objects.update(purpose="Vowels.")
    save(signed_in(people.pat()), agreement.code, use="Vowels.")
    ToolRequest.objects.update(purpose="Vowels and more.")
    assert papermaking.fields_of(agreement).products[0].description == "Vowels and more."


def save(client: Client, code: str, *, use: str) -> Any:
    agreement = Agreement.objects.get(case__code=code)
    product = agreement.products.get()
    typed = {
        "services": agreement.exhibit_services,
        "frameworks": agreement.exhibit_security,
        "no_subprocessors": "on",
        "vendor_signer": agreement.vendor_signer_id,
        "district_signer": agreement.district_signer_id,
        "seen": agreement.version,
        f"p{product.pk}-use": use,
        "confirm": "1",
    } | {
        key: value
        for row in product.schedule.select_related("element")
        for key, value in (
            (f"p{product.pk}-{row.element.slug}", "1"),
            (f"p{product.pk}-{row.element.slug}-why", row.purpose),
        )
    }
    return client.post(reverse("agreements:exhibits", args=[code]), typed)


@pytest.mark.parametrize(
    ("pasted", "printed"),
    [
        ("https://Quillpad.example/pricing?x=1", "https://quillpad.example"),
        ("Quillpad.example/kids", "https://quillpad.example"),
        ("HTTP://Acme.com:8080/a", "http://acme.com:8080"),
        ("", ""),
    ],
)
def test_exhibit_a_names_the_site_and_not_the_page_that_was_pasted(
    pasted: str, printed: str
) -> None:
    agreement = agreements.settled()
    Tool.objects.update(website=pasted)
    (product,) = papermaking.fields_of(Agreement.objects.get(pk=agreement.pk)).products
    assert product.website == printed
