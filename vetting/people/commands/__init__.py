"""The verbs of this room. Each checks who asks and writes its record, or raises Refused."""

from vetting.people.commands.authority import add_signing_authority, remove_signing_authority
from vetting.people.commands.district import describe_district
from vetting.people.commands.persons import (
    add_person,
    change_person,
    deactivate,
    describe_person,
    end_absence,
    grant_role,
    revoke_role,
    set_away,
)
from vetting.people.commands.places import (
    add_closure,
    add_closures,
    add_school,
    change_school,
    close_school,
    open_district,
    preview_closure,
    preview_removal,
    remove_closure,
    reopen_school,
    set_school_gate,
)
from vetting.people.commands.record import note_change

__all__ = [
    "add_closure",
    "add_closures",
    "add_person",
    "add_school",
    "add_signing_authority",
    "change_person",
    "change_school",
    "close_school",
    "deactivate",
    "describe_district",
    "describe_person",
    "end_absence",
    "grant_role",
    "note_change",
    "open_district",
    "preview_closure",
    "preview_removal",
    "remove_closure",
    "remove_signing_authority",
    "reopen_school",
    "revoke_role",
    "set_away",
    "set_school_gate",
]
