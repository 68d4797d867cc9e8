"""An administrator comes here by Settings; a privacy lead, who has none, by their own menu."""

from vetting.navigation import NavEntry, register_person_link
from workflows.actors import Role

register_person_link(
    NavEntry("Service levels", "levels:table", frozenset({Role.PRIVACY_LEAD}), order=20)
)
