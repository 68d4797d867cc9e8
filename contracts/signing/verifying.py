"""Whether a PDF is what this installation sealed, and if not, in which way.

Three independent questions: do the signatures hold (pyHanko, since poppler calls a rewritten page
valid), are they by the people expected, and are these exactly the bytes we kept.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, Literal, NamedTuple

from asn1crypto import parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import KeyUsageConstraints, validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from contracts.signing import authority, timestamps
from contracts.signing.apart import apart

Status = Literal[
    "valid", "signature_broken", "altered_after_signing", "unknown_here", "wrong_signers"
]
SEAL = "seal"
END = b"%%EOF"
MAY_SIGN = KeyUsageConstraints(key_usage={"non_repudiation"})
# A foreign or broken file is our answer, not an operator's warning with a traceback.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known here: the hashes kept, and (slot, name) of each person who signed.

    No signers means that only the file's own places to sign are looked at.
    """

    sha256s: set[str]
    signers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """`time` is the timestamp's; `unchanged` says that only allowed changes came afterwards."""

    slot: str
    signer: str
    time: datetime | None
    intact: bool
    trusted: bool
    timestamped: bool
    unchanged: bool
    covers_all: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    reasons: list[str]
    sha256: str
    signatures: list[SignatureReport] = field(default_factory=list)


class Filled(NamedTuple):
    """A signature field that holds a signature."""

    slot: str
    field: Any
    end: int


Finding = tuple[Status, str]


def verify(pdf: bytes, *, expected: Expected | None = None) -> Verdict:
    """Never raises on a bad file. Without `expected` only the signatures are judged."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    try:
        reports, open_slots = _read(pdf)
    except Exception as error:
        # A hostile file can make a parser raise anything; whatever it is, the file is not valid.
        return Verdict(*_unreadable(pdf, error), sha256)
    findings = [*_of_signatures(reports), *_of_signers(reports, open_slots, expected)]
    if expected is not None and sha256 not in expected.sha256s:
        findings.append(("unknown_here", "These are not the bytes of a file kept here."))
    status: Status = findings[0][0] if findings else "valid"
    return Verdict(status, [sentence for _, sentence in findings], sha256, reports)


def _unreadable(pdf: bytes, error: Exception) -> tuple[Status, list[str]]:
    if b"/ByteRange" in pdf:
        return "signature_broken", [f"The signed PDF is damaged and cannot be read: {error}."]
    return "unknown_here", ["This file is not a PDF that can be read, so nothing sealed it."]


def _of_signatures(reports: list[SignatureReport]) -> Iterator[Finding]:
    """The gravest first: the first finding names the status."""
    for report in reports:
        if not report.intact:
            yield "signature_broken", f"The signature “{report.slot}” does not fit its bytes."
    intact = [report for report in reports if report.intact]
    if not reports:
        yield "unknown_here", "This PDF carries no signature."
    elif intact and not any(report.trusted for report in intact):
        yield "unknown_here", "It was sealed by another authority, not by this installation."
    else:
        yield from _of_our_signatures(reports)


def _of_our_signatures(reports: list[SignatureReport]) -> Iterator[Finding]:
    for report in reports:
        if report.intact and not report.trusted:
            yield (
                "altered_after_signing",
                f"A signature of unknown origin was added: {report.slot}.",
            )
        elif report.intact and not report.timestamped:
            yield "signature_broken", f"The signature “{report.slot}” has no time that we trust."
        if not report.unchanged:
            yield "altered_after_signing", f"The document was changed after “{report.slot}”."
    if not any(report.covers_all for report in reports):
        yield "altered_after_signing", "Something was added to the file after the last signature."


def _of_signers(
    reports: list[SignatureReport], open_slots: list[str], expected: Expected | None
) -> Iterator[Finding]:
    signed = {report.slot: report.signer for report in reports}
    if signed and SEAL not in signed:
        yield "wrong_signers", "The seal of the organization is missing."
    for slot in open_slots:
        yield "wrong_signers", f"The {slot} has not signed this copy."
    if expected is None or not expected.signers:
        return
    wanted = {slot: authority.certified_name(name) for slot, name in expected.signers}
    for slot, name in wanted.items():
        if slot not in signed and slot not in open_slots:
            yield "wrong_signers", f"The signature of the {slot} ({name}) is missing."
        elif slot in signed and signed[slot] != name:
            yield "wrong_signers", f"The {slot} should be {name}, but {signed[slot]} signed."
    for slot in sorted(signed.keys() - wanted.keys() - {SEAL}):
        yield "wrong_signers", f"Nobody expected the signature “{slot}” by {signed[slot]}."


def newest(pdf: bytes) -> SignatureReport:
    """The last signature alone, quicker than a whole verdict."""
    reader = _reader(pdf)
    return _report(reader, _filled(reader)[-1], _roots(), len(pdf))


def _reader(pdf: bytes) -> PdfFileReader:
    """Readers look for the end mark in the last kilobyte; what follows it is judged by length."""
    end = pdf.rfind(END) + len(END)
    return PdfFileReader(BytesIO(pdf[:end] + b"\n"), strict=False)


def _roots() -> list[x509.Certificate]:
    return [timestamps.as_asn1(certificate) for certificate in authority.trust_roots()]


def _read(pdf: bytes) -> tuple[list[SignatureReport], list[str]]:
    """A report per signature in the order of signing, and the places still open."""
    reader, roots = _reader(pdf), _roots()
    reports = [_report(reader, found, roots, len(pdf)) for found in _filled(reader)]
    return reports, [name for name, _, _ in enumerate_sig_fields(reader, filled_status=False)]


def _filled(reader: PdfFileReader) -> list[Filled]:
    found = [
        Filled(str(name), reference, _end_of(value))
        for name, value, reference in enumerate_sig_fields(reader, filled_status=True)
    ]
    return sorted(found, key=lambda filled: filled.end)


def _end_of(value: Any) -> int:
    """Where the signed bytes end, counted from the start of the file."""
    try:
        _, _, start, length = value.get_object()["/ByteRange"]
        return int(start) + int(length)
    except (AttributeError, KeyError, TypeError, ValueError):
        return 0


def _report(
    reader: PdfFileReader, found: Filled, roots: list[x509.Certificate], size: int
) -> SignatureReport:
    try:
        signature = EmbeddedPdfSignature(reader, found.field, found.slot)
        time = _claimed_time(signature)
        status = _status(signature, time, roots)
        signer = str(signature.signer_cert.subject.native.get("common_name", ""))
    except Exception:
        # Whatever a damaged signature makes a parser raise, the others are still worth a report.
        return SignatureReport(found.slot, "", None, *(False,) * 5)
    stamp = status.timestamp_validity
    return SignatureReport(
        slot=found.slot,
        signer=signer,
        time=time,
        intact=status.intact and status.valid and _nothing_hidden(signature),
        trusted=status.trusted,
        timestamped=bool(stamp and stamp.intact and stamp.valid and stamp.trusted),
        unchanged=bool(status.docmdp_ok),
        covers_all=found.end == size,
    )


def _nothing_hidden(signature: EmbeddedPdfSignature) -> bool:
    """The room reserved for a signature is larger than it, and no signature covers that room."""
    content = bytes(signature.pkcs7_content)
    return not any(content[parser.peek(content) :])


def _status(
    signature: EmbeddedPdfSignature, time: datetime | None, roots: list[x509.Certificate]
) -> PdfSignatureStatus:
    """A signer's certificate lives for a day, so it is judged at the time of its timestamp.

    Until the timestamp itself is found good that time is only a claim: see `timestamped`.
    """
    at_signing = ValidationContext(trust_roots=roots, moment=time, allow_fetching=False)
    now = ValidationContext(trust_roots=timestamps.timestamp_roots(), allow_fetching=False)
    return apart(validate_pdf_signature, signature, at_signing, now, key_usage_settings=MAY_SIGN)


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime | None:
    token = next(extract_tst_data_iter(signature.signer_info, signed=False), None)
    if token is None:
        return None
    return token["encap_content_info"]["content"].parsed["gen_time"].native
