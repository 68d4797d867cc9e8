"""The administrator's way here; nobody else is offered it."""

from vetting.navigation import NavEntry, register
from workflows.actors import Role

register(NavEntry("Operations", "operations:page", frozenset({Role.ADMIN}), order=95))
