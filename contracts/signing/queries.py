"""Reads of the signing room: turns, authority, what was mailed, and what is known of a file."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from django.db.models import Prefetch, Q, QuerySet

from contracts.agreements.models import Agreement, AgreementVersion, VendorLink
from contracts.agreements.queries import amount_is_unknown, deciding_bands
from contracts.agreements.rules import token_hash
from contracts.signing import rules
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from contracts.signing.verifying import Expected
from vetting.catalog.models import Contact
from vetting.people import rules as people
from vetting.people.models import Membership
from workflows.actors import Actor
from workflows.ledger.models import Entry
from workflows.outbox.models import Message
from workflows.prefetching import is_read

TOLD = Q(topic__startswith="please_sign") | Q(topic__in=("seal_signature", "make_certificate"))
ASKED_FOR = "signatures_requested"
TURN = ("contact", "membership__user", "version__pdf", "signature", "agreement__case__tenant")


def live(version: AgreementVersion) -> QuerySet[SignatureRequest]:
    return version.signature_requests.exclude(status=SignatureRequest.REVOKED)


def versions_asked_for(agreement: Agreement, *, before: int) -> list[int]:
    """The numbers of the texts that went out for signature before this row of the ledger."""
    rows = Entry.objects.filter(case_id=agreement.pk, name=ASKED_FOR, seq__lt=before)
    return [facts["version"] for facts in rows.values_list("facts", flat=True)]


def turns_of(agreement: Agreement) -> list[SignatureRequest]:
    """The parties' turns on the current version, in order."""
    if agreement.current is None:
        return []
    if is_read(agreement.case, "messages"):
        turns = (t for t in agreement.signature_requests.all() if _is_live(t, agreement))
        return sorted(turns, key=attrgetter("position"))
    return list(live(agreement.current).select_related(*TURN).order_by("position"))


def _is_live(turn: SignatureRequest, agreement: Agreement) -> bool:
    on_this_text = turn.version_id == agreement.current_id
    return on_this_text and turn.status != SignatureRequest.REVOKED


# With what the page of an agreement reads its signing.
PARTS = (
    Prefetch("signature_requests", SignatureRequest.objects.select_related(*TURN[:-1])),
    Prefetch("signature_requests__events", SignatureEvent.objects.filter(kind="opened")),
    Prefetch("case__messages", Message.objects.filter(TOLD).order_by("pk")),
    "links",
)


def next_turn(agreement: Agreement) -> SignatureRequest | None:
    """The party that has to sign now; None while a seal is being made."""
    return next_of(turns_of(agreement))


def next_of(turns: Iterable[SignatureRequest]) -> SignatureRequest | None:
    unsealed = [turn for turn in turns if turn.status != SignatureRequest.SEALED]
    return unsealed[0] if unsealed and unsealed[0].status == SignatureRequest.OPEN else None


def earlier(row: SignatureRequest) -> QuerySet[SignatureRequest]:
    """Turns before this one that are not sealed yet."""
    sooner = live(row.version).filter(position__lt=row.position)
    return sooner.exclude(status=SignatureRequest.SEALED)


def turn_of_contact(agreement: Agreement, contact: Contact) -> SignatureRequest | None:
    return next((t for t in turns_of(agreement) if t.contact_id == contact.pk), None)


def turn_of_person(agreement: Agreement, actor: Actor) -> SignatureRequest | None:
    return next((t for t in turns_of(agreement) if t.signer.ref == actor.ref), None)


def reasons_without_authority(agreement: Agreement, now: datetime) -> list[str]:
    """Empty where the signatory may sign, and the board acts first if the table asks for it."""
    signer = agreement.district_signer
    if signer is None:
        return ["Name the district's signatory."]
    if amount_is_unknown(agreement):
        return ["Write the amount (0 where it costs nothing): who may sign depends on it."]
    bands = deciding_bands(agreement, now)
    return rules.reasons_against_signer(
        name=signer.user.name,
        authorized=people.authority_of(bands, signer.pk) is not None,
        board_first=any(band.board_first for band in bands),
        board_asked=agreement.board_acts_first or agreement.board_action_on is not None,
    )


def last_signed_at(version: AgreementVersion) -> datetime:
    """The instant of the last party's signature; LookupError without any."""
    given = Signature.objects.filter(request__in=live(version)).order_by("-signed_at").first()
    if given is None:
        raise LookupError(f"Nobody signed {version}.")
    return given.signed_at


def signed_with_authority(agreement: Agreement) -> bool:
    """The district's signature over the current bytes names the authority it was given under."""
    if is_read(agreement.case, "messages"):
        ours = (turn for turn in turns_of(agreement) if turn.slot == "district")
        return any(turn.signature.authority for turn in ours if hasattr(turn, "signature"))
    given = Signature.objects.filter(
        request__version=agreement.current_id, request__slot="district"
    )
    return given.exclude(authority="").exclude(request__status=SignatureRequest.REVOKED).exists()


def asking_mails(agreement: Agreement, since: datetime) -> list[Message]:
    """Mails that asked somebody to read or sign since then, newest first."""
    rows = Message.objects.filter(case_id=agreement.pk, channel=Message.MAIL, created_at__gt=since)
    asked = Q(topic__startswith="please_sign") | Q(topic__in=("text_offered", "new_link"))
    return list(rows.filter(asked).order_by("-created_at", "-pk"))


def new_links(link: VendorLink, since: datetime | None = None) -> int:
    """How many links this contact asked for on a dead page."""
    rows = Message.objects.filter(
        case_id=link.agreement_id, topic="new_link", payload__link__contact=link.contact_id
    )
    return rows.filter(created_at__gt=since).count() if since else rows.count()


# What the holder of a link does by it.
DEEDS = ("accept_text", "counter", "refuse", "signature_given", "signatory_changed")


def link_of(token: str) -> VendorLink | None:
    """The link behind a token, live or closed; None for somebody who has left."""
    links = VendorLink.objects.filter(token_hash=token_hash(token), contact__active=True)
    with_all = links.select_related("agreement__case__tenant", "agreement__district", "contact")
    return with_all.first()


def last_deed(token: str) -> tuple[VendorLink, Entry] | None:
    """What the contact behind a link, live or closed, last did themselves in its agreement.

    None for an unknown token, for somebody who has left, and where they did nothing.
    """
    link = link_of(token)
    if link is None:
        return None
    rows = Entry.objects.filter(case_id=link.agreement_id, actor_ref=link.contact.ref)
    deed = rows.filter(name__in=DEEDS).order_by("-seq").first()
    return (link, deed) if deed else None


def reasons_of_the_district(agreement: Agreement, email: str) -> list[str]:
    """The district's own people do not sign for the vendor."""
    district = agreement.district
    named = Membership.objects.filter(district=district, user__email__iexact=email.strip())
    ours = list(named.values_list("user__email", flat=True))
    return rules.reasons_of_the_district(email=email, ours=ours, contact=district.contact_email)


def taken_back_since(link: VendorLink) -> Entry | None:
    """How the district took back the text that a closed link showed, if that is why it is closed.

    None while the link lives, and where the contact themselves did something later.
    """
    if link.revoked_at is None:
        return None
    moves = Entry.objects.filter(case_id=link.agreement_id, kind=Entry.MOVE)
    taken = moves.filter(name__in=("recall", "revise"), at__gte=link.minted_at)
    first = taken.order_by("seq").first()
    if first is None:
        return None
    later = Entry.objects.filter(case_id=link.agreement_id, actor_ref=link.contact.ref)
    return None if later.filter(name__in=DEEDS, seq__gt=first.seq).exists() else first


JOBS = ("seal_signature", "make_certificate")


def stuck_jobs(agreement: Agreement) -> QuerySet[Message]:
    """Seals and certificates that failed at least once and are not done."""
    rows = Message.objects.filter(case_id=agreement.pk, topic__in=JOBS)
    return rows.filter(status__in=(Message.RETRY, Message.FAILED)).order_by("pk")


def stuck_of(agreement: Agreement) -> list[Message]:
    """The same as a list; they may have been read with the agreement."""
    if not is_read(agreement.case, "messages"):
        return list(stuck_jobs(agreement))
    jobs = [m for m in agreement.case.messages.all() if m.topic in JOBS]
    return [m for m in jobs if m.status in (Message.RETRY, Message.FAILED)]


@dataclass(frozen=True, slots=True)
class Progress:
    """One party's way through signing. `state`: asked, opened, sealing, sealed, failed, later."""

    slot: str
    party: str
    signer: str
    address: str
    state: str
    asked_at: datetime | None = None
    mailed_at: datetime | None = None
    mail_fault: bool = False
    opened_at: datetime | None = None
    signed_at: datetime | None = None
    sealed_at: datetime | None = None
    fault: str = ""


def progress_of(agreement: Agreement) -> list[Progress]:
    """Both parties in order: who was asked, who opened, signed and is sealed. Five queries."""
    turns = turns_of(agreement)
    stuck = {m.payload.get("request"): m for m in stuck_of(agreement)}
    opened = dict(_first_opened(turns))
    mails = _mails_of(agreement)
    current = next_of(turns)
    return [_progress(agreement, turn, current, stuck, opened, mails) for turn in turns]


def _first_opened(turns: Iterable[SignatureRequest]) -> Iterable[tuple[int, datetime]]:
    turns = list(turns)
    if all(is_read(turn, "events") for turn in turns):
        read = [event for turn in turns for event in turn.events.all()]
        return [(e.request_id, e.at) for e in sorted(read, key=attrgetter("at"), reverse=True)]
    rows = SignatureEvent.objects.filter(request__in=turns, kind="opened")
    return rows.order_by("-at").values_list("request_id", "at")


def _mails_of(agreement: Agreement) -> dict[str, Message]:
    asking = Message.objects.filter(case_id=agreement.pk, topic__startswith="please_sign")
    known = is_read(agreement.case, "messages")
    rows = agreement.case.messages.all() if known else asking.order_by("pk")
    mails = (message for message in rows if message.topic.startswith("please_sign"))
    return {message.topic.removeprefix("please_sign_"): message for message in mails}


def _progress(
    agreement: Agreement,
    turn: SignatureRequest,
    current: SignatureRequest | None,
    stuck: dict[int | None, Message],
    opened: dict[int, datetime],
    mails: dict[str, Message],
) -> Progress:
    party = agreement.vendor.name if turn.contact else agreement.district.name
    mail, fault = mails.get(turn.slot), stuck.get(turn.pk)
    signature = getattr(turn, "signature", None)
    return Progress(
        slot=turn.slot,
        party=party,
        signer=turn.signer.name,
        address=rules.masked(turn.signer.email),
        state=_state(turn, current, fault, turn.pk in opened),
        asked_at=mail.created_at if mail else None,
        mailed_at=mail.done_at if mail else None,
        mail_fault=bool(mail and mail.status in (Message.FAILED, Message.RETRY)),
        opened_at=opened.get(turn.pk),
        signed_at=signature.signed_at if signature else None,
        sealed_at=turn.sealed_at,
        fault=fault.last_error.partition(": ")[2] if fault else "",
    )


def _state(
    turn: SignatureRequest, current: SignatureRequest | None, fault: Message | None, seen: bool
) -> str:
    if turn.status == SignatureRequest.SEALED:
        return "sealed"
    if turn.status == SignatureRequest.SIGNED:
        return "failed" if fault else "sealing"
    if current is None or current.pk != turn.pk:
        return "later"
    return "opened" if seen else "asked"


def expected_for(code: str) -> Expected | None:
    """The sealed file and the typed names of an agreement; None where no agreement has it."""
    agreement = Agreement.objects.filter(case__code=code).first()
    if agreement is None:
        return None
    version = (
        AgreementVersion.objects.filter(agreement=agreement, sealed__isnull=False, voided_at=None)
        .select_related("sealed")
        .order_by("-number")
        .first()
    )
    if version is None or version.sealed is None:
        return Expected(set())
    return Expected({version.sealed.sha256}, typed_names(version))


def typed_names(version: AgreementVersion) -> tuple[tuple[str, str], ...]:
    """(slot, name) of each sealed signature, in the order of signing."""
    signed = SignatureEvent.objects.filter(
        request__version=version, request__status=SignatureRequest.SEALED, kind="signed"
    )
    return tuple(
        signed.order_by("request__position", "at").values_list("request__slot", "typed_name")
    )


def given_at(version: AgreementVersion) -> dict[str, datetime]:
    """When each party signed, by slot; the seal follows a moment later, or days if it failed."""
    given = Signature.objects.filter(request__version=version)
    live = given.exclude(request__status=SignatureRequest.REVOKED)
    return dict(live.values_list("request__slot", "signed_at"))


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What is kept here under a file's hash. `role` is a key of the page's words, "" if unknown."""

    role: str
    agreement: Agreement | None
    expected: Expected
    signed: Mapping[str, datetime] = field(default_factory=dict)


def known_file(data: bytes) -> KnownFile:
    """Is this a file we keep: the signed agreement, a half-signed copy, a certificate, a draft?"""
    sha256 = hashlib.sha256(data).hexdigest()
    versions = AgreementVersion.objects.select_related("agreement__case", "agreement__district")
    for role in ("sealed", "certificate", "pdf"):
        version = versions.filter(**{f"{role}__sha256": sha256}).first()
        if version and (role != "sealed" or version.agreement.executed_at):
            names = typed_names(version) if role == "sealed" else ()
            signed = given_at(version) if role == "sealed" else {}
            return KnownFile(role, version.agreement, Expected({sha256}, names), signed)
    turns = SignatureRequest.objects.select_related("agreement__case", "agreement__district")
    half = turns.filter(sealed__sha256=sha256).first()
    if half:
        return KnownFile("half", half.agreement, Expected({sha256}))
    return KnownFile("", None, Expected(set()))


def seal_failed(agreement: Agreement) -> bool:
    """A signature was given, and its seal could not be made yet."""
    return stuck_jobs(agreement).filter(topic="seal_signature").exists()


def certificate_fault(agreement: Agreement) -> str:
    """Why the certificate is still missing, once an attempt to make it has failed."""
    failed = (one for one in stuck_of(agreement) if one.topic == "make_certificate")
    message = next(failed, None)
    return message.last_error.partition(": ")[2] if message else ""


def offer_in_words(agreement: Agreement) -> str:
    """Before signing begins: whether the vendor's signatory has come to read."""
    signer = agreement.vendor_signer
    if signer is None:
        return "Nobody is named to sign for the vendor."
    who = f"{signer.name} ({rules.masked(signer.email)})"
    links = [link for link in agreement.links.all() if link.contact_id == signer.pk]
    if any(link.last_used_at for link in links):
        return f"{who} has opened the page and has not answered yet."
    return f"{who} was sent a link." if links else f"A link to {who} is on its way."
