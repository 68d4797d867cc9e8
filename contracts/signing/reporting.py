"""A verdict in words and as JSON."""

from typing import Any

from contracts.signing.verifying import SignatureReport, Verdict

IN_WORDS = {
    "valid": "Valid: sealed here, unchanged, signed by everybody who should have.",
    "signature_broken": "Not valid: a signature is broken.",
    "altered_after_signing": "Not valid: the file was altered after it was signed.",
    "unknown_here": "Not known here: this installation did not seal or does not keep this file.",
    "wrong_signers": "Not valid: the signers are not those who should have signed.",
}


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


def as_words(report: SignatureReport) -> dict[str, Any]:
    """One signature for people: who, when, and every check in a sentence."""
    role = {"vendor": "For the vendor", "district": "For the district"}
    checks = (
        (report.intact, "It fits its bytes.", "It does not fit its bytes."),
        (report.trusted, "It was made here.", "It was not made by this installation."),
        (report.timestamped, "Its time is certified.", "Its time is not certified."),
        (report.unchanged, "Nothing was changed after it.", "Something was changed after it."),
    )
    return {
        "role": role.get(report.slot, "Seal of this installation"),
        "signer": report.signer or "nobody known",
        "time": report.time,
        "checks": [(good, yes if good else no) for good, yes, no in checks],
        "good": all(good for good, _, _ in checks),
    }
