"""The vendor signs first, then the district; each signature is sealed; the last one executes."""

import json
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from pyhanko.pdf_utils.reader import PdfFileReader

from contracts.agreements.commands import accept_text
from contracts.agreements.models import Agreement
from contracts.papers.text import of_pdf, pages_of_pdf
from contracts.signing import rules
from contracts.signing.commands import Act, sign_document
from contracts.signing.models import Signature, SignatureRequest
from contracts.signing.queries import expected_for, progress_of
from contracts.signing.verifying import verify
from tests.factories import agreements
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from vetting.vault.queries import read
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


def test_both_parties_sign_and_the_agreement_is_in_force_with_a_valid_file() -> None:
    agreement = agreements.executed()

    assert agreement.state == "in_force"
    version = agreement.current
    assert version is not None
    assert version.sealed is not None
    assert version.certificate is not None
    verdict = verify(read(version.sealed), expected=expected_for(agreement.case.code))
    assert (verdict.status, verdict.reasons) == ("valid", [])
    assert [s.signer for s in verdict.signatures if s.slot != "seal"] == ["Dee Vance", "Gwen Hart"]
    assert not Message.objects.exclude(status="done").exists()
    file = PdfFileReader(BytesIO(read(version.sealed)))
    named = f"Student Data Privacy Agreement: {agreement.title} ({agreement.case.code})"
    assert file.trailer_view["/Info"]["/Title"] == named
    reasons = [one.sig_object["/Reason"] for one in file.embedded_signatures]
    assert reasons == ["Offered for signature by Countersign", named, named]
    certificate = PdfFileReader(BytesIO(read(version.certificate)))
    assert certificate.trailer_view["/Info"]["/Title"].startswith("Certificate of signature: ")
    page = " ".join(of_pdf(read(version.certificate)).split())
    assert rules.time_in_words([""]) in page


def test_the_seal_says_which_kind_of_paper_was_signed() -> None:
    agreement = agreements.out_for_signature()
    Agreement.objects.filter(pk=agreement.pk).update(kind="dsa_partner")
    agreements.vendor_signs(agreements.fresh(agreement))
    turn = agreements.turn(agreement, "vendor")
    assert turn.sealed is not None
    seals = PdfFileReader(BytesIO(read(turn.sealed))).embedded_signatures
    said = f"Data sharing agreement: partner: {agreement.title} ({agreement.case.code})"
    assert seals[-1].sig_object["/Reason"] == said


def test_in_a_story_of_the_past_nobody_signs_before_they_are_asked() -> None:
    agreement = agreements.with_vendor()
    assert agreement.current is not None
    dee, sha256 = agreements.vendor_actor(agreement), agreement.current.sha256
    sent = Entry.objects.filter(case_id=agreement.pk).latest("seq").at
    accepted, signed = sent + timedelta(minutes=1), sent + timedelta(minutes=9)
    with time_machine.travel(sent + timedelta(days=9), tick=False):
        accept_text(agreement, by=dee, sha256=sha256, at=accepted)
        drain()
        turn = agreements.turn(agreement, "vendor")
        act = Act(typed_name="Dee Vance", consented=True, read=True, sha256=sha256)
        sign_document(turn, by=dee, act=act, at=signed)
        drain()
        vendor, district = progress_of(agreements.fresh(agreement))
    assert (vendor.asked_at, vendor.signed_at) == (accepted, signed)
    assert district.asked_at == signed


def test_the_marks_of_the_places_to_sign_are_in_no_layer_of_any_pdf() -> None:
    agreement = agreements.executed()
    version = agreement.current
    assert version is not None
    assert version.sealed is not None
    for file in (version.pdf, version.sealed):
        printed = of_pdf(read(file))
        assert ("[[" in printed, "sign:" in printed) == (False, False)
    assert version.pages == len(pages_of_pdf(read(version.sealed)))


def test_a_document_is_signed_only_with_consent_name_and_the_bytes_read() -> None:
    agreement = agreements.out_for_signature()
    before = Entry.objects.count()

    with pytest.raises(Refused) as refused:
        sign_document(
            agreements.turn(agreement, "vendor"),
            by=agreements.vendor_actor(agreement),
            act=Act(typed_name="", consented=False, read=False, sha256="0" * 64),
        )

    assert refused.value.reasons == [
        "Agree to electronic records and signatures first, or ask for paper.",
        "Confirm that you have read the document.",
        "Type your full name.",
        "The document changed since you opened it. Read it again, then sign.",
    ]
    assert (Signature.objects.count(), Entry.objects.count()) == (0, before)


def test_the_district_waits_for_the_vendor() -> None:
    agreement = agreements.out_for_signature()
    gwen = actor_of(agreements.signer())

    with pytest.raises(Refused, match="The other party signs first"):
        sign_document(
            agreements.turn(agreement, "district"),
            by=gwen,
            act=agreements.act(agreement, gwen.name),
        )

    assert Signature.objects.count() == 0


def test_the_same_link_signs_once() -> None:
    agreement = agreements.vendor_signs(agreements.out_for_signature())
    dee = agreements.vendor_actor(agreement)

    with pytest.raises(Refused, match="already signed this on"):
        sign_document(
            agreements.turn(agreement, "vendor"), by=dee, act=agreements.act(agreement, dee.name)
        )

    assert Signature.objects.count() == 1
    assert SignatureRequest.objects.filter(status="sealed").count() == 1


def test_papers_verify_knows_the_file_by_its_agreement(tmp_path: Path) -> None:
    agreement = agreements.executed()
    assert agreement.current is not None
    assert agreement.current.sealed is not None
    file = tmp_path / "signed.pdf"
    file.write_bytes(read(agreement.current.sealed))
    out = StringIO()

    call_command(
        "papers", "verify", str(file), agreement=agreement.case.code, json=True, stdout=out
    )

    assert json.loads(out.getvalue())["status"] == "valid"


def test_the_waiting_request_goes_on_when_the_agreement_is_in_force() -> None:
    agreement = agreements.executed()

    request = ToolRequest.objects.get(served_by__agreement=agreement)
    assert request.state == "screening"
