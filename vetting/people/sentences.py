"""People, absences and changes of settings in sentences."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from vetting.people import rules
from vetting.people.models import Membership, School, SettingChange
from workflows.actors import ROLE_NAMES, Role, resolve_names
from workflows.clock import ladders
from workflows.stateful import model_of

# `{person}`, `{delegate}` and `{school}` become names; the rest are codes from the row itself.
TOLD = {
    "person_added": "added {person} ({roles})",
    "person_described": "changed position, school or training of {person}",
    "person_deactivated": "ended the access of {person}",
    "role_granted": "gave {person} the role {role}",
    "role_revoked": "took the role {role} from {person}",
    "away_set": "noted that {person} is away from {first} to {last}; stand-in: {delegate}",
    "away_ended": "noted that {person} is back",
    "district_described": "changed the district's {details}",
    "school_added": "added {school}",
    "school_changed": "changed {school}",
    "school_closed": "closed {school}",
    "school_reopened": "opened {school} again",
    "school_gate": "switched the school gate {on}",
    "closure_added": "closed {day} to {until}",
    "closures_imported": "closed {number} days between {day} and {until}, from a calendar file",
    "break_removed": "made {day} to {until} working days again",
    "closure_removed": "made {day} a working day again",
    "calendar_address_made": "made an address for their own calendar",
    "calendar_address_closed": "closed the address of their own calendar",
    "authority_added": "gave {person} signing authority",
    "authority_removed": "took a signing authority from {person}",
    "school_year_added": "added the school year that starts on {start}",
    "school_year_removed": "removed the school year that starts on {start}",
    "own_rules_started": "began the district's own rules",
    "rule_saved": "wrote the rule {rule}",
    "rule_ended": "ended the rule {rule} on {last_day}",
    "rule_overridden": "set “{field}” of the rule {rule} for this district",
    "override_ended": "let the rule {rule} count as it is written again",
    "list_imported": "took over a list: {new} tools new, {changed} changed",
    "contact_added": "added {contact} as a contact",
    "vendor_described": "changed what is known of a vendor",
    "template_activated": "put a new text of the agreement into use",
    "vendor_spelling": "noted another spelling of a vendor's name",
    "level_set": "set how long a step may take, or who is told of it: {step}",
    "level_reset": "took a step back to as it was delivered: {step}",
    "message_retried": "had a mail that failed sent again",
    "message_let_go": "let a mail go that could not be delivered",
}


DETAILS = {
    "name": "name",
    "website": "web address",
    "address": "postal address",
    "contact_name": "contact for notices",
    "contact_email": "e-mail address for notices",
    "contact_phone": "telephone",
    "color": "color",
    "logo": "logo",
    "federal_funds": "answer about federal funds",
    "e_rate": "answer about E-rate discounts",
}


def roles_of(person: Membership) -> str:
    """The person's own roles, in the order of the list of roles."""
    held = {grant.role for grant in person.grants.all()}
    return ", ".join(ROLE_NAMES[role] for role in rules.STAFF_ROLES if role in held)


def absence_of(person: Membership, today: date) -> str:
    """ "Away until Fri, Dec 4; Pat Quill stands in", "" for somebody who is and stays here."""
    first, last = person.away_from, person.away_until
    if first is None or (last is not None and last < today):
        return ""
    here = rules.is_away(today, first, last)
    when = f"Away until {_day(last)}" if here and last else f"Away from {_day(first)}"
    stand_in = person.delegate.user.name if person.delegate else "nobody"
    return f"{when}; {stand_in} stands in"


def tell_changes(changes: Sequence[SettingChange]) -> list[str]:
    """One sentence per row, with today's names; three queries for any number of rows."""
    people = {f"membership:{c.facts[k]}" for c in changes for k in ("person", "delegate")
              if c.facts.get(k)}  # fmt: skip
    contacts = {f"contact:{c.facts['contact']}" for c in changes if "contact" in c.facts}
    names = resolve_names(people | contacts | {c.actor_ref for c in changes})
    keys = {c.facts["school"] for c in changes if "school" in c.facts}
    schools = dict(School.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [_sentence(change, names, schools) for change in changes]


def _sentence(change: SettingChange, names: dict[str, str], schools: dict[int, str]) -> str:
    facts: dict[str, Any] = dict(change.facts)
    first, last = facts.get("days") or ("", "")
    said = TOLD.get(change.what, "noted: " + change.what.replace("_", " ")).format_map(
        facts
        | {
            "person": names.get(f"membership:{facts.get('person')}", "somebody"),
            "delegate": names.get(f"membership:{facts.get('delegate')}", "nobody"),
            "contact": names.get(f"contact:{facts.get('contact')}", "somebody"),
            "school": schools.get(facts.get("school", 0), "a school"),
            "role": _role(facts.get("role", "")),
            "roles": ", ".join(_role(role) for role in facts.get("roles", [])) or "no role",
            "step": _step(facts),
            "first": first,
            "last": last,
            "details": _details(facts.get("changed")),
            "on": "on" if facts.get("on") else "off",
        }
    )
    return f"{names[change.actor_ref]} {said}."


def _details(changed: Any) -> str:
    """The district's own row names what changed; a list's row only counts it."""
    return (
        ", ".join(DETAILS.get(str(f), str(f)) for f in changed) if isinstance(changed, list) else ""
    )


def _step(facts: Mapping[str, Any]) -> str:
    """The label of a service level's step, as Settings shows it."""
    if not {"machine", "step"} <= facts.keys():
        return ""
    steps = ladders.steps_of(model_of(facts["machine"]).lifecycle)
    labels = {step.kind: step.label for step in steps}
    return labels.get(facts["step"], str(facts["step"]))


def _role(code: str) -> str:
    return ROLE_NAMES[Role(code)] if code else ""


def _day(day: date) -> str:
    return f"{day:%a, %b} {day.day}"
