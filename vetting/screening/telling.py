"""How a screening's commands read in the request's timeline, after the name of whoever did it."""

from collections.abc import Mapping
from typing import Any

from workflows.grammar import Lifecycle
from workflows.ledger.telling import tells, told

tells(
    "request",
    {
        "answer_saved": "answered a question of the questionnaire",
        "finding_added": "noted a finding",
        "legal_basis_recorded": "recorded the legal basis",
    },
)
SETTLED = {
    "mitigated": "settled a finding",
    "excepted": "accepted a finding for a limited time",
    "open": "took up a finding again",
}


@told("finding_settled", machine="request")
def finding_settled(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    return SETTLED.get(str(facts.get("status")), "decided on a finding")
