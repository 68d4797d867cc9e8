"""Whose turn it is to sign: asking the parties in order, asking again, closing the turns."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from contracts.agreements import commands as agreements
from contracts.agreements.commands.leaving import tell_counsel
from contracts.agreements.models import Agreement
from contracts.agreements.queries import is_signatory, lacks_signatory, who_is_gone
from contracts.signing import queries, rules
from contracts.signing.models import SignatureRequest
from vetting.catalog.models import Contact
from workflows import engine
from workflows.actors import Actor, Role, system
from workflows.engine import Refused
from workflows.lifecycles.agreement import OUT_FOR_SIGNATURE, WITH_VENDOR
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.refusals import moment

BY = system("signing")
MAIL = "contracts/signing/mail"
MAY_ASK_AGAIN = (Role.LEGAL, Role.PRIVACY)
# What asks a signer to act; once the turn is closed it must not go out with a fresh link.
ASKING = ("text_offered", "please_sign_vendor", "please_sign_district", "new_link", "named_signer")


def open_signature_requests(agreement: Agreement, *, at: datetime | None = None) -> None:
    """Both parties' turns on the current version, the vendor's first; once per version."""
    with transaction.atomic():
        locked = engine.lock(agreement)
        version = locked.current
        if locked.state != OUT_FOR_SIGNATURE or version is None or queries.live(version).exists():
            return
        common = {"agreement": locked, "version": version, "opened_at": at or timezone.now()}
        first = SignatureRequest.objects.create(
            slot="vendor", position=1, contact=locked.vendor_signer, **common
        )
        SignatureRequest.objects.create(
            slot="district", position=2, membership=locked.district_signer, **common
        )
        facts = {"version": version.number, "sha256": version.sha256}
        engine.record(locked, queries.ASKED_FOR, by=BY, facts=facts, at=at)
        call(first, at=at)


def call(turn: SignatureRequest, *, times: int = 0, at: datetime | None = None) -> None:
    """Mail the party whose turn it is; the vendor's link is minted at sending.

    `at`: when they were asked, where a past is told: nobody signs before they are asked.
    """
    agreement, signer = turn.agreement, turn.signer
    if turn.membership and not is_signatory(turn.membership):
        tell_counsel(agreement, turn.membership)
        return
    link = {"kind": "agreement", "contact": turn.contact.pk} if turn.contact else None
    message = outbox.mail(
        case=agreement.case,
        folder=MAIL,
        name=f"please_sign_{turn.slot}",
        to=signer.email,
        context={"subject": agreement, "turn": turn, "name": signer.name},
        payload={"link": link} if link else None,
        dedupe_key=f"sign:{turn.pk}:{times}" if times else f"sign:{turn.pk}",
        now=at,
    )
    outbox.post([message])


def write_to(agreement: Agreement, contact: Contact, *, name: str, key: str) -> None:
    """A mail with a personal link to the address that is stored for this contact."""
    message = outbox.mail(
        case=agreement.case,
        folder=MAIL,
        name=name,
        to=contact.email,
        context={"subject": agreement, "name": contact.name},
        payload={"link": {"kind": "agreement", "contact": contact.pk}},
        dedupe_key=key,
    )
    outbox.post([message])


def call_again(agreement: Agreement, *, by: Actor) -> None:
    """Ask the party whose turn it is once more, at the address we have; the sender sees no link.

    Raises Refused: not your role, nobody's turn, or asked a moment ago.
    """
    now = timezone.now()
    with transaction.atomic():
        locked = engine.lock(agreement)
        turn = queries.next_turn(locked)
        asked = queries.asking_mails(locked, now - rules.BETWEEN_MAILS)
        if reasons := _against_asking(locked, turn, asked, by):
            raise Refused(reasons)
        slot = turn.slot if turn else "vendor"
        row = engine.record(locked, "asked_again", by=by, facts={"slot": slot})
        if turn:
            call(turn, times=row.version)
        elif row.vendor_signer:
            write_to(row, row.vendor_signer, name="new_link", key=f"again:{row.pk}:{row.version}")


def _against_asking(
    agreement: Agreement, turn: SignatureRequest | None, asked: list[Message], by: Actor
) -> list[str]:
    if not agreement.roles_of(by) & frozenset(MAY_ASK_AGAIN):
        return ["Asking again is for the privacy team or legal."]
    if turn is None and agreement.state != WITH_VENDOR:
        return [f"Nobody has to sign or answer now: this is “{agreement.shown_state}”."]
    if lacks_signatory(agreement):
        return [f"No mail goes out: {who_is_gone(agreement)}. Name another signatory first."]
    if asked:
        return [
            f"A mail was written at {moment(asked[0].created_at, agreement)}. "
            "Wait ten minutes before you send another."
        ]
    return []


def revoke_signature_requests(
    agreement: Agreement, *, seq: int, at: datetime, recorded_at: datetime | None = None
) -> None:
    """Nobody can sign a text that was taken back; what was signed stays as history.

    `seq`: the ledger's number of that move. Reactions may come late and out of order: a text that
    went out for signature after it, and the links made since, are not its business. By now that
    text may be signed by both, and in effect.
    """
    until = recorded_at or at
    with transaction.atomic():
        locked = engine.lock(agreement)
        asked = queries.versions_asked_for(locked, before=seq)
        rows = SignatureRequest.objects.filter(agreement=locked, version__number__in=asked)
        rows.exclude(status=SignatureRequest.REVOKED).update(status=SignatureRequest.REVOKED)
        agreements.revoke_links(locked, at=at, minted_until=until)
        outbox.withhold_mails_of(locked.case, topics=ASKING, until=until)
