from contracts.agreements.queries import READERS
from vetting.navigation import NavEntry, register

register(NavEntry("Agreements", "agreements:list", roles=frozenset(READERS), order=30))
