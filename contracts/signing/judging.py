"""Reading the signatures of a PDF with pyHanko, without Django: also a process of its own.

A stranger's file can keep a parser busy for ever, so the public page asks for
`python -m contracts.signing.judging FOLDER MEMORY_MB SECONDS`: file.pdf and roots.json in FOLDER
are read, found.json is written there.
"""

import base64
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from asn1crypto import parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import KeyUsageConstraints, validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from contracts.papers.confined import confine
from contracts.signing.apart import apart

END = b"%%EOF"
MAY_SIGN = KeyUsageConstraints(key_usage={"non_repudiation"})
# A foreign or broken file is our answer, not an operator's warning with a traceback.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Roots:
    """Whose seals and whose times are believed."""

    seals: list[x509.Certificate]
    times: list[x509.Certificate]


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """`time` is the timestamp's; `unchanged` says that only allowed changes came afterwards.

    `clock` names the outside authority that gave the time; "" is this installation's own.
    """

    slot: str
    signer: str
    time: datetime | None
    intact: bool
    trusted: bool
    timestamped: bool
    unchanged: bool
    covers_all: bool
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A report per signature in the order of signing, the places still open, or why no reader
    got any further."""

    reports: Sequence[SignatureReport] = ()
    open_slots: Sequence[str] = ()
    fault: str = ""


class Filled(NamedTuple):
    """A signature field that holds a signature."""

    slot: str
    field: Any
    end: int


def found_in(pdf: bytes, roots: Roots) -> Found:
    """Never raises on a bad file."""
    try:
        reader = _reader(pdf)
        reports = [_report(reader, one, roots, len(pdf)) for one in _filled(reader)]
        still_open = [name for name, _, _ in enumerate_sig_fields(reader, filled_status=False)]
    except Exception as error:
        # A hostile file can make a parser raise anything; whatever it is, the file is not valid.
        return Found(fault=str(error) or type(error).__name__)
    return Found(reports, still_open)


def newest_in(pdf: bytes, roots: Roots) -> SignatureReport:
    """The last signature alone, quicker than a whole verdict."""
    reader = _reader(pdf)
    return _report(reader, _filled(reader)[-1], roots, len(pdf))


def _reader(pdf: bytes) -> PdfFileReader:
    """Readers look for the end mark in the last kilobyte; what follows it is judged by length."""
    end = pdf.rfind(END) + len(END)
    return PdfFileReader(BytesIO(pdf[:end] + b"\n"), strict=False)


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


def _report(reader: PdfFileReader, found: Filled, roots: Roots, size: int) -> SignatureReport:
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
        clock=_outside_clock(stamp, roots),
    )


def _outside_clock(stamp: TimestampSignatureStatus | None, roots: Roots) -> str:
    if stamp is None or stamp.signing_cert.issuer in [root.subject for root in roots.seals]:
        return ""
    subject = stamp.signing_cert.subject
    return str(subject.native.get("common_name") or subject.human_friendly)


def _nothing_hidden(signature: EmbeddedPdfSignature) -> bool:
    """The room reserved for a signature is larger than it, and no signature covers that room."""
    content = bytes(signature.pkcs7_content)
    return not any(content[parser.peek(content) :])


def _status(
    signature: EmbeddedPdfSignature, time: datetime | None, roots: Roots
) -> PdfSignatureStatus:
    """A signer's certificate lives for a day, so it is judged at the time of its timestamp.

    Until the timestamp itself is found good that time is only a claim: see `timestamped`.
    """
    at_signing = ValidationContext(trust_roots=roots.seals, moment=time, allow_fetching=False)
    now = ValidationContext(trust_roots=roots.times, allow_fetching=False)
    return apart(validate_pdf_signature, signature, at_signing, now, key_usage_settings=MAY_SIGN)


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime | None:
    token = next(extract_tst_data_iter(signature.signer_info, signed=False), None)
    if token is None:
        return None
    return token["encap_content_info"]["content"].parsed["gen_time"].native


def as_json(found: Found) -> str:
    return json.dumps(asdict(found), default=datetime.isoformat)


def from_json(text: str) -> Found:
    kept = json.loads(text)
    reports = [
        SignatureReport(**{**row, "time": row["time"] and datetime.fromisoformat(row["time"])})
        for row in kept["reports"]
    ]
    return Found(reports, kept["open_slots"], kept["fault"])


def roots_as_json(roots: Roots) -> str:
    def encoded(certificates: list[x509.Certificate]) -> list[str]:
        return [base64.b64encode(one.dump()).decode() for one in certificates]

    return json.dumps({"seals": encoded(roots.seals), "times": encoded(roots.times)})


def _roots_from_json(text: str) -> Roots:
    kept = {
        name: [x509.Certificate.load(base64.b64decode(one)) for one in rows]
        for name, rows in json.loads(text).items()
    }
    return Roots(**kept)


def main(folder: str, memory_mb: str, seconds: str) -> int:
    confine(int(memory_mb), int(seconds))
    here = Path(folder)
    roots = _roots_from_json((here / "roots.json").read_text())
    found = found_in((here / "file.pdf").read_bytes(), roots)
    (here / "found.json").write_text(as_json(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
