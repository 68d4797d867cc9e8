"""Whether a PDF is what this installation sealed, and if not, in which way.

Three independent questions: do the signatures hold (pyHanko, since poppler calls a rewritten page
valid), are they by the people expected, and are these exactly the bytes we kept.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

from contracts.papers import confined
from contracts.papers.rules import PaperError
from contracts.signing import authority, judging, timestamps
from contracts.signing.judging import Found, Roots, SignatureReport

Status = Literal[
    "valid", "signature_broken", "altered_after_signing", "unknown_here", "wrong_signers"
]
SEAL = "seal"
# A file of ours takes two seconds. Each check holds memory, so only a few run side by side.
LONGEST_SECONDS, MEMORY_MB = 20.0, 768
_places = BoundedSemaphore(3)


class CheckStopped(PaperError):
    """The file was not judged; the message is a sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known here: the hashes kept, and (slot, name) of each person who signed.

    No signers means that only the file's own places to sign are looked at.
    """

    sha256s: set[str]
    signers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    reasons: list[str]
    sha256: str
    signatures: list[SignatureReport] = field(default_factory=list)


NAMES = {
    SEAL: "The seal",
    "vendor": "The signature for the vendor",
    "district": "The signature for the district",
}


def named(slot: str) -> str:
    return NAMES.get(slot, f"The signature “{slot}”")


Finding = tuple[Status, str]


def verify(pdf: bytes, *, expected: Expected | None = None) -> Verdict:
    """Never raises on a bad file. Without `expected` only the signatures are judged."""
    return _verdict(pdf, judging.found_in(pdf, _roots()), expected)


def verify_apart(pdf: bytes, *, expected: Expected | None = None, seconds: float = 0) -> Verdict:
    """The same in a process that can be killed, for a stranger's file. Raises CheckStopped."""
    seconds = seconds or LONGEST_SECONDS
    if not _places.acquire(timeout=seconds):
        raise CheckStopped("Many files are being checked now. Try again in a minute.")
    try:
        found = _found_apart(pdf, seconds)
    except confined.TookTooLong:
        raise CheckStopped(
            f"Checking this file was stopped after {seconds:g} seconds. A file that was sealed "
            "here is checked in a few: get the file from where it was published and check that one."
        ) from None
    except (confined.Crashed, confined.Stopped) as fault:
        found = Found(fault=str(fault))
    finally:
        _places.release()
    return _verdict(pdf, found, expected)


def _found_apart(pdf: bytes, seconds: float) -> Found:
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        folder = Path(name)
        (folder / "file.pdf").write_bytes(pdf)
        (folder / "roots.json").write_text(judging.roots_as_json(_roots()))
        confined.run(judging.__name__, folder, memory_mb=MEMORY_MB, seconds=seconds)
        return judging.from_json((folder / "found.json").read_text())


def newest(pdf: bytes) -> SignatureReport:
    """The last signature alone, quicker than a whole verdict."""
    return judging.newest_in(pdf, _roots())


def _roots() -> Roots:
    seals = [timestamps.as_asn1(certificate) for certificate in authority.trust_roots()]
    return Roots(seals, timestamps.timestamp_roots())


def _verdict(pdf: bytes, found: Found, expected: Expected | None) -> Verdict:
    sha256, reports = hashlib.sha256(pdf).hexdigest(), list(found.reports)
    if found.fault:
        return Verdict(*_unreadable(pdf), sha256)
    findings = [*_of_signatures(reports), *_of_signers(reports, found.open_slots, expected)]
    if expected is not None and sha256 not in expected.sha256s:
        findings.append(("unknown_here", "It is not one of the files that are kept here."))
    status: Status = findings[0][0] if findings else "valid"
    return Verdict(status, [sentence for _, sentence in findings], sha256, reports)


def _unreadable(pdf: bytes) -> tuple[Status, list[str]]:
    if b"/ByteRange" in pdf:
        return "signature_broken", ["The signed PDF is damaged: no program can read all of it."]
    return "unknown_here", ["This file is not a PDF that can be read, so nothing sealed it."]


def _of_signatures(reports: list[SignatureReport]) -> Iterator[Finding]:
    """The gravest first: the first finding names the status."""
    for report in reports:
        if not report.intact:
            yield "signature_broken", f"{named(report.slot)} does not match the file any more."
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
            yield "signature_broken", f"{named(report.slot)} carries no certified time."
        if not report.unchanged:
            yield "altered_after_signing", f"{named(report.slot)} was followed by a change."
    if not any(report.covers_all for report in reports):
        yield "altered_after_signing", "Something was added to the file after the last signature."


def _of_signers(
    reports: list[SignatureReport], open_slots: Sequence[str], expected: Expected | None
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
