"""This room's entries in the header and in the person's menu."""

from vetting.navigation import NavEntry, register, register_person_link
from workflows.actors import Role

register(NavEntry("Settings", "people:settings", frozenset({Role.ADMIN}), order=90))
register_person_link(NavEntry("I will be away", "people:my_absence", order=10))
register_person_link(NavEntry("Change password", "account_change_password", order=30))
