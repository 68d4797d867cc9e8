"""Guards of the design whose room is not here yet: absent from their rows, listed in the docs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AbsentGuard:
    """`says` is the reason that is not asked for yet, `room` what it waits for."""

    machine: str
    move: str
    says: str
    room: str


ABSENT = (
    AbsentGuard("request", "route_contract",
                "an agreement of its own kind for a data-sharing project (refused until then)",
                "the data-sharing room"),
    AbsentGuard("request", "approve", "a quorum by tier (one approver suffices)", "committees"),
    AbsentGuard("request", "approve", "or a consent path set up", "the consent room"),
    AbsentGuard("request", "suspend", "a critical tool has no dated continuity decision",
                "the continuity room"),
    AbsentGuard("request", "reinstate", "the next review is armed", "the re-review room"),
    AbsentGuard("agreement", "issue", "required clauses are present or excepted",
                "the clause library"),
    AbsentGuard("agreement", "counter", "the returned file passed the guard", "the redline room"),
    AbsentGuard("agreement", "accept_text", "no difference is unsettled", "the redline room"),
    AbsentGuard("agreement", "expire", "no successor is in force", "the renewal room"),
    AbsentGuard("agreement", "terminate", "notice was given as the contract asks",
                "the notices of a contract"),
)  # fmt: skip
