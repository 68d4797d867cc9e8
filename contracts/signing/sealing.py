"""Sealing a PDF (PAdES): the organization certifies it, then each party signs in its own place.

Each step appends to the bytes it was given, so every earlier revision can still be read and
checked. Every seal carries the true time, also when the signature itself happened earlier.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Literal

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import BaseStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts.papers import text
from contracts.papers.pdf import Printed
from contracts.papers.text import PDFIUM
from contracts.signing import appearance, authority, timestamps, verifying
from contracts.signing.apart import apart
from contracts.signing.appearance import SignerFacts
from contracts.signing.authority import SealFailed

__all__ = [
    "SealFailed", "SignatureSlot", "SignerFacts", "Slot",
    "prepare", "seal_certificate", "sign", "signed_slots", "titled", "with_places",
]  # fmt: skip

Slot = Literal["vendor", "district"]
SEAL = verifying.SEAL


@dataclass(frozen=True, slots=True)
class SignatureSlot:
    """A place to sign; its box hangs from the top left corner of the anchor. Sizes in points."""

    name: Slot
    width: float = 222.0
    height: float = 52.0

    @property
    def anchor(self) -> str:
        return f"[[sign:{self.name}]]"


SEAL_FIELD = SigFieldSpec(SEAL, readable_field_name="Seal of this installation")
BOTH_PARTIES = (SignatureSlot("vendor"), SignatureSlot("district"))


@dataclass(frozen=True, slots=True)
class _Place:
    page: int
    box: tuple[float, float, float, float]


class _Steady(IncrementalPdfFileWriter):
    """Appends the same bytes to the same document: no clock and no chance in its metadata."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        prev.stream.seek(0)
        fresh = generic.ByteStringObject(hashlib.sha256(prev.stream.read()).digest()[:16])
        known = prev.trailer["/ID"] if "/ID" in prev.trailer.flatten() else [fresh]
        return generic.ArrayObject([known[0], fresh])

    def _update_meta(self) -> None: ...


def titled(pdf: bytes, title: str) -> bytes:
    """The document under its own name, which a reader shows in place of the file's."""
    writer, _ = _opened(pdf, _Steady)
    _set_title(writer, title)
    return _written(writer)


def _set_title(writer: IncrementalPdfFileWriter, title: str) -> None:
    known = writer.trailer["/Info"] if "/Info" in writer.trailer.flatten() else {}
    info = generic.DictionaryObject(dict(known))
    info[generic.pdf_name("/Title")] = generic.pdf_string(title)
    writer.set_info(info)
    shown = {generic.pdf_name("/DisplayDocTitle"): generic.BooleanObject(True)}
    writer.root[generic.pdf_name("/ViewerPreferences")] = generic.DictionaryObject(shown)
    writer.update_root()


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_places(
    clean: Printed,
    *,
    marked: Printed,
    title: str,
    fields: Sequence[SignatureSlot] = BOTH_PARTIES,
) -> bytes:
    """The document with its title and its places to sign, which `marked` shows by words such as
    `[[sign:vendor]]`; these words are in no layer of it. The same documents give the same bytes.

    Raises SealFailed when one is not in `marked` exactly once, or the two differ elsewhere.
    """
    anchors = [slot.anchor for slot in fields]
    places = _places(marked.bytes, fields, _pages_with(anchors, marked.pages))
    if _words(clean) != _words(marked, without=anchors):
        raise SealFailed("Without the marks of the places to sign the pages are not the same.")
    writer, _ = _opened(clean.bytes, _Steady)
    _set_title(writer, title)
    for slot, place in zip(fields, places, strict=True):
        _add_field(writer, slot, place)
    return _written(writer)


def _pages_with(words: Sequence[str], pages: Sequence[str]) -> list[int]:
    """Drawing a page to look at where its words stand takes longest, so only these are drawn."""
    return [number for number, page in enumerate(pages) if any(word in page for word in words)]


def _words(printed: Printed, *, without: Sequence[str] = ()) -> list[str]:
    pages: Sequence[str] = printed.pages
    for word in without:
        pages = [page.replace(word, "") for page in pages]
    return [text.squeezed(page) for page in pages]


def prepare(pdf: bytes, *, fields: Sequence[SignatureSlot] = BOTH_PARTIES) -> bytes:
    """Certify a document whose places to sign are open; prepared bytes come back as they are.

    A document that has none yet shows them by words such as `[[sign:vendor]]`: raises SealFailed
    when one is not there exactly once.
    """
    writer, signed = _opened(pdf)
    if SEAL in signed:
        return pdf
    known = {name for name, _, _ in _fields(writer.prev, filled=False)}
    unplaced = [slot for slot in fields if slot.name not in known]
    for slot, place in zip(unplaced, _places(pdf, unplaced) if unplaced else [], strict=True):
        _add_field(writer, slot, place)
    return _certified(writer, MDPPerm.FILL_FORMS, "Offered for signature by Countersign")


def sign(pdf: bytes, *, slot: Slot, signer: SignerFacts, reason: str) -> bytes:
    """Fill one place. A place that is signed in these bytes already gives the same bytes back."""
    writer, signed = _opened(pdf)
    if slot in signed:
        return pdf
    width, height = _size_of(writer.prev, slot)
    style = appearance.stamp(
        signer,
        sealed_at=datetime.now(UTC),
        fingerprint=hashlib.sha256(pdf).hexdigest()[:12],
        width=width,
        height=height,
    )
    meta = signers.PdfSignatureMetadata(
        field_name=slot,
        md_algorithm="sha256",
        name=signer.name,
        reason=reason,
        subfilter=SigSeedSubFilter.PADES,
    )
    identity = authority.signer_identity(signer.name, signer.organization)
    return _signed(writer, meta, identity, style)


def seal_certificate(pdf: bytes) -> bytes:
    """The organization's seal over a finished page; nothing may be added to it afterwards."""
    writer, signed = _opened(pdf)
    if SEAL in signed:
        return pdf
    return _certified(writer, MDPPerm.NO_CHANGES, "Record of signing kept by Countersign")


def signed_slots(pdf: bytes) -> set[str]:
    """The names of the places that hold a signature, the organization's `seal` among them."""
    return _opened(pdf)[1]


def _opened(
    pdf: bytes, kind: type[IncrementalPdfFileWriter] = IncrementalPdfFileWriter
) -> tuple[IncrementalPdfFileWriter, set[str]]:
    try:
        writer = kind(BytesIO(pdf))
        filled = {name for name, _, _ in _fields(writer.prev, filled=True)}
    except (PdfError, ValueError) as error:
        raise SealFailed(f"This file cannot be sealed, it is not a sound PDF: {error}.") from error
    return writer, filled


def _fields(reader: PdfFileReader, *, filled: bool | None) -> list[tuple]:
    return list(fields.enumerate_sig_fields(reader, filled_status=filled))


def _add_field(writer: IncrementalPdfFileWriter, slot: SignatureSlot, place: _Place) -> None:
    left, bottom, right, top = (round(edge) for edge in place.box)
    spec = SigFieldSpec(
        slot.name,
        on_page=place.page,
        box=(left, bottom, right, top),
        readable_field_name=f"Signature for the {slot.name}",
    )
    fields.append_signature_field(writer, spec)


def _size_of(reader: PdfFileReader, slot: str) -> tuple[float, float]:
    for name, _, reference in _fields(reader, filled=False):
        if name == slot:
            left, bottom, right, top = (float(edge) for edge in reference.get_object()["/Rect"])
            return right - left, top - bottom
    raise SealFailed(f"This document has no place for the {slot} to sign.")


def _certified(writer: IncrementalPdfFileWriter, allows: MDPPerm, reason: str) -> bytes:
    meta = signers.PdfSignatureMetadata(
        field_name=SEAL,
        md_algorithm="sha256",
        reason=reason,
        certify=True,
        docmdp_permissions=allows,
        subfilter=SigSeedSubFilter.PADES,
    )
    return _signed(writer, meta, authority.seal_identity(), None)


def _signed(
    writer: IncrementalPdfFileWriter,
    meta: signers.PdfSignatureMetadata,
    identity: authority.Identity,
    style: BaseStampStyle | None,
) -> bytes:
    """Raises SealFailed, also when the timestamp server is silent: time is never made up."""
    # Without the root: whoever checks has it already, and nothing would protect this copy of it.
    signer = signers.SimpleSigner(
        signing_cert=timestamps.as_asn1(identity.certificate),
        signing_key=timestamps.key_as_asn1(identity.key),
        cert_registry=SimpleCertificateStore(),
        embed_roots=False,
    )
    pdf_signer = signers.PdfSigner(
        meta,
        signer,
        timestamper=timestamps.timestamper(),
        stamp_style=style,
        new_field_spec=SEAL_FIELD if meta.field_name == SEAL else None,
    )
    try:
        return _checked(apart(pdf_signer.sign_pdf, writer).getvalue())
    except TimestampRequestError as error:
        raise SealFailed(
            f"The timestamp server gave no time: {error}. Nothing was sealed."
        ) from error
    except (SigningError, PdfError, ValueError) as error:
        raise SealFailed(f"The seal could not be set: {error}.") from error


def _checked(pdf: bytes) -> bytes:
    """A seal that our own verifier would not accept must never leave this module."""
    newest = verifying.newest(pdf)
    if newest.intact and newest.trusted and not newest.timestamped:
        raise SealFailed(
            "The time that the timestamp server gave is not trusted here: TIMESTAMP_CERT must hold "
            "the root certificate of its operator. Nothing was sealed."
        )
    if not (newest.intact and newest.trusted and newest.covers_all):
        raise SealFailed("The new seal did not pass its own check. Nothing was sealed.")
    return pdf


def _places(
    pdf: bytes, slots: Sequence[SignatureSlot], pages: Sequence[int] | None = None
) -> list[_Place]:
    """Looked for on all pages, or on these."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            asked = range(len(document)) if pages is None else pages
            return [_place(document, slot, asked) for slot in slots]
        finally:
            document.close()


def _place(document: pypdfium2.PdfDocument, slot: SignatureSlot, pages: Sequence[int]) -> _Place:
    found = [
        _Place(number, _below(corner, slot))
        for number in pages
        for corner in _corners(document, number, slot.anchor)
    ]
    if len(found) != 1:
        times = "does not hold" if not found else f"holds {len(found)} times"
        raise SealFailed(
            f"The document {times} the text {slot.anchor}, which marks where the {slot.name} "
            "signs. Put it into the template exactly once, on one line."
        )
    return found[0]


def _corners(
    document: pypdfium2.PdfDocument, number: int, anchor: str
) -> list[tuple[float, float]]:
    """Left and top of each occurrence on this page, in points from the page's lower left."""
    words = document[number].get_textpage()
    search = words.search(anchor, match_case=True)
    corners = []
    while (hit := search.get_next()) is not None:
        start, count = hit
        boxes = [words.get_charbox(at) for at in range(start, start + count)]
        corners.append((min(box[0] for box in boxes), max(box[3] for box in boxes)))
    return corners


def _below(corner: tuple[float, float], slot: SignatureSlot) -> tuple[float, float, float, float]:
    """The box, pushed up where the page ends before it does."""
    left, top = corner[0] - 2, max(corner[1] + 2, slot.height + 4)
    return (left, top - slot.height, left + slot.width, top)
