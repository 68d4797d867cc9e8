"""Who stands in for whom, and whether a district has enough people; on plain values."""

from collections.abc import Collection
from datetime import date

from workflows.actors import Role

# Settings are not a turn that waits, and whoever grants roles could keep what was lent.
NEVER_DELEGATED = frozenset({Role.ADMIN})


def is_away(today: date, away_from: date | None, away_until: date | None) -> bool:
    """Both days belong to the absence; without a first day there is none, without a last no end."""
    if away_from is None or today < away_from:
        return False
    return away_until is None or today <= away_until


def lent_roles(roles: Collection[Role]) -> frozenset[Role]:
    """What a delegate may do for somebody who is away."""
    return frozenset(roles) - NEVER_DELEGATED
