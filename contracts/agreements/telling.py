"""How an agreement's commands read in its timeline, after the name of whoever did it."""

from collections.abc import Mapping
from typing import Any

from workflows.grammar import Lifecycle
from workflows.ledger.telling import tells, told

tells(
    "agreement",
    {
        "schedule_changed": "changed the schedule of data",
        "request_gone": "noted that no open request needs it any more",
        "start_held": "could not start it and tries again tomorrow",
    },
)
tells("request", {"agreement_given_up": "noted that its agreement was given up"})
ROLES = {"legal": "as counsel", "privacy": "for privacy"}


@told("request_attached", machine="agreement")
def request_attached(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    if facts.get("again"):
        return "took up the data that came along to its request"
    return "attached a request that needs it"


@told("exhibits_settled", machine="agreement")
def exhibits_settled(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    said = "confirmed Exhibits A, B and F" if facts.get("settled") else "saved the exhibits"
    return f"{said}, and rewrote what the tool is used for" if facts.get("rewritten") else said


@told("owner_named", machine="agreement")
def owner_named(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    who = "the privacy team" if facts.get("team") else facts["holder"]
    return f"said that {who} looks after it"


@told("verdict_given", machine="agreement")
def verdict_given(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    """With the fingerprint: the approval is of these bytes and of no others."""
    role = ROLES.get(str(facts.get("role")), "")
    if facts.get("verdict") != "approved":
        return f"asked for changes {role}"
    return f"approved the document {role}, fingerprint {str(facts.get('sha256', ''))[:12]}…"


@told("verdict_withdrawn", machine="agreement")
def verdict_withdrawn(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    role = ROLES.get(str(facts.get("role")), "")
    what = "the approval" if facts.get("verdict") == "approved" else "the wish for changes"
    return f"took back {what} given {role}"
