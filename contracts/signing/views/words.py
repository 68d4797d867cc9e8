"""What the pages of signing say: files, dates and history in a signer's words."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from contracts.agreements.models import Agreement, VendorLink
from contracts.agreements.queries import names_in_schedule
from vetting.pages import DueDate, Entry
from vetting.templatetags.moments import instant
from vetting.templatetags.wording import period
from vetting.vault.models import StoredFile
from workflows.clock.queries import away_in_words, open_deadlines
from workflows.ledger import models as ledger
from workflows.ledger.queries import Happening, history_of
from workflows.lifecycles.agreement import ABANDONED, BEFORE_SIGNATURE, DRAFTING, LEGAL_REVIEW

FILES = {
    "agreement.pdf": "The agreement as text for reading (PDF)",
    "agreement.docx": "The same for Word",
    "signed.pdf": "The signed and sealed agreement (PDF)",
    "certificate.pdf": "The certificate of signature (PDF)",
}
SAID = {
    "accepted": "You accepted the text. The next step is the signature.",
    "changes": "Your note is with the district's counsel. You will hear from them by mail.",
    "declined": "You declined. The district is told, with your reason.",
    "signed": "You signed. The seal is being made.",
    "named": "A link is on its way to the person you named. Those you had are closed.",
}
# The same acts, for whoever comes back by a link that is closed.
DONE = {
    "accept_text": "You accepted the text of",
    "counter": "You asked for changes to",
    "refuse": "You declined",
    "signature_given": "You signed",
    "signatory_changed": "You named somebody else to sign",
}


def deed_in_words(link: VendorLink, deed: ledger.Entry) -> str:
    """ "You declined “…”, with Juniper School District, on Sat, Nov 21, 2026, 4:05 PM MST." """
    agreement = link.agreement
    with timezone.override(ZoneInfo(agreement.case.tenant.zone)):
        when = instant(deed.at)
    return f"{DONE[deed.name]} “{agreement.title}”, with {agreement.district.name}, on {when}."


def taken_back_in_words(link: VendorLink, taken: ledger.Entry) -> str:
    """ "Juniper School District took “…” back to change it on Sat, Nov 21, 2026, 4:05 PM MST." """
    agreement = link.agreement
    with timezone.override(ZoneInfo(agreement.case.tenant.zone)):
        when = instant(taken.at)
    return f"{agreement.district.name} took “{agreement.title}” back to change it on {when}."


# Moves and commands that concern the vendor; what the district does among itself is not shown.
SHOWN = frozenset(
    {
        *("send", "counter", "accept_text", "board_acted", "recall", "revise", "refuse"),
        *("execute", "take_effect", "expire", "terminate", "signatory_changed"),
        *("signatures_requested", "signature_given", "signature_sealed"),
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    phone: str = ""


def offered_files(agreement: Agreement) -> dict[str, StoredFile]:
    """What a vendor's link opens: the text from the day it was offered, the seals once executed."""
    version = agreement.current
    if version is None or agreement.state in (DRAFTING, LEGAL_REVIEW, ABANDONED):
        return {}
    files = {"agreement.pdf": version.pdf, "agreement.docx": version.document}
    if agreement.state in BEFORE_SIGNATURE or version.sealed is None:
        return files
    signed = {"signed.pdf": version.sealed}
    if version.certificate:
        signed["certificate.pdf"] = version.certificate
    return signed | files


def district_contact(agreement: Agreement) -> Person:
    district = agreement.district
    return Person(
        district.contact_name or district.name, district.contact_email, district.contact_phone
    )


def tool_names(agreement: Agreement) -> list[str]:
    return [product.tool.name for product in agreement.products.select_related("tool")]


def element_names(agreement: Agreement) -> list[str]:
    return names_in_schedule(agreement)


def due_of(agreement: Agreement) -> DueDate | None:
    """The vendor's own clock in this state, if one runs."""
    now = timezone.now()
    deadline = open_deadlines(agreement).filter(paused_at=None).first()
    if deadline is None:
        return None
    away = away_in_words(deadline, agreement.case.tenant, now)
    late = deadline.due_at < now
    return DueDate("Please answer by", deadline.due_at, away, tone="error" if late else "plain")


def history_for_vendor(agreement: Agreement) -> list[Entry]:
    """From the day the text first reached them; newest first, as every timeline."""
    lines = list(history_of(agreement))
    reached = [at for at, line in enumerate(lines) if line.name == "send"]
    known = lines[: reached[-1] + 1] if reached else []
    return [_told(agreement, line) for line in known if line.name in SHOWN]


def last_return(agreement: Agreement) -> Happening | None:
    """Who brought a text that was offered back to the district, and when: a refusal, a recall."""
    lines = history_of(agreement)
    return next((line for line in lines if line.name in ("refuse", "recall", "revise")), None)


def _told(agreement: Agreement, line: Happening) -> Entry:
    """The district speaks as one; only what the vendor's own people wrote is shown."""
    told = line.sentence.removeprefix(line.by).strip()
    ours = line.by_ref.startswith("contact:")
    who = agreement.district.name if line.by_ref.startswith("membership:") else line.by
    if line.name == "signature_given":
        who = line.by
    note = line.note if ours else ""
    return Entry(period(f"{who} {told}"), line.at, note=note, tone="success" if ours else "plain")
