"""The ladders districts start with; offsets are in the unit of the dwell they stand in."""

from workflows.grammar import Rung

OWN = (
    Rung(-5, "remind", "holders"),
    Rung(0, "overdue", "holders"),
    Rung(1, "escalate", "owner_lead"),
    Rung(5, "escalate", "privacy_lead"),
    Rung(10, "escalate", "superintendent"),
)
REQUESTERS = (
    Rung(-5, "remind", "requesters"),
    Rung(0, "overdue", "requesters"),
    Rung(5, "escalate", "owner_lead"),
)
SCHOOLS = (
    Rung(-2, "remind", "holders"),
    Rung(0, "overdue", "holders"),
    Rung(1, "escalate", "sourcing"),
    Rung(5, "escalate", "privacy_lead"),
)
VENDORS = (
    Rung(-5, "remind", "vendor"),
    Rung(0, "overdue", "vendor"),
    Rung(1, "escalate", "owner_lead"),
    Rung(5, "escalate", "privacy_lead"),
    Rung(10, "escalate", "superintendent"),
)
# Whoever holds the pen, of either party, and then those who look after the case.
SIGNERS = (
    Rung(-5, "remind", "holders"),
    Rung(0, "overdue", "holders"),
    Rung(1, "escalate", "owner_lead"),
    Rung(5, "escalate", "privacy_lead"),
    Rung(10, "escalate", "superintendent"),
)
LEAD_AT_ONCE = (
    Rung(0, "overdue", "privacy_lead"),
    Rung(1, "escalate", "superintendent"),
)
