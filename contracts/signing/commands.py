"""The verbs of signing. A signature is one row under the agreement's lock; sealing follows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contracts.agreements import commands as agreements
from contracts.agreements.models import Agreement, AgreementVersion
from contracts.signing import rules
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from vetting.people.queries import recipient_of
from vetting.vault.models import StoredFile
from workflows import engine
from workflows.actors import Actor, resolve_names, system
from workflows.engine import Refused
from workflows.lifecycles.agreement import OUT_FOR_SIGNATURE
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message

BY = system("signing")
MAIL = "contracts/signing/mail"


@dataclass(frozen=True, slots=True)
class Act:
    """What a signer did on the page, and from where (kept in SignatureEvent only)."""

    typed_name: str
    consented: bool
    read: bool
    sha256: str
    address: str = ""
    agent: str = ""


def open_signature_requests(agreement: Agreement, *, at: datetime | None = None) -> None:
    """Both parties' turns on the current version, the vendor's first; once per version."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        version = locked.current
        if locked.state != OUT_FOR_SIGNATURE or version is None or _live(version).exists():
            return
        common = {"agreement": locked, "version": version, "opened_at": at or timezone.now()}
        first = SignatureRequest.objects.create(
            slot="vendor", position=1, contact=locked.vendor_signer, **common
        )
        SignatureRequest.objects.create(
            slot="district", position=2, membership=locked.district_signer, **common
        )
        facts = {"version": version.number, "sha256": version.sha256}
        engine.record(locked, "signatures_requested", by=BY, facts=facts, at=at)
        _call(first)


def _live(version: AgreementVersion) -> QuerySet[SignatureRequest]:
    return version.signature_requests.exclude(status=SignatureRequest.REVOKED)


def _call(turn: SignatureRequest) -> None:
    """Mail the party whose turn it is; the vendor's link is minted at sending."""
    agreement = turn.agreement
    contact = turn.contact
    person = recipient_of(turn.membership) if turn.membership else None
    to, name = (contact.email, contact.name) if contact else (person.email, person.name)
    link = {"kind": "agreement", "contact": contact.pk} if contact else None
    outbox.post(
        [
            outbox.mail(
                case=agreement.case,
                folder=MAIL,
                name=f"please_sign_{turn.slot}",
                to=to,
                context={"subject": agreement, "turn": turn, "name": name},
                payload={"link": link} if link else None,
                dedupe_key=f"sign:{turn.pk}",
            )
        ]
    )


def sign_document(
    turn: SignatureRequest, *, by: Actor, act: Act, at: datetime | None = None
) -> Signature:
    """Write one party's signature over the offered bytes and promise its seal.

    Raises Refused: not your turn, already signed (by whom, when), no consent, other bytes.
    """
    now = at or timezone.now()
    with transaction.atomic():
        agreement = engine.lock(turn.agreement)
        row = SignatureRequest.objects.select_for_update(of=("self",)).get(pk=turn.pk)
        if reasons := _against(row, agreement, by, act):
            raise Refused(reasons)
        signature = Signature.objects.create(
            request=row, sha256=act.sha256, consented_at=now, signed_at=now
        )
        _witness(row, "consented", act, now)
        _witness(row, "signed", act, now)
        row.status = SignatureRequest.SIGNED
        row.save(update_fields=["status"])
        facts = {"slot": row.slot, "sha256": act.sha256}
        engine.record(agreement, "signature_given", by=by, facts=facts, at=at)
        _promise_seal(row, at)
    return signature


def _witness(row: SignatureRequest, kind: str, act: Act, at: datetime) -> None:
    SignatureEvent.objects.create(
        request=row,
        kind=kind,
        at=at,
        typed_name=act.typed_name.strip()[:160],
        address=act.address[:64],
        agent=act.agent[:300],
    )


def note_opened(turn: SignatureRequest, *, address: str, agent: str) -> None:
    """The signer opened the document to read it."""
    act = Act("", consented=False, read=False, sha256="", address=address, agent=agent)
    _witness(turn, "opened", act, timezone.now())


def _against(row: SignatureRequest, agreement: Agreement, by: Actor, act: Act) -> list[str]:
    if row.status in (SignatureRequest.SIGNED, SignatureRequest.SEALED):
        signed_at = row.signature.signed_at
        who = resolve_names({signer_ref(row)})[signer_ref(row)]
        return [f"{who} already signed this on {signed_at:%b} {signed_at.day}, {signed_at:%Y}."]
    if agreement.state != OUT_FOR_SIGNATURE or row.version_id != agreement.current_id:
        return [f"This document is not out for signature: it is “{agreement.shown_state}”."]
    if by.ref != signer_ref(row):
        return ["Only the person named as signatory can sign here."]
    if _earlier(row).exists():
        return ["The other party signs first; you will get a mail when it is your turn."]
    return rules.reasons_not_to_sign(
        consented=act.consented,
        read=act.read,
        typed=act.typed_name,
        known=signer_name(row),
        sha256=act.sha256,
        offered=row.version.sha256,
    )


def _earlier(row: SignatureRequest) -> QuerySet[SignatureRequest]:
    sooner = _live(row.version).filter(position__lt=row.position)
    return sooner.exclude(status=SignatureRequest.SEALED)


def signer_ref(row: SignatureRequest) -> str:
    return row.contact.ref if row.contact else row.membership.ref


def signer_name(row: SignatureRequest) -> str:
    return row.contact.name if row.contact else row.membership.user.name


def _promise_seal(row: SignatureRequest, at: datetime | None) -> None:
    outbox.post(
        [
            outbox.message(
                channel=Message.JOB,
                topic="seal_signature",
                case=row.agreement.case,
                payload={"request": row.pk, "as_of": at.isoformat() if at else None},
                dedupe_key=f"seal:{row.pk}",
            )
        ]
    )


def keep_seal(turn: SignatureRequest, sealed: StoredFile, *, as_of: datetime | None) -> None:
    """The third part of a signature: it is valid. The last one executes the agreement."""
    with transaction.atomic():
        agreement = engine.lock(turn.agreement)
        row = SignatureRequest.objects.select_for_update(of=("self",)).get(pk=turn.pk)
        if row.status != SignatureRequest.SIGNED:
            return  # sealed by an earlier run, or recalled while the seal was being made
        row.status, row.sealed, row.sealed_at = SignatureRequest.SEALED, sealed, timezone.now()
        row.save(update_fields=["status", "sealed", "sealed_at"])
        AgreementVersion.objects.filter(pk=row.version_id).update(sealed=sealed)
        facts = {"slot": row.slot, "file": sealed.sha256}
        engine.record(agreement, "signature_sealed", by=BY, facts=facts, at=as_of)
        following = _live(row.version).filter(status=SignatureRequest.OPEN).first()
        if following:
            _call(following)
        else:
            agreements.execute_agreement(agreement, at=as_of)


def revoke_signature_requests(agreement: Agreement, *, at: datetime) -> None:
    """Nobody can sign a text that was taken back; what was signed stays as history."""
    rows = SignatureRequest.objects.filter(agreement=agreement)
    rows.exclude(status=SignatureRequest.REVOKED).update(status=SignatureRequest.REVOKED)
    agreements.revoke_links(agreement, at=at)


def keep_certificate(version: AgreementVersion, certificate: StoredFile) -> None:
    AgreementVersion.objects.filter(pk=version.pk, certificate=None).update(certificate=certificate)
