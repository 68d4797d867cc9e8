"""Why something failed, and whether somebody is at work, in plain words and on plain values."""

import re
from datetime import datetime, timedelta

# What `outbox` and `sweep` keep of an error: "ConnectionRefusedError: [Errno 111] …".
STORED = re.compile(r"([A-Za-z_]\w*): (.*)", re.DOTALL)
# Errors of our own: their text is a sentence for people already.
OURS = frozenset(
    {"Refused", "PermanentFault", "SealFailed", "TookTooLong", "CheckStopped"}
    | {"VaultError", "VaultMissing", "VaultCorrupt", "VaultUnavailable"}
    | {"PaperError", "ContextRefused", "TemplateFieldMissing", "TemplateRefused"}
    | {"ConversionRefused", "ConversionFailed", "FontsMissing"}
)
AWAY = "The server that it needs does not answer. It may be switched off, or its address is wrong."
KNOWN = {
    "ConnectionRefusedError": AWAY,
    "ConnectionResetError": AWAY,
    "ConnectionError": AWAY,
    "BrokenPipeError": AWAY,
    "TimeoutError": AWAY,
    "OSError": AWAY,
    "gaierror": AWAY,
    "SSLError": "The server could not prove who it is: its certificate is not trusted here.",
    "OperationalError": "The database was away or too busy.",
    "IntegrityError": "The database refused what would have been written.",
    "StaleVersion": "Somebody else changed the case at the same moment.",
}
KNOWN["SSLCertVerificationError"] = KNOWN["SSLError"]
MAIL_AWAY = "The mail server does not answer. Look at EMAIL_URL, and whether the server is up."
OF_MAIL = {name: MAIL_AWAY for name, words in KNOWN.items() if words == AWAY} | {
    "SMTPServerDisconnected": MAIL_AWAY,
    "SMTPConnectError": MAIL_AWAY,
    "SMTPAuthenticationError": "The mail server does not accept our name or password (EMAIL_URL).",
    "SMTPRecipientsRefused": "The mail server does not take mail for this address just now.",
    "SMTPSenderRefused": "The mail server does not take mail from us (COUNTERSIGN_MAIL_FROM).",
    "SMTPDataError": "The mail server refused the mail itself.",
}
UNFORESEEN = "Something unforeseen ended it; the exact words are below."
DIED = "The worker ended in the midst of it."

ROUNDS = ("drain", "sweep", "reconcile")
# Beside the limit on silence: how often each round is made when all is well.
PAUSES = {
    "drain": timedelta(),
    "sweep": timedelta(minutes=1),
    "reconcile": timedelta(hours=25),
}


def reason_in_words(kept: str, *, mail: bool = False) -> str:
    """A sentence for what an error left behind; `kept` is a row's last_error."""
    if not kept:
        return DIED
    found = STORED.fullmatch(kept)
    if found is None:
        return kept
    name, text = found.groups()
    if name in OURS and text.strip():
        return text.strip()
    return (OF_MAIL.get(name) if mail else "") or KNOWN.get(name) or UNFORESEEN


def exact_words(kept: str, *, mail: bool = False) -> str:
    """What only helps whoever looks for the fault; empty where the sentence says it all."""
    return kept if reason_in_words(kept, mail=mail) == UNFORESEEN else ""


def is_late(name: str, seen: datetime | None, now: datetime, most_silence: timedelta) -> bool:
    """Whether a round should have been made again by now; before the first night none is."""
    if seen is None:
        return name == "drain"
    return now - seen > PAUSES[name] + most_silence
