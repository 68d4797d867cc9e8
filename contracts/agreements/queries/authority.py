"""What the district's authority table says of one agreement."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet

from contracts.agreements.models import Agreement
from vetting.people import queries as people
from vetting.people import rules as people_rules
from vetting.people.models import Membership, SigningAuthority
from vetting.people.rules import Band
from workflows.actors import Role
from workflows.lifecycles.agreement import BEFORE_SIGNATURE
from workflows.prefetching import is_read


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


def to_be_signed_by(person: Membership) -> QuerySet[Agreement]:
    """What names them as the district's signatory and is not signed by them yet; one query."""
    signed = Agreement.objects.filter(
        pk=OuterRef("pk"),
        signature_requests__version=F("current"),
        signature_requests__membership=person,
        signature_requests__status__in=("signed", "sealed"),
    )
    rows = Agreement.objects.filter(district_signer=person, state__in=BEFORE_SIGNATURE)
    return rows.filter(~Exists(signed)).select_related("case__tenant", "vendor").order_by("pk")


def board_must_act(agreement: Agreement, now: datetime) -> bool:
    """Whether a deciding line asks the board first, whoever signs: a caution, not a choice."""
    return any(band.board_first for band in deciding_bands(agreement, now))


def amount_is_unknown(agreement: Agreement) -> bool:
    """No amount is written though the authority table asks how much it is."""
    if agreement.amount is not None:
        return False
    standing = (row for row in _lines(agreement) if row.ended_on is None)
    return any(row.kind in ("", agreement.kind) and row.amount_over > 0 for row in standing)
