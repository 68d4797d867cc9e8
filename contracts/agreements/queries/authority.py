"""What the district's authority table says of one agreement."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from contracts.agreements.models import Agreement, lacking_signatory
from vetting.people import queries as people
from vetting.people import rules as people_rules
from vetting.people.models import Membership, SigningAuthority
from vetting.people.rules import Band
from workflows.actors import Actor, Role
from workflows.lifecycles.agreement import (
    AWAITING_BOARD,
    BEFORE_SIGNATURE,
    OUT_FOR_SIGNATURE,
    WITH_VENDOR,
)
from workflows.prefetching import is_read

# Out of our hands, and good for nothing while nobody could sign it for the district.
NEEDS_SIGNATORY = (WITH_VENDOR, AWAITING_BOARD, OUT_FOR_SIGNATURE)
NEW_SIGNATORY = "Name another signatory: {subject}"


def deciding_bands(agreement: Agreement, now: datetime) -> list[Band]:
    """The lines of the authority table that decide about this kind, amount and term today."""
    today = agreement.case.tenant.day_of(now)
    return people_rules.deciding_bands(
        people.bands_among(_lines(agreement), today),
        kind=agreement.kind,
        amount=agreement.amount or Decimal(0),
        term_months=agreement.term_months,
    )


def _lines(agreement: Agreement) -> Iterable[SigningAuthority]:
    """The district's whole table: a few lines, which may have been read with the agreement."""
    known = "district" in agreement._state.fields_cache
    if known and is_read(agreement.district, "authorities"):
        return agreement.district.authorities.all()
    return SigningAuthority.objects.filter(district=agreement.district_id)


def authority_of(agreement: Agreement, now: datetime) -> Band | None:
    """The line that lets the district's signatory sign."""
    return people_rules.authority_of(
        deciding_bands(agreement, now), agreement.district_signer_id or 0
    )


def is_signatory(person: Membership) -> bool:
    """Still here, and still in the role: whoever is not can open no page to sign on."""
    return person.active and person.grants.filter(role=Role.SIGNATORY).exists()


def lacks_signatory(agreement: Agreement) -> bool:
    """Whoever it names to sign for the district cannot, and has not: nothing goes on before
    another one is named. A list reads it with its rows."""
    if agreement.state not in BEFORE_SIGNATURE or agreement.district_signer_id is None:
        return False
    known = vars(agreement).get("lacking")
    if known is not None:
        return bool(known)
    return Agreement.objects.filter(lacking_signatory(), pk=agreement.pk).exists()


def who_is_gone(agreement: Agreement) -> str:
    """ "Gwen Hart has left": of an agreement that lacks its signatory."""
    signer = agreement.district_signer
    if signer is None:
        return ""
    return f"{signer.user.name} {'cannot sign any more' if signer.active else 'has left'}"


def falls_to(agreement: Agreement, actor: Actor) -> bool:
    """Whether this person takes it back to name another: counsel, and whoever looks after it."""
    if agreement.state not in NEEDS_SIGNATORY or not lacks_signatory(agreement):
        return False
    roles = agreement.roles_of(actor)
    mine = agreement.owner_id is None or agreement.owner_id == actor.number
    return Role.LEGAL in roles or (Role.PRIVACY in roles and mine)


def naming_falls_to(actor: Actor) -> Q:
    """The same of many, among those that lack their signatory."""
    lacking = lacking_signatory()
    if actor.has(Role.LEGAL):
        return lacking
    return lacking & (Q(owner=actor.number or 0) | Q(owner=None))


def to_be_signed() -> QuerySet[Agreement]:
    """What names a signatory of the district and is not signed by them yet; one query."""
    signed = Agreement.objects.filter(
        pk=OuterRef("pk"),
        signature_requests__version=F("current"),
        signature_requests__membership=OuterRef("district_signer"),
        signature_requests__status__in=("signed", "sealed"),
    )
    rows = Agreement.objects.filter(district_signer__isnull=False, state__in=BEFORE_SIGNATURE)
    return rows.filter(~Exists(signed)).select_related("case__tenant", "vendor").order_by("pk")


def to_be_signed_by(person: Membership) -> QuerySet[Agreement]:
    return to_be_signed().filter(district_signer=person)


def board_must_act(agreement: Agreement, now: datetime) -> bool:
    """Whether a deciding line asks the board first, whoever signs: a caution, not a choice."""
    return any(band.board_first for band in deciding_bands(agreement, now))


def amount_is_unknown(agreement: Agreement) -> bool:
    """No amount is written though the authority table asks how much it is."""
    return agreement.amount is None and amount_matters(agreement)


def amount_matters(agreement: Agreement) -> bool:
    standing = (row for row in _lines(agreement) if row.ended_on is None)
    return any(row.kind in ("", agreement.kind) and row.amount_over > 0 for row in standing)
