"""What this room adds to the header, and whose agreements a link elsewhere may open."""

from contracts.agreements.queries import READERS, agreements_for
from vetting.navigation import NavEntry, register
from vetting.operations.queries import can_be_read
from workflows.lifecycles.agreement import AGREEMENT

register(NavEntry("Agreements", "agreements:list", roles=frozenset(READERS), order=30))
can_be_read(AGREEMENT.name, agreements_for)
