"""The first day and the term, as they are typed: a slip of the year is said to be one."""

from datetime import date

import pytest

from contracts.agreements import commands, rules
from tests.factories import agreements, people
from vetting.people.queries import actor_of
from workflows.engine import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("start", "months", "reason"),
    [
        (None, 1, None),
        (date(2026, 3, 2), 12, None),
        (date(2025, 3, 2), 36, None),
        (date(2028, 3, 1), 36, None),
        (date(2206, 3, 2), 36, "It cannot start on Mar 2, 2206, more than two years ahead"),
        (date(2016, 3, 2), 240, "It cannot start on Mar 2, 2016, more than a year ago"),
        (date(2025, 6, 1), 6, "its 6 months would be over since Nov 30, 2025"),
    ],
)
def test_a_term_that_nobody_can_mean(start: date | None, months: int, reason: str | None) -> None:
    said = rules.reasons_wrong_term(start, months, today=date(2026, 3, 2))
    assert said == [] if reason is None else reason in said[0]


def test_exhibits_with_a_slip_of_the_year_are_not_saved() -> None:
    agreement = agreements.settled()
    with pytest.raises(Refused, match="It cannot start on Jan 1, 2206"):
        commands.settle_exhibits(
            agreement,
            by=actor_of(people.pat()),
            services="Reading",
            frameworks=["nist-csf"],
            vendor_signer=agreement.vendor_signer,
            district_signer=agreement.district_signer,
            terms={"effective_from": date(2206, 1, 1)},
        )
    assert agreements.fresh(agreement).effective_from is None
