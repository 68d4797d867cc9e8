"""The authority table: the highest lines that an agreement reaches say who may sign it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import people
from vetting.people import commands, queries, rules
from vetting.people.models import Membership, SettingChange, SigningAuthority
from vetting.people.queries import actor_of
from vetting.people.rules import Band

FINANCE, HEAD, LAWYER = 1, 2, 3
# From 0 the finance officer; from 50,000 the superintendent, after the board; research agreements
# the lawyer.
TABLE = [
    Band(11, FINANCE, "", Decimal(0), 0, False),
    Band(12, HEAD, "", Decimal(50_000), 0, True),
    Band(13, LAWYER, "dsa_research", Decimal(0), 0, False),
]


@pytest.mark.parametrize(
    ("kind", "amount", "term", "who"),
    [
        ("dpa", 0, 36, {FINANCE}),
        ("dpa", 49_999, 36, {FINANCE}),
        ("dpa", 50_000, 36, {HEAD}),
        ("dpa", 2_000_000, 36, {HEAD}),
        ("dsa_research", 0, 36, {LAWYER}),
        ("dsa_research", 60_000, 36, {HEAD, LAWYER}),
    ],
)
def test_who_signs_is_decided_by_the_highest_line_reached(
    kind: str, amount: int, term: int, who: set[int]
) -> None:
    bands = rules.deciding_bands(TABLE, kind=kind, amount=Decimal(amount), term_months=term)
    assert {band.person for band in bands} == who


def test_a_long_term_has_its_own_line() -> None:
    table = [*TABLE, Band(14, HEAD, "", Decimal(0), 60, False)]
    short = rules.deciding_bands(table, kind="dpa", amount=Decimal(10), term_months=59)
    long = rules.deciding_bands(table, kind="dpa", amount=Decimal(10), term_months=60)
    assert ([band.key for band in short], [band.key for band in long]) == ([11], [14])


def test_whoever_has_a_lower_line_only_has_no_authority() -> None:
    bands = rules.deciding_bands(TABLE, kind="dpa", amount=Decimal(50_000), term_months=12)
    assert rules.authority_of(bands, FINANCE) is None
    found = rules.authority_of(bands, HEAD)
    assert found is not None
    assert found.key == 12


def holding(member: Membership, today: date) -> list[Band]:
    """The lines of the district's table that hold on this day."""
    rows = SigningAuthority.objects.filter(district=member.district)
    return queries.bands_among(rows, today)


@pytest.mark.django_db
def test_a_line_that_ends_lets_nobody_sign_and_stays_as_evidence() -> None:
    gwen, boss = people.gwen(), actor_of(people.max())
    today = queries.today_in(people.district())
    row = commands.add_signing_authority(membership=gwen, delegated_on=today, by=boss)
    assert [band.key for band in holding(gwen, today)] == [row.pk]

    commands.remove_signing_authority(authority=row, by=boss)
    commands.remove_signing_authority(authority=row, by=boss)

    assert holding(gwen, today) == []
    assert list(queries.authorities_of(boss)) == []
    kept = SigningAuthority.objects.get()
    assert (kept.pk, kept.amount_over, kept.ended_on) == (row.pk, 0, today)
    assert SettingChange.objects.filter(what="authority_removed").count() == 1


@pytest.mark.django_db
def test_authority_can_be_given_again_after_it_ended() -> None:
    gwen, boss = people.gwen(), actor_of(people.max())
    today = queries.today_in(people.district())
    first = commands.add_signing_authority(membership=gwen, delegated_on=today, by=boss)
    commands.remove_signing_authority(authority=first, by=boss)
    second = commands.add_signing_authority(membership=gwen, delegated_on=today, by=boss)
    assert [b.key for b in holding(gwen, today)] == [second.pk]
