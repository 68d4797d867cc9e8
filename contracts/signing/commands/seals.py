"""The seal behind a signature: promised with it, kept when it is made, tried again on request."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements import commands as agreements
from contracts.agreements.models import Agreement, AgreementVersion
from contracts.signing import queries
from contracts.signing.commands.turns import BY, MAY_ASK_AGAIN, call
from contracts.signing.models import SignatureRequest
from vetting.vault.models import StoredFile
from workflows import engine
from workflows.actors import Actor
from workflows.engine import Refused
from workflows.lifecycles.agreement import OUT_FOR_SIGNATURE
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message


def promise_seal(row: SignatureRequest, at: datetime | None) -> None:
    message = outbox.message(
        channel=Message.JOB,
        topic="seal_signature",
        case=row.agreement.case,
        payload={"request": row.pk, "as_of": at.isoformat() if at else None},
        dedupe_key=f"seal:{row.pk}",
    )
    outbox.post([message])


def keep_seal(turn: SignatureRequest, sealed: StoredFile, *, as_of: datetime | None) -> None:
    """The third part of a signature: it is valid. The last one executes the agreement."""
    with transaction.atomic():
        agreement = engine.lock(turn.agreement)
        row = locked_turn(turn)
        if row.status != SignatureRequest.SIGNED or not _still_wanted(agreement, row):
            return  # sealed by an earlier run, or taken back while the seal was being made
        row.status, row.sealed, row.sealed_at = SignatureRequest.SEALED, sealed, timezone.now()
        row.save(update_fields=["status", "sealed", "sealed_at"])
        AgreementVersion.objects.filter(pk=row.version_id).update(sealed=sealed)
        facts = {"slot": row.slot, "file": sealed.sha256}
        engine.record(agreement, "signature_sealed", by=BY, facts=facts, at=as_of)
        following = queries.next_turn(agreement)
        if following:
            call(following, at=as_of)
        else:
            last = queries.last_signed_at(row.version)
            agreements.execute_agreement(agreement, signed_at=last, at=as_of)


def locked_turn(turn: SignatureRequest) -> SignatureRequest:
    """Its row, freshly read; call it under the agreement's lock."""
    return SignatureRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=turn.pk)


def _still_wanted(agreement: Agreement, row: SignatureRequest) -> bool:
    """The turns of a recalled text are closed by a reaction, which may come after this."""
    return agreement.state == OUT_FOR_SIGNATURE and agreement.current_id == row.version_id


def keep_certificate(version: AgreementVersion, certificate: StoredFile) -> None:
    AgreementVersion.objects.filter(pk=version.pk, certificate=None).update(certificate=certificate)


def retry_seal(agreement: Agreement, *, by: Actor) -> None:
    """Try every seal and certificate of this agreement that failed again, at once."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        if not locked.roles_of(by) & frozenset(MAY_ASK_AGAIN):
            raise Refused(["Trying a seal again is for the privacy team or legal."])
        stuck = list(queries.stuck_jobs(locked))
        if not stuck:
            raise Refused(["No seal of this agreement has failed."])
        engine.record(locked, "seal_retried", by=by, facts={"jobs": len(stuck)})
        for message in stuck:
            # A dead letter gets new attempts; one that waits for its turn goes ahead now.
            if not outbox.retry(message.pk):
                outbox.hasten(message.pk)
