"""This room's entries in the person's menu."""

from vetting.navigation import NavEntry, register_person_link

register_person_link(NavEntry("My deadlines", "agenda:mine", order=5))
register_person_link(NavEntry("My calendar", "agenda:calendar", order=8))
