"""Whose turn each state without a flow is, and how this room's commands read in a timeline."""

from collections.abc import Mapping
from typing import Any

from workflows.desk.turns import turn
from workflows.grammar import Lifecycle
from workflows.ledger.telling import tells, told
from workflows.lifecycles.request import (
    DECIDING,
    DRAFT,
    REQUEST,
    RETURNED,
    SUSPENDED,
    TRIAGE,
    WITH_SCHOOL,
)

turn(REQUEST, DRAFT, title="Finish and send: {subject}", page="requests:continue")
turn(REQUEST, WITH_SCHOOL, title="Support or send back: {subject}", page="requests:detail")
turn(REQUEST, TRIAGE, title="Choose the path: {subject}", page="requests:triage")
turn(REQUEST, RETURNED, title="Answer a question: {subject}", page="requests:answer")
turn(REQUEST, DECIDING, title="Decide: {subject}", page="requests:decide")
turn(REQUEST, SUSPENDED, title="End the suspension: {subject}", page="requests:detail")

tells(
    REQUEST.name,
    {
        "requester_left": "withdrew for their own schools",
        "nudged": "asked for a reminder to whoever has to act",
        "privacy_asked": "asked the privacy team to go on from here",
        "match_settled": "settled which tool of the catalog it is",
        "data_corrected": "corrected the data asked for",
        "classified": "chose the class",
        "no_student_data_attested": "confirmed that no data about students is taken",
    },
)


@told("requester_joined", machine=REQUEST.name)
def requester_joined(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    said = "joined: they need it too"
    if facts.get("data"):
        said += "; with them came data that was not asked for before"
    if facts.get("void"):
        said += ", so it is no longer confirmed that it takes no data about students"
    return said


@told("submit", machine=REQUEST.name)
def submit(facts: Mapping[str, Any], lifecycle: Lifecycle) -> str:
    if facts.get("gate") == "passed_by":
        return "sent the request; its schools have no school leader to ask, so it went on at once"
    return "sent the request"
