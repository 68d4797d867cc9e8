import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader

from contracts.library import specimen
from contracts.library.rules import context_of
from contracts.papers.anchors import without
from contracts.papers.golden import SHIPPED
from contracts.papers.pdf import convert, run_workers
from contracts.papers.rendering import render
from contracts.papers.text import of_pdf, pages_of_pdf
from contracts.signing import appearance, authority, sealing, verifying
from contracts.signing.sealing import SealFailed, SignatureSlot, SignerFacts
from tests.contracts.papers.documents import word
from tests.services.fixtures import not_checked

from .conftest import DEE, REASON, ZOE, document, pdf_of


def boxes(pdf: bytes) -> dict[str, list[float]]:
    form = PdfFileReader(BytesIO(pdf)).root["/AcroForm"]
    fields = [reference.get_object() for reference in form["/Fields"]]
    return {
        str(field["/T"]): [float(edge) for edge in field["/Rect"]]
        for field in fields
        if field["/T"] != "seal"
    }


def text_with_widgets(pdf: bytes) -> str:
    """What is drawn in the signature fields, which pdfium leaves out of a page's own text."""
    forms = PdfFileReader(BytesIO(pdf)).root["/AcroForm"]["/Fields"]
    looks = [field.get_object()["/AP"]["/N"] for field in forms if "/AP" in field.get_object()]
    inner = [
        x.get_object() for look in looks for x in look["/Resources"].get("/XObject", {}).values()
    ]
    return b"".join(part.data for part in [*looks, *inner]).decode("latin-1")


def test_preparing_certifies_and_opens_two_places_to_sign(plain: bytes, prepared: bytes) -> None:
    assert prepared.startswith(plain)
    assert sealing.signed_slots(prepared) == {"seal"}
    found = boxes(prepared)
    assert found.keys() == {"vendor", "district"}
    assert found["vendor"][3] > found["district"][3]
    for left, bottom, right, top in found.values():
        assert (right - left, top - bottom) == (222, 52)


def test_each_place_hangs_from_its_anchor(plain: bytes, prepared: bytes) -> None:
    page = pypdfium2.PdfDocument(plain)[1].get_textpage()
    start, _ = page.search("[[sign:vendor]]").get_next()
    left, _, _, top = page.get_charbox(start)
    box = boxes(prepared)["vendor"]
    assert box[0] == pytest.approx(left - 2, abs=1)
    assert box[3] == pytest.approx(top + 2, abs=1)


def test_places_are_taken_over_into_a_document_without_the_marks(plain: bytes) -> None:
    marks = [slot.anchor for slot in sealing.BOTH_PARTIES]
    clean, marked = run_workers([without(document(), marks), document()], "dxpdf", 60)
    placed = sealing.with_places(clean, marked=marked, title="Agreement: Chalk")
    assert sealing.with_places(clean, marked=marked, title="Agreement: Chalk") == placed
    assert boxes(placed) == boxes(sealing.prepare(plain))
    assert boxes(sealing.prepare(placed)) == boxes(placed)
    assert "[[" not in of_pdf(placed)


def test_a_document_bears_its_title_from_before_the_seal_to_the_last_signature(
    plain: bytes,
) -> None:
    named = sealing.titled(plain, "Agreement: Zoë “Chalk” (7KQ2)")
    assert sealing.titled(plain, "Agreement: Zoë “Chalk” (7KQ2)") == named
    sealed = sealing.prepare(named)
    signed = sealing.sign(sealed, slot="vendor", signer=DEE, reason=REASON)
    for pdf in (named, sealed, signed):
        reader = PdfFileReader(BytesIO(pdf))
        assert reader.trailer_view["/Info"]["/Title"] == "Agreement: Zoë “Chalk” (7KQ2)"
        assert reader.root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert verifying.newest(signed).intact


def test_pages_that_moved_without_the_marks_get_no_places() -> None:
    other, marked = run_workers([word("Another text."), document()], "dxpdf", 60)
    with pytest.raises(SealFailed, match="the pages are not the same"):
        sealing.with_places(other, marked=marked, title="X")


def test_preparing_twice_changes_nothing(prepared: bytes) -> None:
    assert sealing.prepare(prepared) == prepared


def test_only_the_places_asked_for_are_opened() -> None:
    prepared = sealing.prepare(pdf_of("[[sign:district]]"), fields=[SignatureSlot("district")])
    assert boxes(prepared).keys() == {"district"}


@pytest.mark.parametrize(
    ("paragraphs", "sentence"),
    [
        (("[[sign:district]]",), r"does not hold the text \[\[sign:vendor\]\]"),
        (("[[sign:vendor]]", "[[sign:vendor]]", "[[sign:district]]"), "holds 2 times the text"),
    ],
)
def test_an_anchor_that_is_not_there_once_is_named(
    paragraphs: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(SealFailed, match=sentence):
        sealing.prepare(pdf_of(*paragraphs))


def test_a_place_at_the_foot_of_the_page_stays_on_the_page() -> None:
    prepared = sealing.prepare(
        pdf_of(*["x"] * 26, "[[sign:vendor]] [[sign:district]]"),
        fields=[SignatureSlot("vendor", height=400)],
    )
    assert boxes(prepared)["vendor"][1] >= 0


def test_the_agreement_that_we_ship_can_be_signed_by_both() -> None:
    template = (SHIPPED / "dpa.docx").read_bytes()
    pdf = convert(render(template, context_of(specimen.dpa()))).bytes
    signed = sealing.prepare(pdf)
    vendor, district = boxes(signed)["vendor"], boxes(signed)["district"]
    assert vendor[2] < district[0]
    for slot, signer in (("vendor", DEE), ("district", ZOE)):
        signed = sealing.sign(signed, slot=slot, signer=signer, reason=REASON)
    assert verifying.verify(signed).status == "valid"


def test_signing_in_several_threads_at_once_keeps_each_file_whole(plain: bytes) -> None:
    def both(number: int) -> str:
        name = SignerFacts(f"Signer {number}", "", "", datetime(2026, 3, 2, tzinfo=UTC))
        signed = sealing.prepare(plain)
        for slot in ("vendor", "district"):
            signed = sealing.sign(signed, slot=slot, signer=name, reason=REASON)
        return verifying.verify(signed).status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(both, range(8))) == {"valid"}


@pytest.mark.parametrize("bad", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF\n"])
def test_a_file_that_is_no_pdf_is_refused_with_a_sentence(bad: bytes) -> None:
    with pytest.raises(SealFailed, match="not a sound PDF"):
        sealing.prepare(bad)


def test_each_signature_only_appends(prepared: bytes, by_vendor: bytes, executed: bytes) -> None:
    assert by_vendor.startswith(prepared)
    assert executed.startswith(by_vendor)
    assert sealing.signed_slots(by_vendor) == {"seal", "vendor"}
    assert sealing.signed_slots(executed) == {"seal", "vendor", "district"}


def test_signing_a_signed_place_again_gives_the_same_bytes(executed: bytes) -> None:
    again = sealing.sign(executed, slot="vendor", signer=DEE, reason="again")
    assert again == executed


def test_a_document_without_the_place_cannot_be_signed(plain: bytes) -> None:
    with pytest.raises(SealFailed, match="no place for the vendor"):
        sealing.sign(plain, slot="vendor", signer=DEE, reason="x")


def test_the_page_shows_who_signed_and_when_it_was_sealed(executed: bytes) -> None:
    text = text_with_widgets(executed)
    today = datetime.now(UTC)
    assert "Dee Okafor" in text
    assert "Chief Executive, Brightleaf Learning, Inc." in text
    assert "Signed electronically on March 2, 2026" in text
    assert f"Sealed {today:%Y-%m-%d}" in text
    assert "Zoë Núñez" in text


def test_the_seal_carries_the_true_time_though_the_act_was_months_ago(executed: bytes) -> None:
    for report in verifying.verify(executed).signatures:
        assert report.time is not None
        # The document is sealed once for the whole run, which may take minutes.
        assert abs(report.time - datetime.now(UTC)) < timedelta(hours=1)


def test_a_certificate_page_is_sealed_against_any_change() -> None:
    sealed = sealing.seal_certificate(pdf_of("Certificate of signing"))
    assert verifying.verify(sealed).status == "valid"
    assert sealing.seal_certificate(sealed) == sealed
    assert pages_of_pdf(sealed)[0].startswith("Certificate of signing")


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Zoë Núñez", "Zoë Núñez"),
        ("Jiří Dvořák", "Jirí Dvorák"),
        ("Łukasz Nguyễn", "Lukasz Nguyen"),
        ("O\u2019Neil \u2013 Ash", "O'Neil - Ash"),
        ("李雷", ""),
        ("(a) \\ b", "(a) \\ b"),
    ],
)
def test_names_are_drawn_as_far_as_the_standard_fonts_go(name: str, drawn: str) -> None:
    assert appearance.drawable(name) == drawn


def test_a_name_that_cannot_be_drawn_is_still_in_the_certificate(prepared: bytes) -> None:
    lei = SignerFacts("李雷", "", "", datetime(2026, 3, 2, tzinfo=UTC))
    signed = sealing.sign(prepared, slot="vendor", signer=lei, reason="x")
    assert verifying.newest(signed).signer == "李雷"


def test_poppler_finds_every_signature_valid_and_whole(
    pdfsig: str, executed: bytes, tmp_path: Path
) -> None:
    (tmp_path / "executed.pdf").write_bytes(executed)
    said = subprocess.run(
        [pdfsig, "-nocert", str(tmp_path / "executed.pdf")],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert said.count("Signature is Valid.") == 3
    assert said.count("Total document signed") == 1
    assert "Zoë Núñez" in said


def test_openssl_trusts_the_signature_and_its_time(executed: bytes, tmp_path: Path) -> None:
    """A second reader, which shares no code with pyHanko."""
    if not shutil.which("openssl"):
        not_checked("Signatures by openssl", "no openssl here (apt-get install openssl)")
    newest = PdfFileReader(BytesIO(executed)).embedded_signatures[-1]
    start, length, after, rest = (int(number) for number in newest.sig_object["/ByteRange"])
    token = newest.signer_info["unsigned_attrs"][0]["values"][0]
    files = {
        "signed": executed[start : start + length] + executed[after : after + rest],
        "cms": newest.pkcs7_content,
        "signature": newest.signer_info["signature"].native,
        "token": token.dump(),
        "root.pem": authority.root().certificate.public_bytes(serialization.Encoding.PEM),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    cms = "cms -verify -binary -inform DER -in cms -content signed -purpose any -out /dev/null"
    assert "successful" in openssl(cms, tmp_path)
    assert "Verification: OK" in openssl("ts -verify -in token -token_in -data signature", tmp_path)


def openssl(command: str, folder: Path) -> str:
    whole = ["openssl", *command.split(), "-CAfile", "root.pem"]
    said = subprocess.run(whole, cwd=folder, capture_output=True, text=True, check=False)
    return said.stdout + said.stderr
