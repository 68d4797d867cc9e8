"""The vendor's page by personal link, and the district's signing page."""

import io
import logging
import re

import pytest
from django.test import Client

from contracts.agreements.models import Agreement, VendorLink
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from tests.factories import agreements, letters, people
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db
DEE = "dee@quillwork.example"


@pytest.fixture(autouse=True)
def nobody_came_before() -> None:
    """The limits count by address and minute, and every test comes from the same address."""
    from django.core.cache import cache

    cache.clear()


def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def signed_in(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def counted() -> tuple[int, int, int, int]:
    """What a refused press must leave as it was."""
    return (
        Entry.objects.count(),
        Signature.objects.count(),
        SignatureEvent.objects.exclude(kind="opened").count(),
        Message.objects.count(),
    )


def good_signature(agreement: Agreement, name: str) -> dict[str, str]:
    assert agreement.current is not None
    return {
        "consented": "on",
        "read": "on",
        "typed_name": name,
        "sha256": agreement.current.sha256,
    }


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


def test_the_page_sets_no_cookie_and_keeps_its_address_to_itself() -> None:
    agreements.with_vendor()

    page = visitor().get(letters.link_for(DEE))

    assert dict(page.cookies) == {}
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_looking_changes_nothing_and_is_noted_once_a_minute() -> None:
    agreement = agreements.out_for_signature()
    path = letters.link_for(DEE)
    before = Entry.objects.count()

    for _ in range(3):
        visitor().get(path)

    assert Entry.objects.count() == before
    assert agreements.fresh(agreement).version == agreement.version
    assert SignatureEvent.objects.filter(kind="opened").count() == 1


def test_a_head_request_leaves_no_trace() -> None:
    agreements.out_for_signature()

    visitor().head(letters.link_for(DEE))

    assert not SignatureEvent.objects.filter(kind="opened").exists()


def test_the_vendor_accepts_then_signs_then_waits_then_downloads() -> None:
    agreement = agreements.with_vendor()
    path = letters.link_for(DEE)
    assert agreement.current is not None

    accepted = visitor().post(
        f"{path}accept/", {"sha256": agreement.current.sha256}, headers={"Origin": "null"}
    )
    assert accepted.status_code == 302
    path = letters.link_for(DEE)
    assert "Type your full name to sign" in visitor().get(path).text

    signed = visitor().post(f"{path}sign/", good_signature(agreement, "dee vance"))
    assert signed.status_code == 302
    assert "its seal is being made" in visitor().get(path).text
    drain()
    assert "Gwen Hart signs next" in visitor().get(path).text

    gwen = signed_in(agreements.signer())
    here = f"/agreements/{agreement.code}/sign/"
    assert "Your turn to sign" in gwen.get(here).text
    assert gwen.post(here, good_signature(agreement, "Gwen Hart")).status_code == 302
    assert "The seal is being made" in gwen.get(here).text
    drain()
    assert "Signed by both parties" in gwen.get(here).text
    done = visitor().get(path).text
    assert "Both parties have signed." in done
    for which in ("agreement.pdf", "agreement.docx", "signed.pdf", "certificate.pdf"):
        assert f"files/{which}" in done
        assert visitor().get(f"{path}files/{which}").status_code == 200


def test_a_refused_signature_says_what_is_missing_and_writes_nothing() -> None:
    agreements.out_for_signature()
    path = letters.link_for(DEE)
    before = counted()

    page = visitor().post(f"{path}sign/", {"typed_name": "Somebody Else", "sha256": "0" * 64})

    assert page.status_code == 409
    for sentence in (
        "Agree to electronic records and signatures first, or ask for paper.",
        "Confirm that you have read the document.",
        "Type your name as it stands here: Dee Vance.",
        "The document changed since you opened it. Read it again, then sign.",
    ):
        assert sentence in page.text
    assert 'value="Somebody Else"' in page.text
    assert counted() == before


def test_signing_twice_says_who_signed_and_when() -> None:
    agreement = agreements.out_for_signature()
    path = letters.link_for(DEE)
    visitor().post(f"{path}sign/", good_signature(agreement, "Dee Vance"))
    before = counted()

    page = visitor().post(f"{path}sign/", good_signature(agreement, "Dee Vance"))

    assert page.status_code == 409
    assert "Dee Vance already signed this on" in page.text
    assert counted() == before


def test_a_note_for_changes_reaches_counsel_and_closes_the_offer() -> None:
    agreement = agreements.with_vendor()
    path = letters.link_for(DEE)

    empty = visitor().post(f"{path}changes/", {"changes-note": " "})
    assert (empty.status_code, agreements.fresh(agreement).state) == (409, "with_vendor")
    assert "Write a note that says why." in empty.text
    sent = visitor().post(f"{path}changes/", {"changes-note": "Article 4: sixty days."})

    assert sent.status_code == 302
    assert agreements.fresh(agreement).state == "legal_review"
    page = visitor().get(path).text
    assert "You asked for changes." in page
    assert "Article 4: sixty days." in page
    assert "Accept the text" not in page


def test_declining_needs_a_reason_closes_the_links_and_keeps_the_evidence() -> None:
    agreement = agreements.out_for_signature()
    path = letters.link_for(DEE)
    assert visitor().post(f"{path}decline/", {"decline-note": ""}).status_code == 409

    declined = visitor().post(f"{path}decline/", {"decline-note": "Our insurer objects."})
    assert "You declined. The district is told, with your reason." in declined.text
    drain()

    assert agreements.fresh(agreement).state == "drafting"
    assert SignatureEvent.objects.filter(kind="declined").count() == 1
    assert visitor().get(path).status_code == 404
    assert not SignatureRequest.objects.exclude(status="revoked").exists()


def dead_links() -> dict[str, str]:
    """Unknown, run out, closed, another tenant's token shape: all the same to a visitor."""
    agreements.with_vendor()
    expired = letters.link_for(DEE)
    VendorLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    return {"unknown": "/vendor/nothing-at-all/", "expired": expired}


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


def test_somebody_else_signs_and_the_old_link_is_closed() -> None:
    agreement = agreements.out_for_signature()
    old = letters.link_for(DEE)
    person = {
        "signatory-name": "Ravi Shah",
        "signatory-title": "General counsel",
        "signatory-email": "ravi@quillwork.example",
    }

    named = visitor().post(f"{old}signatory/", person)
    assert named.status_code == 200
    assert "A link is on its way to the person you named." in named.text
    assert dict(named.cookies) == {}
    new = letters.link_for("ravi@quillwork.example")

    assert visitor().get(old).status_code == 404
    assert visitor().post(f"{old}new-link/").status_code == 404
    assert not Message.objects.filter(topic="new_link").exists()
    entry = Entry.objects.get(name="signatory_changed")
    assert "Ravi" not in str(entry.facts)
    visitor().post(f"{new}sign/", good_signature(agreement, "Ravi Shah"))
    drain()
    signed = SignatureRequest.objects.get(status="sealed", slot="vendor")
    assert signed.contact is not None
    assert signed.contact.name == "Ravi Shah"


def test_naming_oneself_or_nobody_is_refused_with_sentences() -> None:
    agreements.out_for_signature()
    path = letters.link_for(DEE)
    before = counted()

    page = visitor().post(
        f"{path}signatory/",
        {"signatory-email": DEE.upper(), "signatory-title": "see https://example.com"},
    )

    assert page.status_code == 409
    assert "Give the full name of the person who signs." in page.text
    assert "Write name and title as they are spoken, without an address in them." in page.text
    assert "That is your own address: you are the signatory already." in page.text
    assert counted() == before


def test_a_colleague_who_does_not_sign_reads_who_does_and_presses_nothing() -> None:
    agreement = agreements.out_for_signature()
    path = letters.link_for(DEE)
    colleague = agreement.vendor.contacts.create(name="Kim Ode", email="kim@quillwork.example")
    VendorLink.objects.update(contact=colleague)

    page = visitor().get(path)
    assert "Dee Vance signs for your company" in page.text
    assert re.findall(r'<form[^>]*action="([^"]*)"', page.text) == []
    before = counted()
    refused = visitor().post(f"{path}sign/", good_signature(agreement, "Kim Ode"))
    assert "Nothing waits for your signature here." in refused.text
    declined = visitor().post(f"{path}decline/", {"decline-note": "No."})
    assert "Dee Vance signs for your company, so only they can do this." in declined.text
    assert counted() == before


def test_a_file_that_is_not_offered_is_a_dead_end() -> None:
    agreements.with_vendor()
    path = letters.link_for(DEE)

    assert visitor().get(f"{path}files/agreement.pdf").status_code == 200
    for which in ("signed.pdf", "certificate.pdf", "secrets.txt"):
        assert visitor().get(f"{path}files/{which}").status_code == 404


def test_the_file_may_be_framed_by_our_own_page_only() -> None:
    agreements.with_vendor()

    paper = visitor().get(f"{letters.link_for(DEE)}files/agreement.pdf")

    assert paper["X-Frame-Options"] == "SAMEORIGIN"
    assert paper["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert paper["Content-Disposition"].startswith("inline")
    assert paper.content.startswith(b"%PDF-")


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
