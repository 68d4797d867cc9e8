"""This room's entry: a page that everybody may read, so it stands in everybody's own menu."""

from vetting.navigation import NavEntry, register_person_link

register_person_link(NavEntry("The rules that apply to us", "policy:rules", order=20))
