"""The act of signing: consent, name and fingerprint, written under the agreement's lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from contracts.agreements import queries as agreements
from contracts.agreements.commands.telling import tell_of
from contracts.agreements.models import Agreement
from contracts.agreements.rules import LONGEST_COMMENT
from contracts.signing import queries, rules
from contracts.signing.commands.seals import locked_turn, promise_seal
from contracts.signing.models import Signature, SignatureEvent, SignatureRequest
from workflows import engine
from workflows.actors import Actor, Role
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.lifecycles.agreement import OUT_FOR_SIGNATURE
from workflows.refusals import moment

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Act:
    """What a signer did on the page, and from where (kept in SignatureEvent only)."""

    typed_name: str
    consented: bool
    read: bool
    sha256: str
    address: str = ""
    agent: str = ""


def sign_document(
    turn: SignatureRequest, *, by: Actor, act: Act, at: datetime | None = None
) -> Signature:
    """Write one party's signature over the offered bytes and promise its seal.

    Raises Refused: not your turn, already signed (by whom, when), no consent, other bytes, no
    authority for this kind, amount and term.
    """
    now = at or timezone.now()
    with transaction.atomic():
        agreement = engine.lock(turn.agreement)
        row = locked_turn(turn)
        if reasons := _against(row, agreement, by, act, now):
            raise Refused(reasons)
        authority = agreements.authority_of(agreement, now) if row.membership else None
        signature = Signature.objects.create(
            request=row,
            sha256=act.sha256,
            consented_at=now,
            signed_at=now,
            authority=f"authority:{authority.key}" if authority else "",
        )
        witness(row, "consented", act, now)
        witness(row, "signed", act, now)
        row.status = SignatureRequest.SIGNED
        row.save(update_fields=["status"])
        facts = {"slot": row.slot, "sha256": act.sha256}
        engine.record(agreement, "signature_given", by=by, facts=facts, at=at)
        promise_seal(row, at)
    return signature


def question_signing(
    turn: SignatureRequest, *, by: Actor, note: str, at: datetime | None = None
) -> None:
    """The district's signatory does not sign as it is, and says why: counsel and the privacy team
    get the words and may recall it. The turn stays open: signing later is still possible."""
    words = note.strip()
    with transaction.atomic():
        agreement = engine.lock(turn.agreement)
        row = locked_turn(turn)
        reasons = why_closed(row, agreement, by)
        reasons += [] if words else ["Say what stands against signing."]
        if len(words) > LONGEST_COMMENT:
            reasons.append(f"Write at most {LONGEST_COMMENT:,} characters.")
        reasons += _said_already(agreement, by, at or timezone.now())
        if reasons:
            raise Refused(reasons)
        moved = engine.record(agreement, "signing_questioned", by=by, note=words, at=at)
        tell_of(moved, "signing_questioned", to="reviewers", by=by, note=words)


def _said_already(agreement: Agreement, by: Actor, now: datetime) -> list[str]:
    """Once a day is enough for everybody: each time is a mail to every reviewer."""
    said = Entry.objects.filter(
        case_id=agreement.pk, name="signing_questioned", actor_ref=by.ref, at__gt=now - A_DAY
    )
    last = said.order_by("-seq").first()
    if last is None:
        return []
    return [
        f"You said so on {moment(last.at, agreement)}: counsel and the privacy team have your "
        "words. Write to them again a day later."
    ]


def witness(row: SignatureRequest, kind: str, act: Act, at: datetime) -> None:
    """One line of evidence, with the name typed and the connection it came from."""
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
    witness(turn, "opened", act, timezone.now())


def _against(
    row: SignatureRequest, agreement: Agreement, by: Actor, act: Act, now: datetime
) -> list[str]:
    if closed := why_closed(row, agreement, by):
        return closed
    reasons = rules.reasons_not_to_sign(
        consented=act.consented,
        read=act.read,
        typed=act.typed_name,
        known=row.signer.name,
        sha256=act.sha256,
        offered=row.version.sha256,
    )
    # A signature without authority would be given, sealed, and then refuse to execute.
    return reasons + (queries.reasons_without_authority(agreement, now) if row.membership else [])


def why_closed(row: SignatureRequest, agreement: Agreement, by: Actor) -> list[str]:
    """Why this turn cannot be signed at all by this person now, before anything is typed."""
    if row.status in (SignatureRequest.SIGNED, SignatureRequest.SEALED):
        who = row.signer.name
        return [f"{who} already signed this on {moment(row.signature.signed_at, agreement)}."]
    if agreement.state != OUT_FOR_SIGNATURE or row.version_id != agreement.current_id:
        return [f"This document is not out for signature: it is “{agreement.shown_state}”."]
    if row.status == SignatureRequest.REVOKED:
        return ["Somebody else was named to sign meanwhile, so this turn is closed."]
    if by.ref != row.signer.ref:
        return ["Only the person named as signatory can sign here."]
    if row.membership and not by.has(Role.SIGNATORY):
        return ["You are named to sign, but you no longer hold the role of signatory."]
    if queries.earlier(row).exists():
        return ["The other party signs first; you will get a mail when it is your turn."]
    return []
