"""Who hears of an agreement."""

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from contracts.agreements.queries import is_signatory
from vetting.catalog.models import Contact
from vetting.people.audiences import in_role
from vetting.people.models import Membership
from vetting.people.queries import recipient_of, recipients_of, with_stand_ins
from vetting.requests.models import ToolRequest
from workflows import providers
from workflows.actors import Role, leads_of
from workflows.desk.queries import open_tasks_of
from workflows.ledger.models import Entry
from workflows.lifecycles.agreement import AGREEMENT, DRAFTING
from workflows.lifecycles.request import REQUEST
from workflows.providers import Recipient, audience

audience(AGREEMENT, "legal")(in_role(Role.LEGAL))
audience(AGREEMENT, "privacy")(in_role(Role.PRIVACY, Role.PRIVACY_LEAD))
audience(AGREEMENT, "privacy_lead")(in_role(Role.PRIVACY_LEAD))
audience(AGREEMENT, "owner_lead")(in_role(Role.PRIVACY_LEAD))
audience(AGREEMENT, "board_clerk")(in_role(Role.BOARD_CLERK))
audience(AGREEMENT, "superintendent")(in_role(Role.SUPERINTENDENT))
audience(AGREEMENT, "administrators")(in_role(Role.ADMIN))
audience(AGREEMENT, "reviewers")(in_role(Role.LEGAL, Role.PRIVACY, Role.PRIVACY_LEAD))


@audience(AGREEMENT, "owner")
def owner(agreement: Agreement) -> list[Recipient]:
    """Whoever looks after the contract; the privacy team until somebody is named."""
    named = with_stand_ins(agreement.owner)
    return recipients_of(named) if named else providers.recipients(agreement, "privacy")


@audience(REQUEST, "those_who_prepare")
def those_who_prepare(request: ToolRequest) -> list[Recipient]:
    """The privacy team, where the agreement of a request is still to be prepared: it may have been
    sent long before the review ended. One that is not drafted yet is about to be."""
    served = queries.agreement_of(request)
    waits = served is None or served.state == DRAFTING
    return providers.recipients(request, "privacy") if waits else []


@audience(AGREEMENT, "vendor")
def vendor(agreement: Agreement) -> list[Recipient]:
    """The signatory, or every active contact until one is named."""
    if agreement.vendor_signer:
        return [_contact(agreement.vendor_signer)]
    return [_contact(contact) for contact in agreement.vendor.contacts.filter(active=True)]


def _contact(contact: Contact) -> Recipient:
    link = {"kind": "agreement", "contact": contact.pk}
    return Recipient(contact.email, contact.name, link)


@audience(AGREEMENT, "next_signer")
def next_signer(agreement: Agreement) -> list[Recipient]:
    """The party whose turn it is to sign."""
    turn = next(iter(agreement.open_turns()), None)
    if turn and turn.contact:
        return [_contact(turn.contact)]
    return district_signer(turn.membership, agreement) if turn and turn.membership else []


def district_signer(person: Membership, agreement: Agreement) -> list[Recipient]:
    """Counsel instead, where the one who is named cannot sign any more: they name another."""
    if is_signatory(person):
        return [recipient_of(person)]
    return providers.recipients(agreement, "legal")


@audience(AGREEMENT, "those_asked_to_sign")
def those_asked_to_sign(agreement: Agreement) -> list[Recipient]:
    """The vendor's signatory, and the district's once the vendor's signature was sealed: nobody
    else has been asked yet. A turn may be closed already when this is read."""
    last = agreement.versions.order_by("-number").first()
    turns = list(last.signature_requests.order_by("pk")) if last else []
    sealed = any(turn.slot == "vendor" and turn.sealed_id for turn in turns)
    vendors = {t.contact.pk: _contact(t.contact) for t in turns if t.contact}
    ours = {
        t.membership.pk: recipient_of(t.membership)
        for t in turns
        if t.membership and t.membership.active and sealed
    }
    return [*list(vendors.values())[-1:], *ours.values()]


@audience(AGREEMENT, "those_who_had_it")
def those_who_had_it(agreement: Agreement) -> list[Recipient]:
    """The vendor once a text was sent, and whoever was asked to sign: their links are shut now."""
    if not Entry.objects.filter(case_id=agreement.pk, name="send").exists():
        return []
    return [*vendor(agreement), *those_asked_to_sign(agreement)]


@audience(AGREEMENT, "holders")
def holders(agreement: Agreement) -> list[Recipient]:
    """Whose act is open: a reviewer who has spoken is not reminded of the other one's opinion."""
    tasks = open_tasks_of(agreement.case, agreement)
    open_roles = {role for task in tasks for role in task.roles}
    if open_roles:
        return in_role(*open_roles, *leads_of(frozenset(open_roles)))(agreement)
    if agreement.state in queries.NEEDS_SIGNATORY and queries.lacks_signatory(agreement):
        return providers.recipients(agreement, "legal")
    turn = AGREEMENT.turn.get(agreement.state)
    return providers.recipients(agreement, turn) if turn else []
