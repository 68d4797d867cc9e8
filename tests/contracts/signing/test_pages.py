"""The vendor's page by personal link: read, accept, sign, ask, decline, name somebody else."""

import re

import pytest

from contracts.agreements.models import VendorLink
from contracts.signing.models import SignatureEvent, SignatureRequest
from tests.factories import agreements, letters
from tests.factories.visits import counted, good_signature, signed_in, visitor
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_came_before")]
DEE = "dee@quillwork.example"


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


def test_after_accepting_the_page_asks_again_until_the_signature_can_be_given() -> None:
    agreement = agreements.with_vendor()
    path = letters.link_for(DEE)
    assert agreement.current is not None
    visitor().post(f"{path}accept/", {"sha256": agreement.current.sha256})

    assert 'hx-trigger="every 4s"' in visitor().get(path).text
    assert visitor().get(path, headers={"HX-Request": "true"}).status_code == 204
    drain()
    again = visitor().get(path, headers={"HX-Request": "true"})
    assert again.headers["HX-Refresh"] == "true"
