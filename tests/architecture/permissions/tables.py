"""All rows together."""

from tests.architecture.permissions import vendor
from tests.architecture.permissions.contracts import AGREEMENTS
from tests.architecture.permissions.house import AGENDA, DOORS, OPERATIONS, POLICY, PUBLIC, SETTINGS
from tests.architecture.permissions.requests import REQUESTS
from tests.architecture.permissions.rows import NOTHING, OK, AnyRow

ROWS: list[AnyRow] = [
    *REQUESTS,
    *AGREEMENTS,
    *SETTINGS,
    *POLICY,
    *AGENDA,
    *OPERATIONS,
    *DOORS,
    *PUBLIC,
]


def names() -> set[str]:
    """Every address that has a row."""
    return {row.name for row in ROWS} | set(vendor.BY_LINK)


def pages() -> set[str]:
    """Those that somebody may look at."""
    looked_at = {row.name for row in ROWS if row.get not in (None, NOTHING)}
    return looked_at | {name for name, (get, _) in vendor.BY_LINK.items() if get == OK}
