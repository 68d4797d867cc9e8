"""INCIDENT: something happened to student data. Its room comes later; every move says so."""

from workflows.actors import Role
from workflows.grammar import Dwell, Lifecycle, Todo, Unit, move
from workflows.lifecycles import ladders

# `report` opens the case, so it is no row: anybody signed in, a vendor, the public, privacy.
REPORTED = "reported"
ASSESSING = "assessing"
NOTIFYING = "notifying"
AFTER_ACTION = "after_action"
DISMISSED = "dismissed"
CLOSED = "closed"

PRIVACY, LEAD = Role.PRIVACY, Role.PRIVACY_LEAD
ROOM = "the incident room"

INCIDENT = Lifecycle(
    "incident",
    mail="contracts/incidents/mail",
    states={
        REPORTED: "Reported",
        ASSESSING: "Being assessed",
        NOTIFYING: "Notifying",
        AFTER_ACTION: "Learning from it",
        DISMISSED: "Nothing reached anyone",
        CLOSED: "Closed",
    },
    initial=REPORTED,
    ends=frozenset({DISMISSED, CLOSED}),
    turn={
        REPORTED: "privacy_lead",
        ASSESSING: "privacy",
        NOTIFYING: "privacy",
        AFTER_ACTION: "privacy_lead",
    },
    moves=(
        move(
            "assess", REPORTED, ASSESSING, by=PRIVACY,
            label="Start the assessment", told="started the assessment", since=ROOM,
        ),
        move(
            "dismiss", (REPORTED, ASSESSING), DISMISSED, by=LEAD, note=True,
            label="Nothing reached anyone", told="found that no student data reached anyone",
            since=ROOM,
        ),
        move(
            "confirm", ASSESSING, NOTIFYING, by=LEAD,
            label="Confirm the incident", told="confirmed the incident", since=ROOM,
        ),
        move(
            "stand_down", NOTIFYING, DISMISSED, by=LEAD, note=True,
            label="Stand down", told="stood down: nobody has been notified", since=ROOM,
        ),
        move(
            "note_hold", NOTIFYING, NOTIFYING, by=LEAD, note=True,
            label="Note a hold", told="noted the hold an agency asked for", since=ROOM,
        ),
        move(
            "lift_hold", NOTIFYING, NOTIFYING, by=LEAD, note=True,
            label="Lift the hold", told="lifted the hold", since=ROOM,
        ),
        move(
            "conclude", NOTIFYING, AFTER_ACTION, by=PRIVACY,
            label="All duties met", told="met or waived every duty", since=ROOM,
        ),
        move(
            "close", AFTER_ACTION, CLOSED, by=LEAD,
            label="Close", told="closed the incident", since=ROOM,
        ),
        move(
            "reopen", (DISMISSED, CLOSED, AFTER_ACTION), ASSESSING, by=LEAD, note=True,
            label="Open again", told="opened the incident again", since=ROOM,
        ),
    ),
    todo={REPORTED: Todo("look at the report of {subject}")},
    dwells=(
        Dwell("incident_triage", "Looking at the report", 1, (REPORTED,), ladders.LEAD_AT_ONCE,
              unit=Unit.HOURS),
    ),
)  # fmt: skip
