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
# Of dates that a law or a contract sets: in calendar days, or in hours where it counts
# those. Whoever may break a law by being late hears of it well before, and the lead before it is
# too late.
LAW_DAYS = (
    Rung(-30, "remind", "owner"),
    Rung(-14, "remind", "owner"),
    Rung(-5, "remind", "owner"),
    Rung(-5, "remind", "privacy_lead"),
    Rung(-1, "remind", "owner"),
    Rung(-1, "remind", "privacy_lead"),
    Rung(0, "overdue", "owner"),
    Rung(0, "overdue", "privacy_lead"),
    Rung(1, "escalate", "legal"),
    Rung(3, "escalate", "superintendent"),
)
LAW_HOURS = (
    Rung(-24, "remind", "owner"),
    Rung(-12, "remind", "privacy_lead"),
    Rung(-4, "remind", "owner"),
    Rung(-1, "remind", "owner"),
    Rung(-1, "remind", "privacy_lead"),
    Rung(0, "overdue", "owner"),
    Rung(0, "overdue", "privacy_lead"),
    Rung(1, "escalate", "legal"),
    Rung(4, "escalate", "superintendent"),
)
