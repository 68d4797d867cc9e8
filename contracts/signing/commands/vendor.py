"""What the vendor's signatory does by personal link. Each checks link and person under the lock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contracts.agreements import commands as agreements
from contracts.agreements.models import Agreement, VendorLink
from contracts.agreements.rules import token_hash
from contracts.signing import queries, rules
from contracts.signing.commands.signing import Act, witness
from contracts.signing.commands.turns import ASKING, MAIL, call, write_to
from contracts.signing.models import SignatureRequest
from vetting.catalog.commands import add_contact
from vetting.catalog.models import Contact
from workflows import engine, providers
from workflows.actors import Actor
from workflows.engine import Refused
from workflows.lifecycles.agreement import AWAITING_BOARD, OUT_FOR_SIGNATURE, WITH_VENDOR
from workflows.outbox import commands as outbox

MAY_NAME_ANOTHER = (WITH_VENDOR, AWAITING_BOARD, OUT_FOR_SIGNATURE)


def note_visit(link: VendorLink, *, address: str, agent: str) -> None:
    """Evidence that the page was opened; compare-and-set keeps it to one row a minute."""
    now = timezone.now()
    quiet = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    with transaction.atomic():
        if not VendorLink.objects.filter(quiet, pk=link.pk).update(last_used_at=now):
            return
        turn = queries.turn_of_contact(link.agreement, link.contact)
        if turn and turn.status == SignatureRequest.OPEN:
            nothing = Act("", consented=False, read=False, sha256="", address=address, agent=agent)
            witness(turn, "opened", nothing, now)


def accept_offer(
    link: VendorLink, *, by: Actor, sha256: str, at: datetime | None = None
) -> Agreement:
    with transaction.atomic():
        return agreements.accept_text(_as_signer(link), by=by, sha256=sha256, at=at)


def ask_for_changes(
    link: VendorLink, *, by: Actor, note: str, at: datetime | None = None
) -> Agreement:
    with transaction.atomic():
        return agreements.ask_for_changes(_as_signer(link), by=by, note=note, at=at)


def decline(
    link: VendorLink, *, by: Actor, note: str, act: Act, at: datetime | None = None
) -> Agreement:
    """The vendor will not sign; where signing had begun, the refusal is part of its evidence."""
    with transaction.atomic():
        agreement = _as_signer(link)
        turn = queries.turn_of_contact(agreement, link.contact)
        moved = agreements.decline_to_sign(agreement, by=by, note=note, at=at)
        if turn:
            witness(turn, "declined", act, at or timezone.now())
        return moved


def name_signatory(
    link: VendorLink,
    *,
    by: Actor,
    name: str,
    title: str,
    email: str,
    at: datetime | None = None,
) -> Contact:
    """Somebody else at the vendor signs: a link goes to that address, and the old ones are closed.

    The text that was approved stays as it is; the signature and the certificate show who signed.
    """
    now = at or timezone.now()
    with transaction.atomic():
        agreement = _as_signer(link)
        turn = queries.turn_of_contact(agreement, link.contact)
        closed = _against_naming(agreement, turn)
        said = rules.reasons_not_to_name(
            name=name, title=title, email=email, present=link.contact.email
        )
        if reasons := closed or said + queries.reasons_of_the_district(agreement, email):
            raise Refused(reasons)
        contact = add_contact(
            vendor=agreement.vendor, name=name, title=title, email=email, signs=True, by=by
        )
        if not contact.active:
            raise Refused(["This person is known to have left your company. Name another one."])
        facts = {"slot": "vendor", "contact": contact.pk}
        agreement = engine.record(
            agreement, "signatory_changed", by=by, facts=facts, change=_signs(contact), at=at
        )
        agreements.revoke_links(agreement, at=timezone.now())
        outbox.withhold_mails_of(agreement.case, topics=ASKING, contact=link.contact_id)
        _hand_over(agreement, turn, contact, now)
        _tell_owner(agreement, contact)
    return contact


def _as_signer(link: VendorLink) -> Agreement:
    """The agreement, locked; raises Refused unless this link still belongs to its signatory."""
    agreement = engine.lock(link.agreement)
    live = VendorLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=timezone.now())
    if agreement.vendor_signer_id == link.contact_id and live.exists():
        return agreement
    signer = agreement.vendor_signer
    if signer and signer.pk != link.contact_id:
        raise Refused([f"{signer.name} signs for your company, so only they can do this."])
    raise Refused(["This link was closed meanwhile. Nothing of yours was changed."])


def _against_naming(agreement: Agreement, turn: SignatureRequest | None) -> list[str]:
    if agreement.state not in MAY_NAME_ANOTHER:
        return [f"Nobody has to sign now: this is “{agreement.shown_state}”."]
    if turn and turn.status != SignatureRequest.OPEN:
        return ["You have signed already, so nobody else can sign in your place."]
    return []


def _signs(contact: Contact) -> Callable[[Agreement], None]:
    def change(row: Agreement) -> None:
        row.vendor_signer = contact

    return change


def _hand_over(
    agreement: Agreement, turn: SignatureRequest | None, contact: Contact, now: datetime
) -> None:
    if turn is None:
        key = f"named:{agreement.pk}:{agreement.version}"
        write_to(agreement, contact, name="named_signer", key=key)
        return
    turn.status = SignatureRequest.REVOKED
    turn.save(update_fields=["status"])
    call(
        SignatureRequest.objects.create(
            agreement=agreement,
            version=turn.version,
            slot=turn.slot,
            position=turn.position,
            contact=contact,
            opened_at=now,
        )
    )


def _tell_owner(agreement: Agreement, contact: Contact) -> None:
    context = {"subject": agreement, "contact": contact}
    outbox.post(
        [
            outbox.mail(
                case=agreement.case,
                folder=MAIL,
                name="signer_changed",
                to=person.email,
                context=context | {"recipient": person},
                dedupe_key=f"signer-changed:{agreement.pk}:{agreement.version}:{person.email}",
            )
            for person in providers.recipients(agreement, "owner")
        ]
    )


def send_new_link(token: str) -> bool:
    """From a dead page: a new link, to the stored address only; True when one was promised.

    Whoever holds an old mail learns nothing from it: the page says the same in every case.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = VendorLink.objects.select_related("agreement__case__tenant", "contact")
        link = rows.filter(token_hash=token_hash(token), contact__active=True).first()
        if link is None or not _may_have_another(link, engine.lock(link.agreement), now):
            return False
        mails = queries.new_links(link, now - timedelta(hours=1))
        if mails >= rules.NEW_LINKS_AN_HOUR:
            return False
        key = f"new-link:{link.pk}:{queries.new_links(link)}"
        write_to(link.agreement, link.contact, name="new_link", key=key)
    return True


def _may_have_another(link: VendorLink, agreement: Agreement, now: datetime) -> bool:
    """The present signatory, or a link that only ran out; never one that was closed on purpose."""
    if agreement.state in rules.NOTHING_TO_SHOW:
        return False
    ran_out = link.revoked_at is None and link.expires_at <= now
    return ran_out or agreement.vendor_signer_id == link.contact_id
