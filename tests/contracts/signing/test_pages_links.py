"""A personal link: what it opens, what a dead one says, and where it must not be found."""

import io
import logging
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from contracts.agreements.commands import take_back
from contracts.agreements.models import VendorLink
from tests.factories import agreements, letters, people
from tests.factories.visits import counted, visitor
from vetting.catalog.models import Contact
from vetting.people.queries import actor_of
from vetting.templatetags.moments import instant
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_came_before")]
DEE = "dee@quillwork.example"


def dead_links() -> dict[str, str]:
    """Unknown, run out, closed, another tenant's token shape: all the same to a visitor."""
    agreements.with_vendor()
    expired = letters.link_for(DEE)
    VendorLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    return {"unknown": "/vendor/nothing-at-all/", "expired": expired}


def test_the_link_in_the_mail_opens_the_page_and_no_row_holds_it() -> None:
    agreements.with_vendor()
    path = letters.link_for(DEE)

    page = visitor().get(path)

    assert page.status_code == 200
    assert "Accept the text" in page.text
    token = path.split("/")[2]
    for message in Message.objects.all():
        assert token not in f"{message.body}{message.payload}{message.last_error}{message.subject}"
    assert not VendorLink.objects.filter(token_hash=token).exists()


def test_every_dead_link_gets_the_same_page() -> None:
    links = dead_links()
    pages = {name: visitor().get(path) for name, path in links.items()}
    VendorLink.objects.update(expires_at="2040-01-01T00:00:00Z", revoked_at="2020-01-01T00:00:00Z")
    pages["revoked"] = visitor().get(links["expired"])

    assert {page.status_code for page in pages.values()} == {404}
    texts = {
        page.text.replace(path.split("/")[2], "")
        for page, path in zip(
            pages.values(), [links["unknown"], links["expired"], links["expired"]], strict=True
        )
    }
    assert len(texts) == 1
    assert "Juniper" not in texts.pop()


@pytest.mark.parametrize("part", ["accept/", "changes/", "decline/", "sign/", "signatory/"])
def test_a_dead_link_can_do_nothing(part: str) -> None:
    path = dead_links()["expired"]
    before = counted()

    assert visitor().post(f"{path}{part}", {"changes-note": "No."}).status_code == 404
    assert counted() == before


def test_a_new_link_goes_to_the_stored_address_only_and_not_too_often() -> None:
    path = dead_links()["expired"]
    letters.to(DEE)

    pages = [visitor().post(f"{path}new-link/", {"email": "evil@example.com"}) for _ in range(5)]
    newest = letters.link_for(DEE)

    assert {page.status_code for page in pages} == {404}
    assert DEE not in pages[0].text
    assert Message.objects.filter(topic="new_link").count() == 3
    assert set(Message.objects.filter(topic="new_link").values_list("to", flat=True)) == {DEE}
    assert newest != path
    assert visitor().get(newest).status_code == 200


def test_a_new_link_for_nothing_says_the_same_and_sends_nothing() -> None:
    before = Message.objects.count()

    page = visitor().post("/vendor/nothing-at-all/new-link/")

    assert page.status_code == 404
    assert "a new one is on its way" in page.text
    assert Message.objects.count() == before


# A minute of the clock that ends in between would begin the count anew.
@time_machine.travel("2026-11-21 18:00:00 +0000", tick=False)
def test_too_many_wrong_links_are_slowed_down() -> None:
    answers = [visitor().get(f"/vendor/guess-{n}/").status_code for n in range(25)]

    assert answers == [404] * 20 + [429] * 5


def test_no_log_line_holds_a_token() -> None:
    agreements.with_vendor()
    path = letters.link_for(DEE)
    VendorLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    (handler,) = [h for h in logging.getLogger("django").handlers if h.get_name() == "console"]
    kept, stream = handler.stream, io.StringIO()  # type: ignore[attr-defined]
    handler.stream = stream  # type: ignore[attr-defined]
    try:
        visitor().get(path)
        visitor().post(path)
        visitor().put(f"{path}sign/")
    finally:
        handler.stream = kept  # type: ignore[attr-defined]

    assert "Not Found" in stream.getvalue()
    assert path.split("/")[2] not in stream.getvalue()


def test_who_declined_reads_on_the_dead_link_what_they_did_and_when() -> None:
    agreement = agreements.with_vendor()
    path = letters.link_for(DEE)
    visitor().post(f"{path}decline/", {"decline-note": "Our insurer objects."})
    drain()
    deed = Entry.objects.get(case_id=agreement.pk, name="refuse")

    page = visitor().get(path)

    assert page.status_code == 404
    with timezone.override(ZoneInfo("America/Denver")):
        when = instant(deed.at)
    said = f"You declined “{agreement.title}”, with Juniper School District, on {when}."
    assert said in page.text
    assert "Our insurer objects." not in page.text
    assert "For your safety this page cannot say which." not in page.text


def test_who_signed_reads_it_when_the_link_has_run_out() -> None:
    agreements.vendor_signs(agreements.out_for_signature())
    path = letters.link_for(DEE)
    VendorLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert "You signed “Reading Ladder by Ladder Labs”, with" in visitor().get(path).text


def test_a_colleague_with_a_dead_link_of_their_own_reads_nothing_of_what_another_did() -> None:
    agreement = agreements.with_vendor()
    path = letters.link_for(DEE)
    named = {"name": "Zoe Tan", "title": "Counsel", "email": "zoe@quillwork.example"}
    visitor().post(f"{path}signatory/", {f"signatory-{key}": said for key, said in named.items()})
    zoes = letters.link_for("zoe@quillwork.example")
    visitor().post(f"{zoes}decline/", {"decline-note": "No."})
    drain()
    assert Entry.objects.filter(case_id=agreement.pk, name="refuse").exists()

    dees = visitor().get(path).text
    assert "You named somebody else to sign" in dees
    assert "declined" not in dees
    assert "You declined" in visitor().get(zoes).text


def test_who_has_left_the_company_reads_nothing() -> None:
    agreements.with_vendor()
    path = letters.link_for(DEE)
    visitor().post(f"{path}decline/", {"decline-note": "No."})
    drain()
    Contact.objects.update(active=False)
    page = visitor().get(path).text
    assert "You declined" not in page
    assert "Juniper" not in page


def test_a_link_closed_by_a_recall_says_that_nothing_was_signed() -> None:
    """Whoever had the page open must not think that what they pressed was a signature."""
    agreement = agreements.out_for_signature()
    path = letters.link_for(DEE)
    ada = actor_of(people.ada())
    take_back(agreement, note="The term is wrong.", by=ada)

    page = visitor().post(f"{path}sign/", {"typed_name": "Dee Vance"})

    assert page.status_code == 404
    assert f"took “{agreement.title}” back to change it on" in page.text
    assert "this text is neither accepted nor signed" in page.text
    assert "You accepted" not in page.text


@pytest.mark.parametrize("email", ["Ada@juniper.example", "office@juniper.example"])
def test_nobody_of_the_district_signs_for_the_vendor(email: str) -> None:
    people.ada()
    agreement = agreements.with_vendor()
    path = letters.link_for(DEE)
    typed = {"signatory-name": "Otto Other", "signatory-title": "CEO", "signatory-email": email}

    page = visitor().post(f"{path}signatory/", typed)

    assert page.status_code in (409, 422)
    assert "That address belongs to the school district" in page.text
    assert agreements.fresh(agreement).vendor_signer.email == DEE  # type: ignore[union-attr]
