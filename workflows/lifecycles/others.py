"""The smaller machines: a school's report, parent permission, training, what a family asks."""

from workflows.actors import Role
from workflows.grammar import Lifecycle, move

LEADER, PRIVACY, LEAD, SYSTEM = Role.SCHOOL_LEADER, Role.PRIVACY, Role.PRIVACY_LEAD, Role.SYSTEM
CONSENT, TRAINING_ROOM, FAMILIES = "the consent room", "the training room", "the families room"

# Teachers are reminded while it is due; the freeze opens the school's campaign.
REPORTING = Lifecycle(
    "reporting",
    mail="vetting/consent/mail",
    states={
        "open": "Open for teachers",
        "due": "Due",
        "frozen": "Frozen",
        "sent": "Sent to the privacy team",
    },
    initial="open",
    ends=frozenset({"sent"}),
    turn={"open": "requesters", "due": "requesters", "frozen": "school_leaders"},
    moves=(
        move("fall_due", "open", "due", by=SYSTEM,
             label="Fall due", told="asked for the report", since=CONSENT),
        move("freeze", "due", "frozen", by=(LEADER, SYSTEM),
             label="Freeze the report", told="froze the report", since=CONSENT),
        move("hand_in", "frozen", "sent", by=LEADER,
             label="Send the report", told="sent the report", since=CONSENT),
    ),
)  # fmt: skip

# Silence is never consent. A late enrollment opens a new campaign or adds people to an open one.
CAMPAIGN = Lifecycle(
    "campaign",
    mail="vetting/consent/mail",
    states={"draft": "Draft", "open": "Waiting for families", "closed": "Closed"},
    initial="draft",
    ends=frozenset({"closed"}),
    turn={"draft": "privacy"},
    moves=(
        move("launch", "draft", "open", by=(LEADER, PRIVACY),
             label="Ask the families", told="asked the families", since=CONSENT),
        move("close", "open", "closed", by=(LEADER, PRIVACY, SYSTEM),
             label="Close", told="closed the campaign", since=CONSENT),
    ),
)  # fmt: skip

TRAINING = Lifecycle(
    "training",
    mail="vetting/training/mail",
    states={"assigned": "To do", "passed": "Passed", "lapsed": "No longer valid"},
    initial="assigned",
    ends=frozenset({"passed"}),
    turn={"assigned": "requesters", "lapsed": "privacy"},
    moves=(
        move("complete_course", "assigned", "passed", by=(Role.REQUESTER, SYSTEM),
             label="Finish the course", told="passed the course", since=TRAINING_ROOM),
        move("run_out", "passed", "lapsed", by=SYSTEM,
             label="Run out", told="noted that the course is no longer valid",
             since=TRAINING_ROOM),
        move("assign_again", "lapsed", "assigned", by=(LEAD, SYSTEM),
             label="Assign again", told="assigned the course again", since=TRAINING_ROOM),
    ),
)  # fmt: skip

# Kinds: complaint, inspect, correct, delete, opt-out; their days are statutes, later rows.
FAMILY_REQUEST = Lifecycle(
    "family_request",
    mail="vetting/families/mail",
    states={
        "received": "Received",
        "acknowledged": "Acknowledged",
        "working": "Being worked on",
        "answered": "Answered",
        "closed": "Closed",
    },
    initial="received",
    ends=frozenset({"closed"}),
    turn={"received": "privacy", "acknowledged": "privacy", "working": "privacy",
          "answered": "privacy"},
    moves=(
        move("acknowledge", "received", "acknowledged", by=PRIVACY,
             label="Acknowledge", told="acknowledged it", since=FAMILIES),
        move("take_up", "acknowledged", "working", by=PRIVACY,
             label="Start", told="started to work on it", since=FAMILIES),
        move("reply", "working", "answered", by=PRIVACY,
             label="Answer the family", told="answered the family", since=FAMILIES),
        move("close", "answered", "closed", by=(PRIVACY, SYSTEM),
             label="Close", told="closed it", since=FAMILIES),
    ),
)  # fmt: skip
