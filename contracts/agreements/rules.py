"""Decisions about agreements on plain values; `today` is the district's own day."""

import calendar
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from vetting.catalog.rules import same_data
from workflows.lifecycles.request import (
    AWAITING_AGREEMENT,
    DECIDING,
    RETURNED,
    SCREENING,
    SUSPENDED,
    TRIAGE,
    USABLE,
    WITH_SCHOOL,
)

# Which roles must approve a document before it goes to the vendor. Two, side by side.
REVIEWING_ROLES = ("legal", "privacy")
SPOKEN_OF = {"legal": "legal", "privacy": "the privacy team"}
# What a reviewer can ask a colleague to read; a vendor's note may be longer.
LONGEST_COMMENT = 4000


NOBODY_SAID = (
    "Exhibit A: name the other companies that handle student data for the vendor, or say that it "
    "states there are none."
)
EMPTY_A = "Exhibit A is empty: say which services the agreement covers."
EMPTY_B = "Exhibit B is empty: the schedule of data names no data element."
EMPTY_F = "Exhibit F is empty: name the security framework the vendor works to."
NO_WORDS_F = "Exhibit F: write in the vendor's words what it does instead."

# A start further away was never meant.
LONG_AGO, FAR_AHEAD = timedelta(days=366), timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reviewer's word on some bytes, as the quorum counts it."""

    role: str
    verdict: str
    sha256: str


def end_of_term(start: date, months: int) -> date:
    """The last day of a term of whole months: 36 months from Jan 15 end on Jan 14."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def reasons_wrong_term(start: date | None, months: int, *, today: date) -> list[str]:
    """A slip of the year binds both parties for years, and nobody is asked about it again."""
    if start is None:
        return []
    said = f"{start:%b} {start.day}, {start.year}"
    if start < today - LONG_AGO:
        return [f"It cannot start on {said}, more than a year ago: look at the year."]
    if start > today + FAR_AHEAD:
        return [f"It cannot start on {said}, more than two years ahead: look at the year."]
    last = end_of_term(start, months)
    if last < today:
        return [
            f"Starting on {said}, its {months} months would be over since {last:%b} {last.day}, "
            f"{last.year}: nothing would be left to sign for."
        ]
    return []


def reasons_without_quorum(verdicts: Iterable[Verdict], sha256: str) -> list[str]:
    """Which reviewing roles have not approved exactly these bytes, and who wants changes."""
    verdicts = list(verdicts)
    approved = {v.role for v in verdicts if v.verdict == "approved" and v.sha256 == sha256}
    wanting = {v.role for v in verdicts if v.verdict == "changes"}
    missing = [
        f"The document still needs the approval of {SPOKEN_OF[role]}."
        for role in REVIEWING_ROLES
        if role not in approved
    ]
    return missing + [
        f"Somebody of {SPOKEN_OF[role]} asks for changes: take the document back, or settle it."
        for role in REVIEWING_ROLES
        if role in wanting
    ]


def signatory_is_gone(name: str, *, to_vendor: bool) -> str:
    """The vendor cannot name another one and need not know who left."""
    if to_vendor:
        return "The school district has to name another signatory first; you will get a mail."
    return f"{name} cannot sign for the district any more: name another signatory in the exhibits."


def nobody_to_sign(gone: str) -> str:
    """Of a text that names somebody who is `gone` ("Gwen Hart has left")."""
    return (
        f"{gone}: nobody could sign this text. Take the document back to change it, name another "
        "signatory in the exhibits, and write it anew."
    )


def reasons_not_settled(
    *,
    services: str,
    frameworks: Sequence[str],
    elements: int,
    settled: bool,
    no_framework: bool = False,
    security_words: str = "",
    unnamed: Iterable[str] = (),
    subprocessors_said: bool = True,
) -> list[str]:
    """What is missing in Exhibits A (services), B (data) and F (security)."""
    reasons = []
    if not services.strip():
        reasons.append(EMPTY_A)
    if not subprocessors_said:
        reasons.append(NOBODY_SAID)
    if not elements:
        reasons.append(EMPTY_B)
    reasons += [f"Exhibit B: name the other data that {tool} takes." for tool in unnamed]
    if no_framework and not security_words.strip():
        reasons.append(NO_WORDS_F)
    elif not frameworks and not no_framework:
        reasons.append(EMPTY_F)
    if not reasons and not settled:
        reasons.append("The privacy team has not confirmed Exhibits A, B and F yet.")
    return reasons


def reasons_frameworks_contradict(
    frameworks: Sequence[str], no_framework: bool, security_words: str
) -> list[str]:
    """One paper cannot mark a framework and say that none is followed."""
    reasons = []
    if frameworks and no_framework:
        reasons.append("Exhibit F: tick the frameworks, or say that none is followed; not both.")
    if len(security_words) > LONGEST_COMMENT:
        reasons.append(f"Exhibit F: write at most {LONGEST_COMMENT:,} characters.")
    return reasons


OTHER_COMPANIES = "Which other companies handle student data for the vendor?"


def companies_in(text: str) -> list[dict[str, str]]:
    """One a line, "name; what for; where": as the agreement keeps them."""
    found = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        name, service, place = [*(part.strip() for part in line.split(";", 2)), "", ""][:3]
        found.append({"name": name, "service": service, "place": place})
    return found


def companies_in_lines(companies: Iterable[dict[str, str]]) -> str:
    parts = ([one["name"], one["service"], one["place"]] for one in companies)
    return "\n".join("; ".join(filter(None, said)) for said in parts)


def reasons_companies_are_unclear(companies: Sequence[dict[str, str]], none: bool) -> list[str]:
    """One paper cannot name companies and say that there are none, nor name one for nothing."""
    reasons = []
    if companies and none:
        reasons.append("Exhibit A: name the other companies, or say there are none; not both.")
    reasons += [
        f"Exhibit A: say what “{one['name'] or one['service']}” does for the vendor: “Name; what "
        "for”, one company a line."
        for one in companies
        if not (one["name"] and one["service"])
    ]
    if len(companies_in_lines(companies)) > LONGEST_COMMENT:
        reasons.append(f"Exhibit A: write at most {LONGEST_COMMENT:,} characters.")
    return reasons


def security_in_words(no_framework: bool, security_words: str) -> str:
    """What Exhibit F prints below the frameworks; empty where one is followed."""
    if not no_framework:
        return ""
    return (
        "The Provider follows none of these frameworks. What it does instead, in its own words: "
        f"{security_words}"
    )


# Where a request stands before its privacy review is over, and where it has passed.
UNREVIEWED = frozenset({WITH_SCHOOL, TRIAGE, SCREENING})
REVIEWED = frozenset({AWAITING_AGREEMENT, DECIDING, SUSPENDED, *USABLE})


def waits_for_review(requests: Iterable[tuple[str, str]]) -> bool:
    """Whether a draft cannot be finished yet: of the requests it serves, given as (state, where a
    question left it), one is still being reviewed and none has passed."""
    standing = {left if state == RETURNED else state for state, left in requests}
    return bool(standing & UNREVIEWED) and not standing & REVIEWED


def reasons_wrong_last_day(
    last: date | None, *, signed: date | None, starts: date | None, today: date
) -> list[str]:
    """An early end lies behind us or is today, and not before the agreement bound anybody."""
    if last is None or last > today:
        return ["Give the last day of the agreement: today or a day before."]
    first = starts if starts and starts <= today else signed
    if first and last < first:
        return [
            f"The agreement cannot have ended before {first:%b} {first.day}, {first.year}: "
            f"that is the day it {'started' if first == starts else 'was signed'}."
        ]
    return []


# What the document prints and cannot do without, each with where it is filled in. Which of these is
# empty comes from contracts.library.rules.blank_paths; a test holds this table against its fields.
DISTRICT = "Settings, District"
EXHIBITS = "Exhibits, signers and terms"
NEEDED: dict[str, str] = {
    "district.name": f"Write the legal name of the district: {DISTRICT}.",
    "district.address": f"Write the postal address of the district: {DISTRICT}.",
    "district.contact_name": f"Say who receives the vendor's notices: {DISTRICT}.",
    "district.contact_email": f"Give the e-mail address for the vendor's notices: {DISTRICT}.",
    "district.contact_phone": f"Give the telephone for the vendor's notices: {DISTRICT}.",
    "district.signer.title": "Write the position of {district_signer}: Settings, People and roles.",
    "vendor.name": "Write the legal name of the vendor: Settings, Bring your present list.",
    "vendor.address": f"Write the postal address of {{vendor}}: {EXHIBITS}.",
    "vendor.contact_name": f"Name somebody at {{vendor}} who receives notices: {EXHIBITS}.",
    "vendor.contact_email": f"Give an e-mail address at {{vendor}} for notices: {EXHIBITS}.",
    "vendor.signer.title": f"Write the title of {{vendor_signer}}: {EXHIBITS}, under Signers.",
    "products[].name": f"Name the products: {EXHIBITS}.",
    "schedule[].purpose": f"Say what each ticked data element is for: {EXHIBITS}, Exhibit B.",
    "security.contact_name": f"Name somebody at {{vendor}} for security: {EXHIBITS}.",
    "security.contact_email": f"Give an e-mail address at {{vendor}} for security: {EXHIBITS}.",
    "terms.breach_notice_hours": f"Say within how many hours a breach is reported: {EXHIBITS}.",
    "terms.destruction_days": f"Say within how many calendar days data is destroyed: {EXHIBITS}.",
    "terms.audit_notice_days": "Say how many business days before an audit notice is given: "
    f"{EXHIBITS}.",
}


def reasons_not_complete(
    empty: Iterable[str], *, vendor: str, vendor_signer: str, district_signer: str
) -> list[str]:
    """One sentence for each field that is empty. A signatory's name is "" while none is named:
    what hangs on that person is not asked for yet."""
    unknown = set()
    if not vendor_signer:
        unknown |= {path for path in NEEDED if path.startswith(("vendor.c", "vendor.s", "secu"))}
    if not district_signer:
        unknown |= {"district.signer.title"}
    names = {"vendor": vendor, "vendor_signer": vendor_signer, "district_signer": district_signer}
    missing = set(empty) - unknown
    return [says.format(**names) for path, says in NEEDED.items() if path in missing]


LONGEST_TITLE = 200


def title_of(tool: str, vendor: str) -> str:
    """ "Reading Ladder by Ladder Labs"; of names too long for it each keeps at least its half."""
    room = LONGEST_TITLE - len(" by ")
    tool = _cut(tool, max(room // 2, room - len(vendor)))
    return f"{tool} by {_cut(vendor, room - len(tool))}"


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else f"{words[: room - 1].rstrip()}…"


def schedule_gaps(
    wanted: Iterable[tuple[str, str]], scheduled: Collection[tuple[str, str]] = ()
) -> list[str]:
    """Data elements that a request asks for and the schedule of data does not hold."""
    held = {(tool, same_data(element)) for tool, element in scheduled}
    asked = {(tool, same_data(element)): element for tool, element in sorted(wanted)}
    return [
        f"{tool}: “{element}” is requested but is not in the schedule of data."
        for (tool, key), element in asked.items()
        if (tool, key) not in held
    ]


def token_hash(token: str) -> str:
    """What is kept of a personal link: SHA-256, so a copy of the database opens no door."""
    return hashlib.sha256(token.encode()).hexdigest()


Tone = Literal["plain", "info", "success", "warning", "error"]
TONES: dict[str, Tone] = {
    **dict.fromkeys(("drafting", "legal_review", "awaiting_board"), "info"),
    **dict.fromkeys(("with_vendor", "out_for_signature"), "warning"),
    **dict.fromkeys(("signed", "in_force", "renewing"), "success"),
    **dict.fromkeys(("expired", "terminated", "disposing"), "error"),
}


def tone_of(state: str) -> Tone:
    return TONES.get(state, "plain")


def fingerprint(sha256: str) -> str:
    """The first characters of a SHA-256 in groups, as people compare them."""
    head = sha256[:16]
    return " ".join(head[i : i + 4] for i in range(0, len(head), 4))


@dataclass(frozen=True, slots=True)
class TermBar:
    """A term as a bar of 1000 units: where its notice window begins and where today is.

    `ended`: the last day of one that ended early; then nothing is left and no renewal comes.
    """

    start: date
    end: date
    window_from: date
    window_at: int
    today_at: int | None
    days_left: int
    ended: date | None = None


def term_bar(
    start: date | None, end: date | None, window: int, today: date, ended: date | None = None
) -> TermBar | None:
    """`window`: the days before the end in which the renewal is prepared."""
    if start is None or end is None or end <= start:
        return None
    whole = (end - start).days
    opens = max(start, end - timedelta(days=window))
    shown = min(today, ended) if ended else today
    inside = start <= shown <= end
    return TermBar(
        start=start,
        end=end,
        window_from=opens,
        window_at=1000 * (opens - start).days // whole,
        today_at=1000 * (shown - start).days // whole if inside else None,
        days_left=(end - today).days,
        ended=ended if ended and ended < end else None,
    )
