"""What the district's authority table says of one agreement."""

from datetime import datetime
from decimal import Decimal

from contracts.agreements.models import Agreement
from vetting.people import queries as people
from vetting.people import rules as people_rules
from vetting.people.models import SigningAuthority
from vetting.people.rules import Band


def deciding_bands(agreement: Agreement, now: datetime) -> list[Band]:
    """The lines of the authority table that decide about this kind, amount and term today."""
    today = agreement.case.tenant.day_of(now)
    return people_rules.deciding_bands(
        people.authority_bands(agreement.district_id, today),
        kind=agreement.kind,
        amount=agreement.amount or Decimal(0),
        term_months=agreement.term_months,
    )


def authority_of(agreement: Agreement, now: datetime) -> Band | None:
    """The line that lets the district's signatory sign."""
    return people_rules.authority_of(
        deciding_bands(agreement, now), agreement.district_signer_id or 0
    )


def board_must_act(agreement: Agreement, now: datetime) -> bool:
    """Whether a deciding line asks the board first, whoever signs: a caution, not a choice."""
    return any(band.board_first for band in deciding_bands(agreement, now))


def amount_is_unknown(agreement: Agreement) -> bool:
    """No amount is written though the authority table asks how much it is."""
    if agreement.amount is not None:
        return False
    rows = SigningAuthority.objects.filter(district=agreement.district_id, ended_on=None)
    return rows.filter(kind__in=["", agreement.kind], amount_over__gt=0).exists()
