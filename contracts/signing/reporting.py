"""A verdict in words and as JSON."""

from datetime import datetime
from typing import Any, Literal

from contracts.signing.verifying import SignatureReport, Verdict

IN_WORDS = {
    "valid": "Valid: sealed here, unchanged, signed by everybody who should have.",
    "signature_broken": "Not valid: a signature is broken.",
    "altered_after_signing": "Not valid: the file was altered after it was signed.",
    "unknown_here": "Not known here: this installation did not seal or does not keep this file.",
    "wrong_signers": "Not valid: the signers are not those who should have signed.",
}

ROLES = {
    "seal": "Seal of the organization",
    "vendor": "For the vendor",
    "district": "For the district",
}
FINE = ["It matches the file, was made here, and nothing was changed after it."]
Tone = Literal["success", "warning", "error"]


def tone_of(verdict: Verdict) -> Tone:
    if verdict.status == "valid":
        return "success"
    return "warning" if verdict.status == "unknown_here" else "error"


def as_data(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "reasons": verdict.reasons,
        "sha256": verdict.sha256,
        "signatures": [_signature(report) for report in verdict.signatures],
    }


def as_text(verdict: Verdict) -> str:
    lines = [IN_WORDS[verdict.status], *(f"- {reason}" for reason in verdict.reasons)]
    lines += [_line(report) for report in verdict.signatures]
    return "\n".join([*lines, f"SHA-256 {verdict.sha256}"])


def _signature(report: SignatureReport) -> dict[str, Any]:
    return {
        "slot": report.slot,
        "signer": report.signer,
        "time": report.time.isoformat() if report.time else None,
        "intact": report.intact,
        "trusted": report.trusted,
        "timestamped": report.timestamped,
        "unchanged_since": report.unchanged,
    }


def _line(report: SignatureReport) -> str:
    time = f"{report.time:%Y-%m-%d %H:%M:%S} UTC" if report.time else "no time"
    marks = {
        "intact": report.intact,
        "trusted": report.trusted,
        "timestamped": report.timestamped,
        "unchanged since": report.unchanged,
    }
    said = ", ".join(name if holds else f"NOT {name}" for name, holds in marks.items())
    return f"{report.slot}: {report.signer or 'nobody known'}, {time} ({said})"


def as_words(
    report: SignatureReport, *, whole: bool, signed_at: datetime | None = None
) -> dict[str, Any]:
    """One signature for people: who, when, and whether it holds, in sentences that agree.

    `whole`: nothing stands behind the last signature. Of a signature that does not match the file
    nothing else can be said, so nothing else is.
    """
    findings = [sentence for wrong, sentence in _against(report, whole) if wrong]
    return {
        "role": ROLES.get(report.slot, "A signature of unknown origin"),
        "signer": report.signer,
        "signed_at": signed_at,
        "sealed_at": report.time if report.intact else None,
        "checks": findings[:1] if not report.intact else findings or FINE,
        "good": not findings,
    }


def _against(report: SignatureReport, whole: bool) -> list[tuple[bool, str]]:
    return [
        (not report.intact, "It does not match the file: the file was changed, or it is damaged."),
        (not report.trusted, "It was not made by this installation."),
        (not report.timestamped, "Nobody certifies its time."),
        (not (report.unchanged and whole), "The file was changed after it."),
    ]
