"""Each verdict from its own file, tampered with for real."""

import hashlib
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as some
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pytest_django import Settings

from contracts.signing import authority, sealing, timestamps
from contracts.signing.verifying import Expected, verify

from .conftest import DEE, REASON, ZOE, pdf_of

BOTH = (("vendor", DEE.name), ("district", ZOE.name))


def expecting(*pdfs: bytes) -> Expected:
    return Expected({hashlib.sha256(pdf).hexdigest() for pdf in pdfs}, BOTH)


def rewritten(pdf: bytes) -> bytes:
    """Page 1 says something else, appended as a revision; no signed byte is touched."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    words = b"BT /F1 12 Tf 72 700 Td (The provider may sell student data.) Tj ET"
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=words))
    writer.update_container(page)
    return written(writer)


def overlaid(pdf: bytes) -> bytes:
    """A FreeText note over page 1, as many viewers can add it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, [72, 600, 400, 700])),
            pdf_name("/Contents"): generic.pdf_string("and may sell it"),
            pdf_name("/DA"): generic.pdf_string("/Helv 12 Tf"),
        }
    )
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)
    return written(writer)


def written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def flipped(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_the_executed_file_is_valid_and_names_everybody(executed: bytes) -> None:
    verdict = verify(executed, expected=expecting(executed))
    assert (verdict.status, verdict.reasons) == ("valid", [])
    assert verdict.sha256 == hashlib.sha256(executed).hexdigest()
    assert [(report.slot, report.signer) for report in verdict.signatures] == [
        ("seal", "Countersign document seal"),
        *BOTH,
    ]
    assert all(
        report.intact and report.trusted and report.timestamped and report.unchanged
        for report in verdict.signatures
    )


def test_it_stays_valid_years_after_the_signers_certificates_ended(executed: bytes) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3650)):
        assert verify(executed, expected=expecting(executed)).status == "valid"


def test_a_flipped_byte_in_the_text_breaks_the_signature(executed: bytes) -> None:
    at = executed.index(b"stream") + 40
    verdict = verify(flipped(executed, at), expected=expecting(executed))
    assert verdict.status == "signature_broken"
    assert verdict.reasons[0] == "The seal does not match the file any more."


@pytest.mark.parametrize("within", [0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.97])
def test_a_flipped_byte_in_the_newest_signature_breaks_only_that_one(
    executed: bytes, within: float
) -> None:
    """From its first byte over certificate and timestamp to the unused room at its end."""
    start = executed.rindex(b"/Contents <") + len(b"/Contents <")
    end = executed.index(b">", start)
    changed = flipped(executed, start + int(within * (end - start)))
    verdict = verify(changed, expected=expecting(executed))
    assert verdict.status == "signature_broken"
    held = [report.intact and report.timestamped for report in verdict.signatures]
    # Where the flip made a letter that is no hexadecimal digit, no reader gets any further.
    assert held in ([True, True, False], [])


def test_a_truncated_file_is_broken(executed: bytes) -> None:
    verdict = verify(executed[: len(executed) - 400], expected=expecting(executed))
    assert verdict.status != "valid"


@pytest.mark.parametrize("tamper", [rewritten, overlaid])
def test_a_revision_added_after_signing_is_found_though_pdfsig_calls_it_valid(
    pdfsig: str, tamper: Callable[[bytes], bytes], executed: bytes, tmp_path: Path
) -> None:
    changed = tamper(executed)
    assert changed.startswith(executed)
    for expected in (None, expecting(executed), expecting(changed)):
        verdict = verify(changed, expected=expected)
        assert verdict.status == "altered_after_signing"
        assert "The signature for the district was followed by a change." in verdict.reasons
    (tmp_path / "changed.pdf").write_bytes(changed)
    said = subprocess.run(
        [pdfsig, "-nocert", str(tmp_path / "changed.pdf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.count("Signature is Valid.") == 3


@pytest.mark.parametrize("tail", [b"\n", b"% a comment\n", b"PK\x03\x04" + b"\0" * 2000])
def test_bytes_after_the_end_are_found_even_without_the_hash(executed: bytes, tail: bytes) -> None:
    assert verify(executed + tail).status == "altered_after_signing"
    assert verify(executed + tail, expected=expecting(executed)).reasons == [
        "Something was added to the file after the last signature.",
        "It is not one of the files that are kept here.",
    ]


def test_a_signature_added_by_a_stranger_is_an_alteration(
    executed: bytes, settings: Settings, tmp_path: Path
) -> None:
    ours, settings.KEY_DIR = settings.KEY_DIR, tmp_path / "theirs"
    stranger = authority.signer_identity("Mallory", "Nobody")
    signer = signers.SimpleSigner(
        signing_cert=timestamps.as_asn1(stranger.certificate),
        signing_key=timestamps.key_as_asn1(stranger.key),
        cert_registry=None,
    )
    meta = signers.PdfSignatureMetadata(field_name="third")
    writer = IncrementalPdfFileWriter(BytesIO(executed))
    added = signers.sign_pdf(writer, meta, signer=signer).getvalue()
    settings.KEY_DIR = ours
    verdict = verify(added, expected=expecting(executed))
    assert verdict.status == "altered_after_signing"
    assert "A signature of unknown origin was added: third." in verdict.reasons


def test_the_copy_before_the_district_signed_has_the_wrong_signers(
    by_vendor: bytes, executed: bytes
) -> None:
    """It is kept in the vault too, and every signature in it holds."""
    cut = executed[: len(by_vendor)]
    verdict = verify(cut, expected=expecting(by_vendor))
    assert (verdict.status, verdict.reasons) == (
        "wrong_signers",
        ["The district has not signed this copy."],
    )


def test_another_person_than_expected_is_named(executed: bytes) -> None:
    signers = (("vendor", "Dee Okafor"), ("district", "Sol Reyes"))
    verdict = verify(executed, expected=Expected({hashlib.sha256(executed).hexdigest()}, signers))
    assert (verdict.status, verdict.reasons) == (
        "wrong_signers",
        ["The district should be Sol Reyes, but Zoë Núñez signed."],
    )


def test_a_signature_that_has_no_place_in_the_file_is_missed() -> None:
    sealed = sealing.seal_certificate(pdf_of("Certificate of signing"))
    verdict = verify(sealed, expected=expecting(sealed))
    assert verdict.status == "wrong_signers"
    assert verdict.reasons[0] == "The signature of the vendor (Dee Okafor) is missing."


def test_a_file_of_another_installation_is_unknown_here(
    plain: bytes, settings: Settings, tmp_path: Path
) -> None:
    ours, settings.KEY_DIR = settings.KEY_DIR, tmp_path / "theirs"
    theirs = sealing.prepare(plain)
    for slot, signer in (("vendor", DEE), ("district", ZOE)):
        theirs = sealing.sign(theirs, slot=slot, signer=signer, reason=REASON)
    assert verify(theirs).status == "valid"
    settings.KEY_DIR = ours
    verdict = verify(theirs, expected=expecting(theirs))
    assert (verdict.status, verdict.reasons) == (
        "unknown_here",
        ["It was sealed by another authority, not by this installation."],
    )


def test_a_file_that_we_sealed_and_do_not_keep_is_unknown_here(executed: bytes) -> None:
    verdict = verify(executed, expected=Expected(set(), BOTH))
    assert (verdict.status, verdict.reasons) == (
        "unknown_here",
        ["It is not one of the files that are kept here."],
    )


@pytest.mark.parametrize("junk", [b"", b"hello", b"%PDF-1.7\n", b"\xff" * 3000])
def test_what_is_no_signed_pdf_is_unknown_here(plain: bytes, junk: bytes) -> None:
    assert verify(plain).reasons == ["This PDF carries no signature."]
    assert {verify(plain).status, verify(junk).status} == {"unknown_here"}


@examples(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=some.floats(0, 1, exclude_max=True), mask=some.integers(1, 255))
def test_no_changed_byte_is_ever_valid_or_an_error(
    executed: bytes, place: float, mask: int
) -> None:
    at = int(place * len(executed))
    changed = executed[:at] + bytes([executed[at] ^ mask]) + executed[at + 1 :]
    assert verify(changed, expected=expecting(executed)).status != "valid"
