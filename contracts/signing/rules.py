"""Decisions about signing, on plain values."""

import unicodedata


def same_name(typed: str, known: str) -> bool:
    """A typed name is the signer's when it differs in case, accents or spaces only."""
    return _folded(typed) == _folded(known)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def reasons_not_to_sign(
    *, consented: bool, typed: str, known: str, sha256: str, offered: str, read: bool
) -> list[str]:
    """What is missing before a signature counts, in sentences."""
    reasons = []
    if not consented:
        # 15 USC 7001(c): the signer agrees to use electronic records before signing.
        reasons.append("Agree to electronic records and signatures first, or ask for paper.")
    if not read:
        reasons.append("Confirm that you have read the document.")
    if not typed.strip():
        reasons.append("Type your full name.")
    elif not same_name(typed, known):
        reasons.append(f"Type your name as it stands here: {known}.")
    if sha256 != offered:
        reasons.append("The document changed since you opened it. Read it again, then sign.")
    return reasons


def masked(email: str) -> str:
    """dee@example.com becomes d…@example.com: enough to recognize, too little to write to."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
