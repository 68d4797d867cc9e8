"""Decisions about signing, on plain values."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from workflows.lifecycles.agreement import (
    ABANDONED,
    AWAITING_BOARD,
    BEFORE_SIGNATURE,
    DRAFTING,
    EXECUTED,
    LEGAL_REVIEW,
    OUT_FOR_SIGNATURE,
    WITH_VENDOR,
)

# Mail programs make a link of a dot inside a word; "Jr." and "B.A." stay what they are.
LINKED = re.compile(r"\w\.\w{2,}")
# A second mail within this time is a double press, not a reminder.
BETWEEN_MAILS = timedelta(minutes=10)
NEW_LINKS_AN_HOUR = 3
# A vendor has no business with an agreement that is being rewritten or was given up.
NOTHING_TO_SHOW = (DRAFTING, ABANDONED)


OWN_CLOCK = (
    "Each seal carries a timestamp of this installation's own clock, sealed with its own key. "
    "Nobody outside confirmed that time."
)
OUTSIDE_CLOCK = (
    "Each seal carries a timestamp that {names} gave, an authority outside this installation: the "
    "sealed bytes existed at that time."
)
MIXED_CLOCKS = (
    "Some seals carry a timestamp that {names} gave, an authority outside this installation; the "
    "others carry this installation's own time, which nobody outside confirmed."
)
# PAdES B-T, and why not more: docs/decisions/seals.md.
NOT_PROVEN = (
    "The moments above at which a person agreed and signed are those of this installation's "
    "server. Not proven: that no certificate was revoked (the file carries no such lists), nor "
    "anything that only a later archive timestamp could show."
)


def time_in_words(clocks: Iterable[str]) -> str:
    """What the seals prove about time and what they do not; "" is our own clock."""
    return f"{clocks_in_words(clocks)} {NOT_PROVEN}"


def clocks_in_words(clocks: Iterable[str]) -> str:
    """Whose clock gave the time of the seals: the same words in the certificate and on /verify/."""
    found = sorted(set(clocks))
    names = " and ".join(filter(None, found))
    said = OWN_CLOCK if not names else MIXED_CLOCKS if "" in found else OUTSIDE_CLOCK
    return said.format(names=names)


# A keyboard's one apostrophe and one dash for all that a name may be printed with.
AS_TYPED = {**dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'"),
            **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014"), "-")}  # fmt: skip


def same_name(typed: str, known: str) -> bool:
    """A typed name is the signer's when it differs in case, accents, quotes, dashes or spaces."""
    return _folded(typed) == _folded(known)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(AS_TYPED)
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


def reasons_not_to_name(*, name: str, title: str, email: str, present: str) -> list[str]:
    """What is missing before somebody else can be asked to sign for the vendor."""
    reasons = [] if name.strip() else ["Give the full name of the person who signs."]
    # The name opens a mail of ours to an address that was typed: it must not carry a message.
    if set("/@<>\n") & set(name + title) or LINKED.search(f"{name} {title}"):
        reasons.append("Write name and title as they are spoken, without an address in them.")
    try:
        validate_email(email.strip())
    except ValidationError:
        reasons.append("Give the e-mail address of the person who signs.")
    if email.strip().casefold() == present.casefold():
        reasons.append("That is your own address: you are the signatory already.")
    return reasons


# Mailboxes that anybody may have say nothing about where somebody works.
ANYBODYS = {"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "aol.com"}


def reasons_of_the_district(*, email: str, ours: Collection[str], contact: str) -> list[str]:
    """Both parties' signatures must not come from one house. `ours`: addresses of its people;
    `contact`: the district's own address for notices."""
    typed, own = email.strip().casefold(), contact.casefold().rpartition("@")[2]
    domain = typed.rpartition("@")[2]
    same = bool(own) and own not in ANYBODYS and domain == own
    if not same and typed not in {address.casefold() for address in ours}:
        return []
    return ["That address belongs to the school district: give one of your own company."]


def reasons_against_signer(
    *, name: str, authorized: bool, board_first: bool, board_asked: bool
) -> list[str]:
    """What the authority table says against a signatory. `board_asked`: it acts, or has acted."""
    reasons = []
    if not authorized:
        reasons.append(f"{name} has no authority to sign this agreement: see the authority table.")
    if board_first and not board_asked:
        reasons.append(
            "The authority table asks the board to act before anybody signs: "
            "say so in the terms, then record its action."
        )
    return reasons


def stage(state: str, *, signer: bool, vendor: str, district: str) -> str:
    """What the vendor's page is about. `vendor`, `district`: status of the turns, "" for none."""
    if state in NOTHING_TO_SHOW:
        return "closed"
    if state == LEGAL_REVIEW:
        return "changes"
    if state == AWAITING_BOARD:
        return "board"
    if state not in (WITH_VENDOR, OUT_FOR_SIGNATURE):
        return "done" if state in EXECUTED else "ended"
    if state == WITH_VENDOR:
        return "read" if signer else "other"
    return _signing_stage(signer, vendor, district)


def district_stage(state: str, *, turn: str, next_is_mine: bool) -> str:
    """What the signatory's page is about: sign, sealing, waiting (for the vendor, or for somebody
    else's pen), done or elsewhere. `turn`: status of one's own turn, "" without one."""
    if state not in BEFORE_SIGNATURE:
        return "done"
    if state != OUT_FOR_SIGNATURE:
        return "elsewhere"
    if turn and turn != "open":
        return "sealing"
    return "sign" if next_is_mine else "waiting"


def _signing_stage(signer: bool, vendor: str, district: str) -> str:
    if not vendor:
        return "soon"
    if vendor == "open":
        return "sign" if signer else "other"
    if vendor == "signed" or district in ("signed", "sealed"):
        return "sealing"
    return "district"
